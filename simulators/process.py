"""A simulator as a process: a line, its devices, their control socket, until somebody says stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from simulators.control import Control, Device, Event
from simulators.keypads.input_socket import InputSocket
from simulators.line import Line, SharedWire
from simulators.tcp_line import TcpLine
from simulators.udp_line import UdpLine


class Station(Device, Protocol):
    """The devices of one line."""

    def close(self) -> None:
        """Stop every timer."""


class Port(Protocol):
    """Where the devices are reached."""

    def open(self) -> None:
        """Make it. Raises OSError."""

    def close(self) -> None:
        """Take it away."""


P = TypeVar("P", bound=Port)
Emit = Callable[[Event], None]
Build = Callable[[Line, Emit], Station]
BuildInputs = Callable[["Inputs", Emit], Station]


class Inputs(dict[int, InputSocket]):
    """The sockets of keypads that type, by number: ``link``-1, ``link``-2 and so on."""

    def __init__(self, link: Path, numbers: Iterable[int]) -> None:
        super().__init__({number: InputSocket(link.with_name(f"{link.name}-{number}")) for number in numbers})

    def open(self) -> None:
        """Plug all in. Raises OSError."""
        for port in self.values():
            port.open()

    def close(self) -> None:
        """Unplug all."""
        for port in self.values():
            port.close()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a simulator is reached: the link to its pty, its control socket; how fast its line is before it is set.

    ``own_speed``: it stays as fast as that, and is heard at no other speed.
    """

    link: Path
    control: Path
    baud: int
    half_duplex: bool = False
    own_speed: bool = False


async def simulate(place: Place, build: Build) -> None:
    """Serve until SIGTERM or SIGINT; leaves neither link nor socket. Raises OSError when it cannot begin."""
    line = Line(place.link, place.baud, half_duplex=place.half_duplex, own_speed=place.own_speed)
    await _serve(line, place.control, build)


async def simulate_inputs(place: Place, numbers: Iterable[int], build: BuildInputs) -> None:
    """The same with keypads that type, each at a socket of its own beside ``place.link``."""
    await _serve(Inputs(place.link, numbers), place.control, build)


async def simulate_on_network(address: tuple[str, int], at: Path, build: Callable[[SharedWire, Emit], Station]) -> None:
    """The same for a device that listens at an address; ``at`` is its control socket."""
    await _serve(TcpLine(*address), at, build)


async def simulate_by_datagram(
    address: tuple[str, int], at: Path, build: Callable[[SharedWire, Emit], Station]
) -> None:
    """The same for a device that takes datagrams at an address."""
    await _serve(UdpLine(*address), at, build)


async def simulate_together(each: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Several of these in one process, which is lighter than one for each. Raises OSError, ValueError."""
    try:
        async with asyncio.TaskGroup() as group:
            for one in each:
                group.create_task(one)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


async def _serve(port: P, at: Path, build: Callable[[P, Emit], Station]) -> None:
    control = Control(at)
    with _stop_signals() as stopped, closing(port):
        port.open()
        with closing(build(port, control.emit)) as station:
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


async def simulate_scanner(address: tuple[str, int], control_path: Path, page_seconds: float, *, feeder: bool) -> None:
    """Serve a driverless scanner at this address until SIGTERM or SIGINT. Raises OSError."""
    from simulators.document_scanner.scanner import Scanner

    control = Control(control_path)
    with _stop_signals() as stopped:
        scanner = Scanner(address, control.emit, page_seconds=page_seconds, feeder=feeder)
        with closing(scanner):
            scanner.line.open()
            async with control.serving(scanner):
                await stopped.wait()
        await scanner.line.closed()


@contextmanager
def _stop_signals() -> Iterator[asyncio.Event]:
    """An event for each simulator of this process: one signal is for all of them."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    _stoppable.add(stopped)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop_all)
    try:
        yield stopped
    finally:
        _stoppable.discard(stopped)
        if not _stoppable:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)


_stoppable: set[asyncio.Event] = set()


def _stop_all() -> None:
    for stopped in _stoppable:
        stopped.set()
