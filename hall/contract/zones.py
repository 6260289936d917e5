"""Who calls tickets aloud in a zone of the hall: one box at a time, by a lease.

POST /device/zone, by every box with a speaker, each 5 s and at once after it has spoken. The box counts its lease from
when it asked, the hall from when it answered: the box's ends first, so that two never speak at a time. What was called
when one box fell silent is spoken late by the next.
"""

from __future__ import annotations

from hall.contract.words import Strict, Struct, Term

LEASE_MS = 40_000
"""A sentence of 30 s, begun when the hall has just answered, ends within it."""


class AskZone(Strict, frozen=True, kw_only=True):
    """``wants``: it can speak now. ``holds``: its lease has not ended by its own clock, whatever the hall knows."""

    boot: str
    mono_ms: int
    wants: bool
    holds: bool = False
    spoken: dict[int, str] = {}
    """By window: the call that was spoken last, "call/calls" as in Held; those that the hall has not answered yet."""


class Voices(Struct, frozen=True, kw_only=True):
    """Which windows some box calls for now. Downlink event ``voice``; the higher (term.n, version) wins.

    What was spoken here before the hall was started anew is not told again: who has heard it knows it.
    """

    term: Term
    version: int
    spoken: dict[int, str] = {}
    """By window that a box calls for just now: the call spoken last, as in AskZone; "" for none."""


class ZoneLease(Struct, frozen=True, kw_only=True):
    """``granted``: this box calls for ``windows`` until ``lease_ms`` after it asked; else another does, or nobody."""

    granted: bool
    lease_ms: int = LEASE_MS
    windows: list[int] = []
    """All windows of the zone that the settings let this box call for."""
    left: list[int] = []
    """Its own windows that belong to a zone: they are called for in their zone alone."""
    spoken: dict[int, str] = {}
    """By window of the zone: the call that was spoken last, by whichever box."""
