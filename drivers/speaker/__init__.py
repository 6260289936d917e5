"""Drivers of the speaker family."""
