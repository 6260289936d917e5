"""What every driver is given, and what every device class shares."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from enum import Enum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from drivers.contract.states import State

if TYPE_CHECKING:
    from drivers.deadline import Deadline


class Transport(Protocol):
    """Bytes to and from one device. On a shared line every device has a transport of its own."""

    async def open(self, deadline: Deadline) -> None:
        """Open the port. Raises Gone; leaves nothing behind when it fails."""

    async def write(self, data: bytes, deadline: Deadline) -> None:
        """Hand all of ``data`` to the line. Raises Gone, Silent."""

    async def read(self, deadline: Deadline | None) -> bytes:
        """At least one byte. None waits for ever. Raises Gone, Silent."""

    def discard(self) -> bytes:
        """Take and return what has arrived unread; never waits."""

    def turn(self) -> AbstractAsyncContextManager[None]:
        """The right to talk: on a shared line no other device's driver writes inside the block."""

    def wire_time(self, count: int) -> float:
        """Seconds that ``count`` bytes take on the line; 0.0 where the line has no speed of its own."""

    async def close(self) -> None:
        """Release the port; waking every waiting read with Gone. Never raises."""


class PortQuestion(Enum):
    """What a port may be asked beside the bytes (USB printer class 1.1, §4.2)."""

    DEVICE_ID = 0
    """GET_DEVICE_ID: two bytes of length, then ``MFG:…;MDL:…;`` (IEEE 1284)."""
    PORT_STATUS = 1
    """GET_PORT_STATUS: one byte."""


@runtime_checkable
class AskablePort(Protocol):
    """A transport whose port may answer beside the bytes, also when these are stuck: a USB printer's."""

    async def ask_port(self, question: PortQuestion, deadline: Deadline) -> bytes | None:
        """Its answer; b"" where the device knows no such question, None where no port is to be asked.

        Raises Gone, Silent.
        """


class Driver(Protocol):
    """What every device class shares."""

    poll_seconds: float
    """Seconds between two polls of an idle device; 0.0 when it is never polled."""

    async def open(self, deadline: Deadline) -> State:
        """Claim and enable the device. Raises one of the four; leaves nothing behind when it fails."""

    async def poll(self, deadline: Deadline) -> State:
        """Ask the device how it is. Raises one of the four."""

    async def close(self) -> None:
        """Release the device. Never raises."""
