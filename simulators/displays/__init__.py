"""Window displays: Onbon BX-5K font cards on one RS-485 line, their clocks, their dots."""
