"""Drivers of the office printer family."""
