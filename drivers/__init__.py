"""How to talk to one device. The lowest layer: knows no ticket, no hall, no settings file."""
