"""Drivers of the window display family."""
