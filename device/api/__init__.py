"""The box's own pages and calls, on loopback only."""
