"""Devices that work, and fail when they are told to, without a wire."""

from __future__ import annotations

import asyncio

from device.cell import Cell
from drivers.contract import Completion, CompletionCode, DeviceFault, Gone, GradePress, Slip, State
from drivers.deadline import Deadline

DONE = Completion(CompletionCode.SUCCESS, True, "status")
POLL_SECONDS = 600.0


class Fake:
    """What all of them share. ``fault`` is what every verb raises while it is set."""

    poll_seconds = POLL_SECONDS

    def __init__(self) -> None:
        self.fault: type[DeviceFault] | None = None
        self.state = State.of()
        self._failed = asyncio.Event()

    def fail(self, fault: type[DeviceFault] | None) -> None:
        """From now on; None: no more. Wakes who waits for a press."""
        self.fault = fault
        if fault is not None:
            self._failed.set()
        else:
            self._failed.clear()

    async def open(self, deadline: Deadline) -> State:
        return self._now()

    async def poll(self, deadline: Deadline) -> State:
        return self._now()

    async def close(self) -> None:
        """Nothing is open."""

    def _now(self) -> State:
        if self.fault is not None:
            raise self.fault("told to fail")
        return self.state


class Printer(Fake):
    def __init__(self) -> None:
        super().__init__()
        self.printed = 0

    async def print_slip(self, slip: Slip, deadline: Deadline) -> Completion:
        self._now()
        self.printed += 1
        return DONE


class Display(Fake):
    async def show(self, text: str, deadline: Deadline) -> Completion:
        self._now()
        return DONE


class Pad(Fake):
    """A citizen presses some seconds after it lights up, two times of three."""

    def __init__(self) -> None:
        super().__init__()
        self._invited = 0
        self._lit = asyncio.Event()

    async def next_press(self) -> GradePress:
        lit = asyncio.ensure_future(self._lit.wait())
        failed = asyncio.ensure_future(self._failed.wait())
        try:
            await asyncio.wait({lit, failed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            lit.cancel()
            failed.cancel()
        if self.fault is not None:
            raise Gone("told to fail")
        self._lit.clear()
        await asyncio.sleep(5)
        return GradePress(1, "very-satisfied")

    async def acknowledge(self, press: GradePress, deadline: Deadline) -> None:
        self._now()

    async def light(self, lit: bool, deadline: Deadline) -> None:
        self._now()
        self._invited += lit
        if lit and self._invited % 3:
            self._lit.set()


def printer_cell(printer: Printer) -> Cell[Printer]:
    return Cell("printer", "fake", printer, family="ticket_printer", simulated=True)


def display_cell(display: Display, window: int) -> Cell[Display]:
    return Cell(f"display-{window}", "fake", display, family="window_display", window=window, simulated=True)


def pad_cell(pad: Pad, window: int) -> Cell[Pad]:
    return Cell(
        f"pad-{window}",
        "fake",
        pad,
        family="rating_keypad",
        window=window,
        simulated=True,
        listen=lambda source: source.next_press(),
    )
