"""Where the paper comes out: pictures of slips, and of the paper while it is still moving."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from simulators.control import Event
from simulators.printer.paper import WIDTH, Piece, Strip, save

LIVE_SECONDS = 0.2
"""Between two pictures of moving paper."""


class Tray:
    """Keeps the strip of paper in the printer and tells of every piece that leaves it.

    ``torn``: paper ended inside the slip, so whatever is still printed of it is no whole slip. Without a ``folder``
    no picture is made. ``width`` of the paper in dots.
    """

    def __init__(self, folder: Path | None, emit: Callable[[Event], None], width: int = WIDTH) -> None:
        self.strip = Strip(width)
        self.slips = 0
        self.torn = False
        self._folder = folder
        self._emit = emit
        self._loop = asyncio.get_running_loop()
        self._live_at = 0.0
        self._live: asyncio.TimerHandle | None = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def live(self) -> Path | None:
        """The picture of the paper that is coming out."""
        return None if self._folder is None else self._folder / "paper.png"

    @property
    def printed_on(self) -> bool:
        """Whether something stands on the paper that is still in the printer."""
        return bool(self.strip.marks)

    def moved(self) -> None:
        """The paper has moved: draw it soon."""
        if self._live is None and self._folder is not None:
            self._live = self._loop.call_at(max(self._live_at + LIVE_SECONDS, self._loop.time()), self._draw)

    def close(self) -> None:
        """Draw no more."""
        if self._live is not None:
            self._live.cancel()
            self._live = None

    def cut(self) -> Event | None:
        """Cut; the slip that falls, None for blank paper."""
        whole = not self.torn
        self.torn = False
        return self._take(self.strip.cut(), whole)

    def tear(self) -> Event | None:
        """Take out what is there, not whole; None for blank paper."""
        return self._take(self.strip.tear(), False)

    def _take(self, piece: Piece, whole: bool) -> Event | None:
        self.moved()
        if not piece.marks:
            return None
        self.slips += 1
        picture = {}
        if self._folder is not None:
            path = self._folder / f"slip-{self.slips:04}.png"
            save(piece.picture, path)
            picture["png"] = str(path)
        return {
            "event": "slip",
            "index": self.slips,
            "complete": whole and piece.whole,
            "text": [mark.text for mark in piece.marks if mark.kind == "text"],
            "numbers": [mark.text for mark in piece.marks if mark.large],
            "qr": [mark.text for mark in piece.marks if mark.kind == "qr"],
            **picture,
        }

    def _draw(self) -> None:
        self._live = None
        self._live_at = self._loop.time()
        if self.live is not None:
            save(self.strip.picture(), self.live)
            self._emit({"event": "paper", "png": str(self.live)})
