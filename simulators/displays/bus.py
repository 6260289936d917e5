"""Several cards of one kind on one RS-485 line: who is meant, who answers, what people see."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from simulators.control import AnyCommand, Event, Fault, Overwrite, Time
from simulators.displays.dots import Panel, save, seen
from simulators.displays.font_card import FontCards
from simulators.displays.kinds import Display, Kind, Overwritten, Sized
from simulators.faults import Faults
from simulators.line import SharedWire

TURNAROUND_SECONDS = 0.01
"""Between a request's last byte and its answer's first: a card has to parse it and turn its driver around."""


class Displays:
    """The cards with these addresses, all of one size and kind. Without a ``folder`` no picture is made."""

    def __init__(
        self,
        line: SharedWire,
        emit: Callable[[Event], None],
        *,
        addresses: Sequence[int],
        panel: Panel,
        folder: Path | None,
        kind: Kind[Any] | None = None,
    ) -> None:
        self._line = line
        self._emit = emit
        self._folder = folder
        self._loop = asyncio.get_running_loop()
        kind = kind or FontCards()
        self._reader = kind.reader(line)
        self._cards: dict[int, Display[Any]] = {
            address: kind.display(address, panel, partial(self._vanished, address)) for address in addresses
        }
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
            case Overwrite(address, text):
                self._overwrite(address, text)
            case Fault():
                self._faults.switch(command)
            case _:
                raise ValueError("displays take fault, time and overwrite")
        self._emit(self._state())

    def close(self) -> None:
        """Stop the cards' clocks."""
        for card in self._cards.values():
            card.close()

    def receive(self, byte: int, at: float) -> None:
        """Take one byte from the line."""
        frame = self._reader.feed(byte, at)
        if frame is None:
            return
        for address, card in self._cards.items():
            if not self._faults.silent(address) and card.meant(frame):
                self._serve(address, frame, at)

    def _serve(self, address: int, frame: Sized, at: float) -> None:
        card = self._cards[address]
        before = card.seen
        spoil = self._faults.wrong_checksum(address)
        reply = card.obey(frame, at, alone=len(self._cards) == 1, spoil=spoil)
        if reply.answer:
            self._line.send(reply.answer, at + TURNAROUND_SECONDS)
        if reply.garbled:
            self._emit({"event": "garbled", "address": address, "t": at})
        else:
            self._tell(address, reply.wrote, before, frame, at)

    def _tell(self, address: int, wrote: bool, before: tuple[object, ...], frame: Sized, at: float) -> None:
        """Say what people now see: after every accepted text, and after every other change."""
        card = self._cards[address]
        now = card.seen
        if now and (wrote or now != before):
            self._emit(
                {
                    "event": "shown",
                    "address": address,
                    "text": card.text,
                    "fits": card.fits,
                    "t": at,
                    "frame_bytes": frame.size,
                    "wire_ms": round(frame.size * self._line.byte_seconds * 1000, 3),
                    "crc_ok": True,
                }
            )
        elif before and not now:
            self._emit({"event": "dark", "address": address, "t": at})
        if now != before:
            self._draw(address)

    def _overwrite(self, address: int, text: str) -> None:
        match self._cards.get(address):
            case Overwritten() as card:
                card.overwrite(text)
                self._vanished(address)
            case _:
                raise ValueError(f"no display {address} that another program can write to")

    def _vanished(self, address: int) -> None:
        card = self._cards[address]
        if card.seen:
            self._emit({"event": "shown", "address": address, "text": card.text, "t": self._loop.time()})
        else:
            self._emit({"event": "dark", "address": address})
        self._draw(address)

    def _draw(self, address: int) -> None:
        if self._folder is not None:
            path = _path(self._folder, address)
            save(seen(self._cards[address].draw()), path)
            self._emit(_picture(address, path))

    def _collided(self, at: float) -> None:
        self._collisions += 1
        self._emit({"event": "collision", "count": self._collisions, "t": at})

    def _state(self) -> Event:
        return {
            "event": "state",
            "displays": [
                {"address": address, "text": card.text, "silent": self._faults.silent(address)}
                for address, card in self._cards.items()
            ],
            "faults": self._faults.names(),
            "collisions": self._collisions,
        }


def _path(folder: Path, address: int) -> Path:
    return folder / f"display-{address}.png"


def _picture(address: int, path: Path) -> Event:
    return {"event": "png", "address": address, "path": str(path)}
