"""Several cards on one RS-485 line: who is meant, who answers, what people see."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from simulators.control import AnyCommand, Event, Fault, Time
from simulators.displays import onbon
from simulators.displays.card import Card
from simulators.displays.dots import Panel, fits, picture, plain, save
from simulators.faults import Faults
from simulators.line import Line

TURNAROUND_SECONDS = 0.01
"""Between a request's last byte and its answer's first: a card has to parse it and turn its driver around."""


class Displays:
    """The cards with these screen numbers, all of one size. Without a ``folder`` no picture is made."""

    def __init__(
        self, line: Line, emit: Callable[[Event], None], *, addresses: Sequence[int], panel: Panel, folder: Path | None
    ) -> None:
        self._line = line
        self._emit = emit
        self._panel = panel
        self._folder = folder
        self._loop = asyncio.get_running_loop()
        self._reader = onbon.FrameReader()
        self._cards = {address: Card(partial(self._vanished, address)) for address in addresses}
        self._faults = Faults(line, addresses)
        self._collisions = 0
        line.receive = self.receive
        line.on_collision = self._collided
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        for address in addresses:
            self._draw(address)

    def snapshot(self) -> list[Event]:
        """State, and every panel's picture."""
        if self._folder is None:
            return [self._state()]
        return [self._state(), *(_picture(address, _path(self._folder, address)) for address in self._cards)]

    def do(self, command: AnyCommand) -> None:
        """Switch a fault, or let the cards' clocks run ahead. Raises ValueError for what displays do not know."""
        match command:
            case Time(seconds) if seconds >= 0:
                for card in self._cards.values():
                    card.advance(seconds)
                return
            case Fault():
                self._faults.switch(command)
            case _:
                raise ValueError("displays take fault and time")
        self._emit(self._state())

    def close(self) -> None:
        """Stop the cards' clocks."""
        for card in self._cards.values():
            card.close()

    def receive(self, byte: int, at: float) -> None:
        """Take one byte from the line."""
        frame = self._reader.feed(byte)
        if frame is None:
            return
        for address in self._cards:
            if not self._faults.silent(address) and frame.destination in (address, onbon.BROADCAST, onbon.WILDCARD):
                self._serve(address, frame, at)

    def _serve(self, address: int, frame: onbon.Frame, at: float) -> None:
        error = self._obey(address, frame, at)
        # A wildcard is for point to point: answered by several, the answers would destroy each other.
        alone = frame.destination != onbon.WILDCARD or len(self._cards) == 1
        if frame.wants_answer and alone:
            answer = onbon.answer(address, error, wrong_checksum=self._faults.wrong_checksum(address))
            self._line.send(answer, at + TURNAROUND_SECONDS)

    def _obey(self, address: int, frame: onbon.Frame, at: float) -> onbon.Error:
        if not frame.sound:
            self._emit({"event": "garbled", "address": address, "t": at})
            return onbon.Error.CHECKSUM
        try:
            request = onbon.request(frame.data)
        except onbon.Refusal as refusal:
            return refusal.error
        if isinstance(request, onbon.Status):
            return onbon.Error.COMMAND  # the layout of its answer is in no source we have
        before = self._cards[address].areas
        self._cards[address].obey(request, at)
        self._tell(address, request, before, frame, at)
        return onbon.Error.NONE

    def _tell(
        self, address: int, request: onbon.Request, before: tuple[onbon.Area, ...], frame: onbon.Frame, at: float
    ) -> None:
        """Say what people now see: after every accepted text, and after every other change."""
        areas = self._cards[address].areas
        writes = isinstance(request, onbon.DynamicArea) and bool(request.areas)
        if areas and (writes or areas != before):
            self._emit(
                {
                    "event": "shown",
                    "address": address,
                    "text": _text(areas),
                    "fits": all(fits(self._panel, area) for area in areas),
                    "t": at,
                    "frame_bytes": frame.size,
                    "wire_ms": round(frame.size * self._line.byte_seconds * 1000, 3),
                    "crc_ok": True,
                }
            )
        elif before and not areas:
            self._emit({"event": "dark", "address": address, "t": at})
        if areas != before:
            self._draw(address)

    def _vanished(self, address: int) -> None:
        areas = self._cards[address].areas
        if areas:
            self._emit({"event": "shown", "address": address, "text": _text(areas), "t": self._loop.time()})
        else:
            self._emit({"event": "dark", "address": address})
        self._draw(address)

    def _draw(self, address: int) -> None:
        if self._folder is not None:
            path = _path(self._folder, address)
            save(picture(self._panel, self._cards[address].areas), path)
            self._emit(_picture(address, path))

    def _collided(self, at: float) -> None:
        self._collisions += 1
        self._emit({"event": "collision", "count": self._collisions, "t": at})

    def _state(self) -> Event:
        return {
            "event": "state",
            "displays": [
                {"address": address, "text": _text(card.areas), "silent": self._faults.silent(address)}
                for address, card in self._cards.items()
            ],
            "faults": self._faults.names(),
            "collisions": self._collisions,
        }


def _path(folder: Path, address: int) -> Path:
    return folder / f"display-{address}.png"


def _picture(address: int, path: Path) -> Event:
    return {"event": "png", "address": address, "path": str(path)}


def _text(areas: Sequence[onbon.Area]) -> str:
    return " ".join(plain(area.text) for area in areas)
