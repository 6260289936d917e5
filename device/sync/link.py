"""The way to the hall: one HTTP client, one hello for each new connection, up or down for all to see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

import httpx
import msgspec

from device.clock import Clock
from device.journal import Journal
from device.supervise import Backoff
from hall.contract import Welcome

T = TypeVar("T")


class HallUnreachable(Exception):
    """No answer: not connected, cut off, too late, or the hall is failing. The request may have been heard."""


class HallRefused(Exception):
    """The hall answered no. ``reason`` is its keyword ("" when it gave none)."""

    def __init__(self, status: int, reason: str, detail: str) -> None:
        super().__init__(f"{status} {reason}: {detail}")
        self.status = status
        self.reason = reason


def make_client(url: str, ca: Path, certificate: Path, key: Path) -> httpx.AsyncClient:
    """The one client of a box: mutual TLS, HTTP/1.1 kept alive, no proxy of the environment."""
    raise NotImplementedError


class Link:
    """Says hello until the hall welcomes this box, and again each time the hall was lost."""

    hall: Literal["up", "down"]
    welcome: Welcome | None
    """The newest one, of this start or remembered from an earlier one."""
    refusal: str
    """Why the hall or we refuse to talk (``contract-differs``, ``wrong-mode``, ``older-term`` …), "" when we do not."""
    known_down: bool
    """An attempt has failed since the hall was last up: waiting for it now would be in vain."""

    def __init__(self, client: httpx.AsyncClient, journal: Journal, clock: Clock, backoff: Backoff | None = None):
        """Take all that is needed; nothing runs before ``run``."""

    async def run(self) -> None:
        """Long-lived: keep the box welcomed."""

    async def up(self) -> None:
        """Wait until the hall is up."""

    def lost(self, why: str) -> None:
        """A request failed: the hall is down until it welcomes us again."""

    def knock(self) -> None:
        """Somebody needs the hall: try now instead of at the end of the pause (at most once in 3 s)."""

    def on_welcome(self, call: Callable[[Welcome], None]) -> None:
        """Call this with each new welcome."""

    def on_change(self, call: Callable[[], None]) -> None:
        """Call this when ``hall`` or ``refusal`` has changed."""

    async def post(self, path: str, body: msgspec.Struct, kind: type[T], limit_s: float) -> T:
        """POST, and decode the answer as ``kind``. Raises HallUnreachable (and the link is lost), HallRefused."""
        raise NotImplementedError
