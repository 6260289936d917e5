"""Drivers of the ticket printer family."""
