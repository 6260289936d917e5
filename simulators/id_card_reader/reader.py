"""A reader on a serial line: cards are laid down, lifted, torn away; faults are switched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from simulators.control import AnyCommand, Event, Fault, LayCard, LiftCard, TearCard
from simulators.id_card_reader import sdt
from simulators.id_card_reader.module import Module
from simulators.id_card_reader.sdt import Request, RequestReader, Wrong
from simulators.line import FAULTS as OF_LINE
from simulators.line import Line

GAP_SECONDS = 0.2
"""Silence inside a request after which it is given up."""
OF_MODULE = frozenset({"self-test-failed", "no-30-01"})
OF_READER = frozenset({"silent", "wrong-checksum", "short-preamble", "vendor-time-out"})


class Reader:
    """One reader and whatever card lies on it. ``read_seconds``: what a reading of text and photo takes it."""

    def __init__(self, line: Line, emit: Callable[[Event], None], *, read_seconds: float = 0.7) -> None:
        self._line = line
        self._emit = emit
        self._loop = asyncio.get_running_loop()
        self._requests = RequestReader()
        self._module = Module(read_seconds)
        self._faults: set[str] = set()
        self._last_byte = 0.0
        self._working: asyncio.TimerHandle | None = None
        line.receive = self.receive

    def snapshot(self) -> list[Event]:
        """What lies there, and which faults are on."""
        return [self._state()]

    def do(self, command: AnyCommand) -> None:
        """Cards and faults. Raises ValueError for what cannot be."""
        match command:
            case LayCard(card, fingerprint, newest_address):
                self._module.lay(card, with_fingerprint=fingerprint, newest_address=newest_address)
            case LiftCard():
                self._module.lift()
            case TearCard():
                self._module.tear()
            case Fault():
                self._switch(command)
            case _:
                raise ValueError("an ID card reader takes lay-card, lift-card, tear-card and fault")
        self._emit(self._state())

    def close(self) -> None:
        """Stop working."""
        if self._working is not None:
            self._working.cancel()
            self._working = None

    def receive(self, byte: int, at: float) -> None:
        """Take one byte from the line."""
        if at - self._last_byte > GAP_SECONDS:
            self._requests = RequestReader()
        self._last_byte = at
        request = self._requests.feed(byte)
        if request is None or self._working is not None or "silent" in self._faults:
            return
        seconds = 0.0 if isinstance(request, Wrong) else self._module.seconds(request)
        self._working = self._loop.call_at(at + seconds, self._answer, request, at + seconds)

    def _answer(self, request: Request | Wrong, at: float) -> None:
        self._working = None
        before = self._module.phase
        answer = self._module.answer(request, wrong_checksum="wrong-checksum" in self._faults)
        name, sw3 = "wrong" if isinstance(request, Wrong) else request.name, f"{answer[9]:02X}"
        if "vendor-time-out" in self._faults:
            answer = sdt.VENDOR_TIME_OUT
        if "short-preamble" in self._faults:
            answer = answer[2:]
        passed = self._line.send(answer, at)
        self._emit({"event": "answered", "request": name, "sw3": sw3, "bytes": len(answer), "t": passed})
        if self._module.phase is not before:
            self._emit(self._state())

    def _switch(self, fault: Fault) -> None:
        if fault.name in OF_LINE:
            self._line.switch(fault.name, fault.on)
        elif fault.name in OF_MODULE | OF_READER:
            faults = self._module.faults if fault.name in OF_MODULE else self._faults
            (faults.add if fault.on else faults.discard)(fault.name)
        else:
            known = ", ".join(sorted(OF_LINE | OF_MODULE | OF_READER))
            raise ValueError(f"the faults are {known}, not {fault.name}")

    def _state(self) -> Event:
        return {
            "event": "state",
            "card": self._module.laid,
            "phase": str(self._module.phase),
            "faults": sorted(self._line.faults | self._faults | self._module.faults),
        }
