"""Callers and rating keypads of the FF 68 … 16 family on one RS-485 line."""
