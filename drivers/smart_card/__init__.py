"""Drivers of the smart card family."""
