"""A simulator as a process: a line, its devices, their control socket, until somebody says stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from simulators.control import Control, Device, Event
from simulators.line import Line, Wire
from simulators.tcp_line import TcpLine


class Station(Device, Protocol):
    """The devices of one line."""

    def close(self) -> None:
        """Stop every timer."""


Emit = Callable[[Event], None]
Build = Callable[[Line, Emit], Station]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a simulator is reached: the link to its pty, its control socket; how fast its line is before it is set."""

    link: Path
    control: Path
    baud: int
    half_duplex: bool = False


W = TypeVar("W", bound=Wire)


async def simulate(place: Place, build: Build) -> None:
    """Serve until SIGTERM or SIGINT; leaves neither link nor socket. Raises OSError when it cannot begin."""
    await _serve(Line(place.link, place.baud, half_duplex=place.half_duplex), place.control, build)


async def simulate_on_network(address: tuple[str, int], at: Path, build: Callable[[Wire, Emit], Station]) -> None:
    """The same for a device that listens at an address; ``at`` is its control socket."""
    await _serve(TcpLine(*address), at, build)


async def _serve(line: W, at: Path, build: Callable[[W, Emit], Station]) -> None:
    control = Control(at)
    with _stop_signals() as stopped, closing(line):
        line.open()
        with closing(build(line, control.emit)) as station:
            async with control.serving(station):
                await stopped.wait()


async def simulate_card(reader: tuple[str, int], control_path: Path, card: str | None) -> None:
    """Serve a card for vpcd's reader at this address until SIGTERM or SIGINT. Raises OSError, ValueError."""
    from simulators.smart_card.hand import Hand

    control = Control(control_path)
    try:
        with _stop_signals() as stopped:
            async with asyncio.TaskGroup() as group:
                with closing(Hand(reader, control.emit, group.create_task)) as hand:
                    if card is not None:
                        hand.insert(card)
                    async with control.serving(hand):
                        await stopped.wait()
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


@contextmanager
def _stop_signals() -> Iterator[asyncio.Event]:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    try:
        yield stopped
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
