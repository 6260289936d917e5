"""The bench: how fast and how small the processes are, taken from outside them."""
