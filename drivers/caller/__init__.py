"""Drivers of the caller family."""
