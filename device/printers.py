"""The printers of one kiosk: the first one that can prints, the next one takes over.

| the first printer…                                            | and the slip                                      |
|---------------------------------------------------------------|---------------------------------------------------|
| cannot accept, refuses, is gone or silent before the slip left | goes to the next printer                         |
| says that the slip is not printed                             | is void as with one printer; the next touch prints |
| leaves it doubtful, or the box stops while it prints          | is never printed by itself anywhere else          |
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import structlog

from device.cell import Cell
from drivers.contract import DeviceFault, State, TicketPrinter
from drivers.deadline import Deadline

log = structlog.get_logger()

T = TypeVar("T")


class Printers:
    """One or more, in the order of the settings."""

    def __init__(self, cells: Sequence[Cell[TicketPrinter]]) -> None:
        if not cells:
            raise ValueError("a kiosk without a printer")
        self.cells = tuple(cells)

    @property
    def active(self) -> Cell[TicketPrinter]:
        """Whose turn it is: the first that accepts, else the first."""
        return next((cell for cell in self.cells if cell.state.accepting), self.cells[0])

    @property
    def state(self) -> State:
        """Of the active one: the kiosk prints as long as any of them does."""
        return self.active.state

    async def do(self, verb: Callable[[TicketPrinter, Deadline], Awaitable[T]], seconds: float) -> T:
        """Run a verb that raises a DeviceFault only while nothing of it has left: then the next printer runs it.

        Each has ``seconds``. Raises the last one's fault.
        """
        able = [cell for cell in self.cells if cell.state.accepting] or [self.cells[0]]
        for cell in able[:-1]:
            run = _Run(verb)
            try:
                return await cell.do(run, seconds)
            except DeviceFault as fault:
                if run.broken_off:
                    raise
                log.warning("next printer", device=cell.name, fault=type(fault).__name__.lower(), what=str(fault))
        return await able[-1].do(verb, seconds)


class _Run(Generic[T]):
    """A verb, and whether it was broken off from outside: then something of it may have left."""

    def __init__(self, verb: Callable[[TicketPrinter, Deadline], Awaitable[T]]) -> None:
        self._verb = verb
        self.broken_off = False

    async def __call__(self, printer: TicketPrinter, deadline: Deadline) -> T:
        try:
            return await self._verb(printer, deadline)
        except asyncio.CancelledError:
            self.broken_off = True
            raise
