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
from simulators.displays.kinds import Display, Kind, Overwritten, Reply, Sized
from simulators.faults import Faults
from simulators.line import SharedWire
from simulators.uart import together

TURNAROUND_SECONDS = 0.01
"""Between a request's last byte and its answer's first: a card has to parse it and turn its driver around."""


class Displays:
    """The cards with these addresses, all of one size and kind. Without a ``folder`` no picture is made.

    What is told and drawn is of a *place*, named by the address that the card there should have; by one of the faults
    OF_ADDRESS it has another.
    """

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
        self._panel = panel
        self._kind = kind or FontCards()
        self._reader = self._kind.reader(line)
        self._faults = Faults(line, addresses)
        self._set_to: dict[int, int] = {address: address for address in addresses}
        self._cards: dict[int, Display[Any]] = {address: self._card(address) for address in addresses}
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
                self._hang()
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
        meant = [a for a, card in self._cards.items() if not self._faults.silent(a) and card.meant(frame)]
        answers = [reply.answer for reply in [self._serve(address, frame, at) for address in meant] if reply.answer]
        if answers:
            self._line.send(together(answers) if len(answers) > 1 else answers[0], at + TURNAROUND_SECONDS)

    def _card(self, place: int) -> Display[Any]:
        """A card as it comes from its maker, set to what it is set to in this place."""
        return self._kind.display(self._set_to[place], self._panel, partial(self._vanished, place))

    def _hang(self) -> None:
        """Hang another card where another address is to be: it is dark at first."""
        for place, card in list(self._cards.items()):
            if self._faults.set_to(place) != self._set_to[place]:
                self._set_to[place] = self._faults.set_to(place)
                card.close()
                self._cards[place] = self._card(place)
                self._vanished(place)

    def _serve(self, address: int, frame: Sized, at: float) -> Reply:
        card = self._cards[address]
        before = card.seen
        spoil = self._faults.wrong_checksum(address)
        reply = card.obey(frame, at, alone=len(self._cards) == 1, spoil=spoil)
        if reply.garbled:
            self._emit({"event": "garbled", "address": address, "t": at})
        else:
            self._tell(address, reply.wrote, before, frame, at)
        return reply

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
