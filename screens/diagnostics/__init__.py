"""The technician's terminal: what is wrong with a box or a hall, and what mends it."""
