"""What a card reader's driver needs of whatever carries its commands (PC/SC, or a card in memory)."""

from __future__ import annotations

from typing import Protocol

from drivers.contract import CompletionCode, Refused, Remedy
from drivers.deadline import Deadline


class Taken(Refused):
    """No card lies in the reader, or not any more."""

    def __init__(self) -> None:
        super().__init__("there is no card in the reader", CompletionCode.USER_ERROR, Remedy.NONE)


class Mute(Refused):
    """The card that lies there does not answer: turned round, dirty, or not made for this reader."""

    def __init__(self) -> None:
        super().__init__("the card does not answer this reader", CompletionCode.USER_ERROR, Remedy.NONE)


class CardPort(Protocol):
    """One reader. Everything ends by its deadline, and raises Gone (the reader or its service) or Silent."""

    async def open(self, deadline: Deadline) -> None:
        """Find the reader. Raises Refused too, with remedy configuration; leaves nothing behind when it fails."""

    async def answer_to_reset(self, deadline: Deadline) -> bytes | None:
        """Of the card that lies there; empty when it does not answer, None when there is none."""

    async def wait(self, deadline: Deadline, *, present: bool) -> bool:
        """Whether a card is there, or none is, as soon as that is so; False at the deadline."""

    async def connect(self, deadline: Deadline) -> None:
        """Power the card, for ourselves alone. Raises Taken, Mute, Refused too."""

    async def transmit(self, command: bytes, deadline: Deadline) -> bytes:
        """One command and what the card says to it. Raises Taken, Mute, Garbled too."""

    async def disconnect(self, deadline: Deadline) -> None:
        """Take the power from the card: it may be pulled. Never raises."""

    async def close(self) -> None:
        """Let go of the reader. Never raises."""
