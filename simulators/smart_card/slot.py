"""A card lying in vpcd's virtual reader: the socket it is reached through (components.md §1).

The card connects to the reader. Both ways a message is two bytes of length and its body; from the reader a body of one
byte is control (0 power off, 1 on, 2 reset, 4 asks for the answer to reset), a longer one a command.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass

from simulators.smart_card.chip import Chip

QUICKACK = getattr(socket, "TCP_QUICKACK", 12)
"""The reader sends length and body apart: without this each command waits 44 ms for a delayed acknowledgement."""
OFF, ON, RESET, ASK_ATR = 0, 1, 2, 4
DELAY_SECONDS = 0.05


@dataclass(slots=True)
class Tear:
    """Pull the card out with the answer to a command: ``after`` whole answers, ``octets`` bytes of the next message.

    Half of a message's length cannot be sent: vpcd 3.3 dies of it, and pcscd with it (tried here).
    """

    after: int
    octets: int = 0

    def __post_init__(self) -> None:
        if self.after < 0 or self.octets < 0 or self.octets == 1:
            raise ValueError("tear after 0 or more answers and 0, 2 or more bytes")


@dataclass(slots=True)
class Manners:
    """How the card behaves. ``answered``: commands since it was powered."""

    tear: Tear | None = None
    byte_by_byte: bool = False
    slow: bool = False
    mute: bool = False
    answered: int = 0


class Slot:
    """One card in the reader at ``address``, until it is pulled."""

    def __init__(self, address: tuple[str, int], chip: Chip, manners: Manners, told: Callable[[int], None]) -> None:
        self._address = address
        self._chip = chip
        self._manners = manners
        self._told = told
        self._loop = asyncio.get_running_loop()

    async def lie(self, laid: Callable[[], None]) -> bool:
        """Lie there until the reader is gone or the card is torn out: whether it was torn. Raises OSError."""
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as wire:
            wire.setblocking(False)
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await self._loop.sock_connect(wire, self._address)
            laid()
            while (message := await self._message(wire)) is not None:
                if len(message) == 1:
                    await self._control(wire, message[0])
                elif await self._serve(wire, message):
                    return True
        return False

    async def _control(self, wire: socket.socket, what: int) -> None:
        if what == ASK_ATR:
            await self._say(wire, _framed(self._chip.atr))
        elif what in (OFF, ON, RESET):
            self._chip.reset()
            self._manners.answered = 0

    async def _serve(self, wire: socket.socket, command: bytes) -> bool:
        """Answer one command; whether the card was torn out over it."""
        tear = self._manners.tear
        answer = _framed(self._chip.answer(command))
        self._told(command[1])
        if self._manners.mute:
            return False
        if tear is not None and self._manners.answered >= tear.after:
            await self._say(wire, answer[: tear.octets])
            return True
        self._manners.answered += 1
        await self._say(wire, answer)
        return False

    async def _say(self, wire: socket.socket, message: bytes) -> None:
        if self._manners.slow:
            await asyncio.sleep(DELAY_SECONDS)
        pieces = [message[at : at + 1] for at in range(len(message))] if self._manners.byte_by_byte else [message]
        for piece in pieces:
            await self._loop.sock_sendall(wire, piece)

    async def _message(self, wire: socket.socket) -> bytes | None:
        """The next message; None when the reader has gone."""
        length = await self._exactly(wire, 2)
        if length is None:
            return None
        return await self._exactly(wire, int.from_bytes(length, "big"))

    async def _exactly(self, wire: socket.socket, count: int) -> bytes | None:
        data = b""
        while len(data) < count:
            wire.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)
            more = await self._loop.sock_recv(wire, count - len(data))
            if not more:
                return None
            data += more
        return data


def _framed(body: bytes) -> bytes:
    return len(body).to_bytes(2, "big") + body
