"""Bytes as levels on a pair of wires, and what a receiver makes of levels that nobody sent so.

8N1: a start bit (0), eight bits, the lowest first, a stop bit (1); an idle line is 1. A receiver waits for a step from
1 to 0, then looks at the middle of each bit; a stop bit that is 0 is an error of framing, and its byte is told all the
same, as a PC's port does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

IDLE = [1] * 11
"""Longer than any byte: a receiver that has lost its place finds it here."""
SKEW_BITS = 3
"""Two cards of one kind never begin to speak in the same bit: their clocks and their programs differ by some."""


def levels(data: bytes) -> list[int]:
    """What these bytes, one close behind the other, are on the wire, with silence before and after."""
    bits = [bit for byte in data for bit in (0, *(byte >> place & 1 for place in range(8)), 1)]
    return [*IDLE, *bits, *IDLE]


def heard(bits: Sequence[int]) -> bytes:
    """What a receiver tells of it."""
    told = bytearray()
    at, before = 0, 0
    while at < len(bits):
        if before == 1 and bits[at] == 0:
            data = [*bits[at + 1 : at + 9], *([bits[-1]] * 8)][:8]
            told.append(sum(bit << place for place, bit in enumerate(data)))
            at += 9
            before = bits[at] if at < len(bits) else bits[-1]
        else:
            before = bits[at]
        at += 1
    return bytes(told)


def swapped(data: bytes) -> bytes:
    """What comes out where the wires A and B are changed over: every level is its opposite, silence too."""
    return heard([1 - bit for bit in levels(data)])


def together(answers: Iterable[bytes]) -> bytes:
    """What is heard when several speak at once: a 0 of any of them pulls the pair down."""
    spoken = [[1] * (place * SKEW_BITS) + levels(answer) for place, answer in enumerate(answers)]
    return heard([min(bits) for bits in zip_longest(*spoken, fillvalue=1)])
