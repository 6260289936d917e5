"""Machines become boxes of the hall, and stop being so."""
