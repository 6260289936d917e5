"""Follows what is said on a line, whatever protocols share it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from drivers.contract import Garbled
from drivers.dialect.spoken import Dialect, Piece, Said, Side, Verdict, Way, as_object

NOISE_CAP = 256
"""Bytes of no frame that are told together at most."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """A right frame in what was heard, and who speaks so."""

    start: int
    size: int
    said: Said
    way: Way | None


@dataclass(frozen=True, slots=True)
class _Voice:
    way: Way | None
    side: Side


class Follower:
    """One direction of a line, or a whole RS-485 pair heard from outside (``way`` None: the frames tell).

    Holds no more than its longest frame. Never raises, whatever it is fed.
    """

    def __init__(self, dialects: Sequence[Dialect], way: Way | None) -> None:
        self._way = way
        self._voices = tuple(_voices(dialects, way))
        self._secret = any(dialect.secret for dialect in dialects)
        self._cap = max((voice.side.cap for voice in self._voices), default=0)
        self._unread = bytearray()
        self._noise = bytearray()
        self._noise_at = 0.0
        self._arrivals: deque[tuple[int, float]] = deque()
        """How many of the unread bytes came when."""

    def feed(self, data: bytes, at: float) -> Iterator[Piece]:
        """What ``data``, come at ``at`` (seconds), completes."""
        while data:
            room = max(1, self._cap - len(self._unread))
            part, data = data[:room], data[room:]
            self._unread += part
            self._arrivals.append((len(part), at))
            yield from self._pieces(rested=False)
            if self._cap and len(self._unread) >= self._cap:  # a head that promises more than any frame has is none
                yield from self._drop(1)
                yield from self._pieces(rested=False)

    def rest(self) -> Iterator[Piece]:
        """The line has been silent: what was begun will not come whole any more."""
        yield from self._pieces(rested=True)
        yield from self._drop(len(self._unread))
        yield from self._tell_noise()

    def _pieces(self, *, rested: bool) -> Iterator[Piece]:
        while self._unread:
            unread = bytes(self._unread)
            heard, growing = self._look(unread)
            if heard is not None and (rested or growing >= heard.start):
                yield from self._drop(heard.start)
                yield from self._tell_noise()
                yield self._frame(heard)
                continue
            yield from self._drop(min(growing, len(unread)))
            return

    def _look(self, unread: bytes) -> tuple[_Heard | None, int]:
        """The first right frame, and from where something may still become one."""
        first: _Heard | None = None
        growing = len(unread)
        for voice in self._voices:
            heard, begun = _first_right(voice, unread)
            if heard is None:
                growing = min(growing, begun)
            elif first is None or (heard.start, heard.said.vague) < (first.start, first.said.vague):
                first = heard
        return first, growing

    def _frame(self, heard: _Heard) -> Piece:
        at, frame = self._take(heard.size)
        begin, end = heard.said.personal
        shown = tuple(None if begin <= place < end else byte for place, byte in enumerate(frame))
        return Piece(heard.way, at, shown, "frame", heard.said)

    def _drop(self, count: int) -> Iterator[Piece]:
        while count > 0:
            part = min(count, NOISE_CAP - len(self._noise))
            at, dropped = self._take(part)
            if not self._noise:
                self._noise_at = at
            self._noise += dropped
            count -= part
            if len(self._noise) >= NOISE_CAP:
                yield from self._tell_noise()

    def _tell_noise(self) -> Iterator[Piece]:
        if not self._noise:
            return
        shown = tuple(None if self._secret else byte for byte in self._noise)
        self._noise.clear()
        verdict: Verdict = "bad" if self._voices else "plain"
        yield Piece(self._way, self._noise_at, shown, verdict)

    def _take(self, count: int) -> tuple[float, bytes]:
        """The first bytes, and when the first of them came."""
        taken = bytes(self._unread[:count])
        del self._unread[:count]
        at = self._arrivals[0][1]
        while count:
            here, when = self._arrivals.popleft()
            if here > count:
                self._arrivals.appendleft((here - count, when))
            count -= min(here, count)
        return at, taken


class Interpreter:
    """Both directions of one line."""

    def __init__(self, dialects: Sequence[Dialect]) -> None:
        self._followers: dict[Way | None, Follower] = {
            "to-device": Follower(dialects, "to-device"),
            "from-device": Follower(dialects, "from-device"),
            None: Follower(dialects, None),
        }

    def hear(self, way: Way | None, data: bytes, at: float) -> list[Piece]:
        """Bytes have passed. ``way`` None: nobody knows whose they are."""
        return list(self._followers[way].feed(data, at))

    def rest(self) -> list[Piece]:
        """The line is silent."""
        return [piece for follower in self._followers.values() for piece in follower.rest()]

    def told(self, piece: Piece, since: float) -> dict[str, Any]:
        """A piece as a JSON object, masked as it is; ``t``: ms after ``since``."""
        return as_object(piece, since)


def _voices(dialects: Sequence[Dialect], way: Way | None) -> Iterator[_Voice]:
    """Each manner of speaking once, answers first: a caller's press and its echo are the same bytes."""
    seen: set[tuple[Way, int]] = set()
    for dialect in dialects:
        sides: tuple[tuple[Way, Side | None], ...] = (
            ("from-device", dialect.from_device),
            ("to-device", dialect.to_device),
        )
        for whose, side in sides:
            if side is not None and way in (whose, None) and (whose, id(side)) not in seen:
                seen.add((whose, id(side)))
                yield _Voice(whose, side)


def _first_right(voice: _Voice, unread: bytes) -> tuple[_Heard | None, int]:
    """The first frame of this voice that is right; else from where one may still grow."""
    start, end = 0, len(unread)
    while start < end:
        cut = voice.side.scan(unread[start:])
        start += cut.garbage
        if cut.frame:
            try:
                said = voice.side.say(unread[start : start + cut.frame])
            except Garbled:
                start += cut.frame
                continue
            return _Heard(start, cut.frame, said, voice.way), start
        if not cut.garbage:
            break
    return None, start
