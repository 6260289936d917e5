"""A reader of smart cards through PC/SC: contact or contactless, one card at a time.

| the reader or its card | becomes |
|---|---|
| no card | idle |
| a card, whatever it is | `card-present` |
| a card that does not answer (turned round) | `card-present`; a read is Refused, user_error |
| no card, or torn out in the middle of a read | Refused, user_error |
| used by another program | Refused, device_not_ready |
| the name in the settings fits several readers | Refused, configuration |
| unplugged; the PC/SC service stopped or restarted | Gone |
| no answer within the deadline | Silent |
| an answer that no card may give; a record of a wrong length | Garbled |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from drivers.contract import (
    CARD_PRESENT,
    Card,
    ChipSerial,
    Garbled,
    Personal,
    State,
    UnsupportedCard,
    UnsupportedKind,
)
from drivers.deadline import Deadline
from drivers.smart_card import recognise, social_security
from drivers.smart_card.apdu import Exchange
from drivers.smart_card.card_port import CardPort, Mute, Taken

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PcscSettings:
    """``chip_serial``: whether an identity card is asked for its chip's serial, a personal value; few readers can."""

    chip_serial: bool = True


class PcscReader:
    """A drivers.contract.SmartCardReader. ``transport`` is a drivers.smart_card.card_port.CardPort."""

    Settings = PcscSettings
    family = "smart_card"
    poll_seconds = 5.0

    def __init__(self, settings: PcscSettings, transport: CardPort) -> None:
        self._settings = settings
        self._port = transport

    @classmethod
    def at(cls, settings: PcscSettings, reader: str) -> PcscReader:
        """The driver of the PC/SC reader of this name, beginning of a name, or place among the readers."""
        from drivers.smart_card.pcsc_port import PcscPort  # here: only a box with such a reader has pyscard

        return cls(settings, PcscPort(reader))

    async def open(self, deadline: Deadline) -> State:
        """Find the reader. Raises Gone, Silent, Refused."""
        await self._port.open(deadline)
        try:
            return await self.poll(deadline)
        except BaseException:
            await self._port.close()
            raise

    async def poll(self, deadline: Deadline) -> State:
        """Whether a card lies in it. Raises Gone, Silent."""
        atr = await self._port.answer_to_reset(deadline)
        return State.of() if atr is None else State.of(CARD_PRESENT)

    async def wait_for_card(self, deadline: Deadline) -> bool:
        """Whether a card lies there, by the deadline at the latest. Raises Gone, Silent."""
        return await self._port.wait(deadline, present=True)

    async def wait_for_removal(self, deadline: Deadline) -> bool:
        """Whether it is empty, by the deadline at the latest. Raises Gone, Silent."""
        return await self._port.wait(deadline, present=False)

    async def read_card(self, deadline: Deadline) -> Card:
        """What the card tells without a key; it may be pulled afterwards. Raises one of the four."""
        atr = await self._port.answer_to_reset(deadline)
        if atr is None:
            raise Taken
        if recognise.is_storage(atr):
            return UnsupportedCard(UnsupportedKind.STORAGE)
        try:
            if recognise.is_identity(atr):
                return await self._identity(deadline)
            await self._port.connect(deadline)
            return await self._told(atr, deadline)
        finally:
            await self._port.disconnect(deadline)

    async def close(self) -> None:
        """Let go of the reader."""
        await self._port.close()

    async def _told(self, atr: bytes, deadline: Deadline) -> Card:
        if await self._through(social_security.select(), deadline):
            return await self._through(social_security.read(), deadline)
        return UnsupportedCard(await self._through(recognise.foreign_kind(atr), deadline))

    async def _identity(self, deadline: Deadline) -> Card:
        """The chip serial, where reader and card give it: many readers do not talk to this card at all."""
        serial = None
        if self._settings.chip_serial:
            try:
                await self._port.connect(deadline)
                serial = await self._through(recognise.chip_serial(), deadline)
            except (Mute, Garbled):
                pass
        if serial is None:
            return UnsupportedCard(UnsupportedKind.RESIDENT_IDENTITY)
        return ChipSerial(Personal(serial))

    async def _through(self, exchange: Exchange[T], deadline: Deadline) -> T:
        """Carry an exchange out."""
        try:
            command = next(exchange)
            while True:
                command = exchange.send(await self._port.transmit(command, deadline))
        except StopIteration as done:
            result: T = done.value
            return result
