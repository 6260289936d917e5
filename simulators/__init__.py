"""Devices that are not there: the far end of each wire, and the demonstration, bench and judge that stand on it.

Shares no code with drivers, device or hall, only the vectors of ``tests/vectors``: it speaks bytes and JSON.
"""
