"""Drivers of the rating keypad family."""
