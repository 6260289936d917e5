"""Desired state from the hall: the newest of each window, how many wait, which day it is."""

from __future__ import annotations

from collections.abc import Callable

from device.journal import Journal
from device.supervise import Backoff
from device.sync.link import Link
from hall.contract import QueueCounts, Term, WindowState


class Desired:
    """The newest state that the hall has told, from whichever way it came: downlink or answers."""

    windows: dict[int, WindowState]
    counts: QueueCounts | None
    business_date: str
    """"" until the hall has told one, at this start or before."""
    term: Term | None

    def __init__(self, journal: Journal) -> None:
        """Begin with what the journal remembers."""

    def watch(self, call: Callable[[], None]) -> None:
        """Call this after any change."""

    def watch_window(self, call: Callable[[WindowState], None]) -> None:
        """Call this with each newer state of a window."""

    async def offer_window(self, state: WindowState) -> bool:
        """Take this state if it is newer; whether it was taken."""
        raise NotImplementedError


class Downlink:
    """Reads GET /device/downlink for as long as the box lives."""

    def __init__(self, link: Link, desired: Desired, backoff: Backoff | None = None) -> None:
        """Take all that is needed; nothing runs before ``run``."""

    async def run(self) -> None:
        """Long-lived: read, and connect again."""
