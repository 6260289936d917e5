"""The hand that lays cards into a virtual reader, pulls them and tears them away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from simulators.control import AnyCommand, Event, Fault, Insert, Remove, Tear
from simulators.smart_card import slot
from simulators.smart_card.deck import DECK
from simulators.smart_card.slot import Manners, Slot

AGAIN_SECONDS = 0.1
"""Between two tries to reach a reader that is not there: the card lies in it until somebody takes it."""
FAULTS = ("byte-by-byte", "slow", "mute")


class Hand:
    """Holds one card at a time. ``start`` runs what reaches the reader as a task of its own, which it gives back."""

    def __init__(
        self,
        address: tuple[str, int],
        emit: Callable[[Event], None],
        start: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
    ) -> None:
        self._address = address
        self._emit = emit
        self._start = start
        self._card: str | None = None
        self._lying: asyncio.Task[None] | None = None
        self._manners = Manners()

    def snapshot(self) -> list[Event]:
        """What lies in the reader, and what may be laid there."""
        return [self._state()]

    def do(self, command: AnyCommand) -> None:
        """Lay down, pull, tear away, switch a fault. Raises ValueError for a card or a fault that there is not."""
        match command:
            case Insert(card):
                self.insert(card)
            case Remove():
                self.remove()
            case Tear(after, octets):
                self._manners.tear = slot.Tear(after, octets)
            case Fault(name, on) if name in FAULTS:
                setattr(self._manners, name.replace("-", "_"), on)
            case _:
                raise ValueError(f"a card takes insert, remove, tear and the faults {', '.join(FAULTS)}")
        self._emit(self._state())

    def insert(self, card: str) -> None:
        """Lay this card down, in the place of the one that lay there."""
        if card not in DECK:
            raise ValueError(f"the cards are {', '.join(DECK)}, not {card}")
        self.remove()
        self._card = card
        self._lying = self._start(self._lie(card))

    def remove(self) -> None:
        """Pull the card; a tear that was asked for is over."""
        self._manners.tear = None
        if self._lying is not None:
            self._lying.cancel()
            self._lying = self._card = None
            self._emit({"event": "removed"})

    def close(self) -> None:
        """Take the card away."""
        self.remove()

    async def _lie(self, card: str) -> None:
        """In the reader, for as long as nobody takes it; a reader that goes and comes back finds it."""
        chip = DECK[card](lambda what: self._emit({"event": what, "card": card}))
        lying = Slot(self._address, chip, self._manners, lambda ins: self._emit({"event": "command", "ins": ins}))
        while True:
            chip.reset()
            try:
                if await lying.lie(lambda: self._emit({"event": "inserted", "card": card})):
                    break
            except OSError:
                pass
            await asyncio.sleep(AGAIN_SECONDS)
        self._card = self._lying = self._manners.tear = None
        self._emit({"event": "torn", "card": card})

    def _state(self) -> Event:
        faults = [name for name in FAULTS if getattr(self._manners, name.replace("-", "_"))]
        return {"event": "state", "card": self._card, "cards": list(DECK), "faults": faults}
