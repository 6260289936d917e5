"""Sound as bytes: 16-bit little-endian samples of one channel, ``RATE`` a second. Pure arithmetic."""

from __future__ import annotations

import sys
from array import array

RATE = 22_050
"""What espeak-ng gives; everything that is joined with its voice has the same."""
SAMPLE_BYTES = 2
FULL = 32_767


def seconds(pcm: bytes) -> float:
    """How long this sounds."""
    return len(pcm) / (RATE * SAMPLE_BYTES)


def silence(length: float) -> bytes:
    """Nothing, for so many seconds."""
    return bytes(round(length * RATE) * SAMPLE_BYTES)


def samples(pcm: bytes) -> array[int]:
    """The samples, -32768 to 32767."""
    values = array("h", pcm)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def from_samples(values: array[int]) -> bytes:
    """The sound that these samples are."""
    if sys.byteorder == "big":
        values = array("h", values)
        values.byteswap()
    return values.tobytes()


def at_volume(pcm: bytes, percent: int) -> bytes:
    """Softer by this much of its amplitude; 100 leaves it as it is."""
    if percent == 100:
        return pcm
    return from_samples(array("h", (value * percent // 100 for value in samples(pcm))))
