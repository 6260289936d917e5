"""Plays the host's side of a recording to a simulator, with its pauses, and compares what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

from drivers.contract import Gone, Silent, Transport
from drivers.deadline import Deadline
from drivers.dialect.follow import Follower
from drivers.dialect.spoken import Piece
from workshop.monitor.recording import Header
from workshop.monitor.sources import REST_SECONDS

OPEN_SECONDS = 5.0
WRITE_SECONDS = 10.0
LAST_SECONDS = 3.0
"""How much later than in the recording an answer may come before what was said after it is said without it."""


class CannotReplay(Exception):
    """The recording or the port is not fit for it. "what → remedy"."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What was answered once and what now, of an unlike stretch: pieces of the recording, pieces of the simulator."""

    kind: Literal["missing", "additional", "other"]
    recorded: tuple[Piece, ...]
    answered: tuple[Piece, ...]


def questions(pieces: Sequence[Piece]) -> list[tuple[float, bytes]]:
    """When to send what. Raises CannotReplay where something of it was masked, or its direction is not known."""
    asked: list[tuple[float, bytes]] = []
    for piece in pieces:
        if piece.way == "to-device":
            if None in piece.shown:
                raise CannotReplay("a masked byte cannot be sent → record a line without personal values")
            asked.append((piece.at, bytes(byte for byte in piece.shown if byte is not None)))
    if not asked:
        raise CannotReplay("nothing in it was said to a device → record both ways, at a daemon or with --through")
    return asked


async def replay(header: Header, pieces: Sequence[Piece], transport: Transport) -> list[Difference]:
    """Send and compare. Raises CannotReplay."""
    asked = questions(pieces)
    recorded = [piece for piece in pieces if piece.way == "from-device"]
    try:
        await transport.open(Deadline.after(OPEN_SECONDS))
        heard = await _played(header, asked, pieces, transport)
    except (Gone, Silent) as fault:
        raise CannotReplay(f"{fault} → start the simulator, and stop whoever else talks to it") from None
    finally:
        await transport.close()
    return differences(recorded, heard)


def differences(recorded: Sequence[Piece], answered: Sequence[Piece]) -> list[Difference]:
    """Where they are not alike. A masked byte is like any other masked byte; times are not compared."""
    matcher = SequenceMatcher(None, [piece.hex() for piece in recorded], [piece.hex() for piece in answered], False)
    kinds: dict[str, Literal["missing", "additional", "other"]] = {
        "delete": "missing",
        "insert": "additional",
        "replace": "other",
    }
    return [
        Difference(kinds[tag], tuple(recorded[a:b]), tuple(answered[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag in kinds
    ]


async def _played(
    header: Header, asked: Sequence[tuple[float, bytes]], pieces: Sequence[Piece], transport: Transport
) -> list[Piece]:
    """With the pauses of the recording; an answer that comes later than it did then moves what was said after it."""
    hearing = _Hearing(transport, Follower(header.dialects(), "from-device"))
    loop = asyncio.get_running_loop()
    first = loop.time()
    begun = first - asked[0][0]
    answers = [piece.at for piece in pieces if piece.way == "from-device"]
    for at, data in asked:
        await hearing.until(begun + at)
        before = sum(answered < at for answered in answers)
        await hearing.until(loop.time() + LAST_SECONDS, before)
        begun = max(begun, loop.time() - at)
        await transport.write(data, Deadline.after(WRITE_SECONDS))
    after = max(0.0, max(piece.at for piece in pieces) - asked[-1][0])
    await hearing.until(loop.time() + transport.wire_time(len(asked[-1][1])) + after + LAST_SECONDS, len(answers))
    await hearing.until(loop.time() + REST_SECONDS)
    return [replace(piece, at=piece.at - first + asked[0][0]) for piece in hearing.all()]


class _Hearing:
    """What comes back; a silence ends what was begun, as it did when it was recorded."""

    def __init__(self, transport: Transport, follower: Follower) -> None:
        self._transport = transport
        self._follower = follower
        self._pieces: list[Piece] = []
        self._heard_at = 0.0

    async def until(self, moment: float, answers: int | None = None) -> None:
        """Listen until then, or until so many have come. Raises Gone."""
        deadline, loop = Deadline(moment), asyncio.get_running_loop()
        while deadline.left() and (answers is None or len(self._pieces) < answers):
            try:
                data = await self._transport.read(deadline.sooner(REST_SECONDS))
            except Silent:
                if loop.time() - self._heard_at >= REST_SECONDS:
                    self._pieces += self._follower.rest()
                continue
            self._heard_at = loop.time()
            self._pieces += self._follower.feed(data, self._heard_at)

    def all(self) -> list[Piece]:
        """All that came."""
        return [*self._pieces, *self._follower.rest()]
