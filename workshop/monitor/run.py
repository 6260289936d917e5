"""Reading along on a line until somebody has seen enough; playing a recording."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from config.ports import is_path, is_simulator
from config.wording import say
from drivers.dialect.spoken import Piece
from drivers.dialect.table import DIALECTS
from drivers.transport import transport_for
from workshop.monitor import sources
from workshop.monitor.recording import Header, Recorder, load_recording
from workshop.monitor.replay import Difference, replay
from workshop.monitor.show import ROOM, line_of
from workshop.probe.machine import Machine

DEFAULT_BAUD = 9600
DIFFERENT = 3


class Refused(Exception):
    """What is asked for is not done, and why."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Where lines go, in which language."""

    tell: Callable[[str], None]
    language: str

    def say(self, word: str, **fields: object) -> None:
        """One sentence."""
        self.tell(say(ROOM, word, self.language, **fields))

    def piece(self, piece: Piece) -> None:
        """One piece."""
        self.tell(line_of(piece, self.language))


async def watch(
    port: str, through: Path | None, models: Sequence[str], baud: int | None, record: Path | None, shown: Shown
) -> None:
    """Show what passes, until the line is gone. Raises NotListening, Refused, ValueError ("what → remedy")."""
    for model in models:
        if model not in DIALECTS:
            raise ValueError(f"nobody knows how {model!r} speaks → name one of: {', '.join(sorted(DIALECTS))}")
    header = Header(port, baud or DEFAULT_BAUD, tuple((model, {}) for model in models))
    async with AsyncExitStack() as opened:
        header, pieces = await opened.enter_async_context(_source(header, through, shown))
        recorder = None
        if record is not None:
            recorder = Recorder(opened.enter_context(_file(record)), header)
        async for piece in pieces:
            if recorder is not None:
                recorder.add(piece)
            shown.piece(piece)
    shown.say("over")


def show_file(path: Path, shown: Shown) -> int:
    """Show a recording. Raises NoRecording."""
    for piece in load_recording(path)[1]:
        shown.piece(piece)
    return 0


async def replayed(path: Path, into: str | None, baud: int | None, shown: Shown) -> int:
    """Play a recording to a simulator and show what differs. Raises NoRecording, CannotReplay, Refused, ValueError."""
    if into is None:
        raise ValueError("--replay needs --into → give the simulator's port")
    if not is_simulator(into):
        raise Refused(say(ROOM, "not-simulated", shown.language, port=into))
    header, pieces = load_recording(path)
    if baud is not None:
        header = replace(header, baud=baud)
    different = await replay(header, pieces, transport_for(into, header.baud)())
    if not different:
        shown.say("same", count=sum(piece.way == "from-device" for piece in pieces))
        return 0
    shown.say("differs", count=len(different))
    for difference in different:
        _show_difference(difference, shown)
    return DIFFERENT


@asynccontextmanager
async def _source(
    header: Header, link: Path | None, shown: Shown
) -> AsyncIterator[tuple[Header, AsyncIterator[Piece]]]:
    port = header.port
    if link is not None:
        transport = transport_for(port, header.baud)()
        async with sources.through(transport, link, header.dialects()) as pieces:
            _begin(port, say(ROOM, "how-through", shown.language, link=link), shown)
            yield header, pieces
        return
    path = sources.own_socket(port) or await sources.daemon_with(port)
    if path is not None:
        async with sources.of_daemon(path) as (told, pieces):
            _begin(told.port, say(ROOM, "how-daemon", shown.language), shown)
            yield told, pieces
        return
    holder = Machine().holder(port) if is_path(port) else None
    if holder is not None:
        raise sources.NotListening(say(ROOM, "taken", shown.language, port=port, name=holder.name, pid=holder.pid))
    async with sources.passive(transport_for(port, header.baud)(), header.dialects()) as pieces:
        _begin(port, say(ROOM, "how-passive", shown.language), shown)
        yield header, pieces


def _begin(port: str, how: str, shown: Shown) -> None:
    shown.say("listens", port=port, how=how)


def _file(path: Path) -> TextIO:
    """Nobody else may read it: what is masked may still tell when somebody came. Raises NotListening."""
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8")
    except OSError as failure:
        raise sources.NotListening(f"{path}: {failure}") from None


def _show_difference(difference: Difference, shown: Shown) -> None:
    for word, pieces in (("recorded", difference.recorded), ("answered", difference.answered)):
        shown.say(word)
        for piece in pieces:
            shown.piece(piece)
        if not pieces:
            shown.say("nothing")
