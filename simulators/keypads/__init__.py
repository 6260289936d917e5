"""Callers and rating keypads: the FF 68 … 16 family on one RS-485 line, keypads that type, serial pads by a table."""
