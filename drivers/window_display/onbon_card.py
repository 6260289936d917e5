"""The conversation with one Onbon card: font cards and bitmap cards differ in their frames, not in how they answer."""

from __future__ import annotations

from typing import Protocol

from drivers.contract import State, Transport
from drivers.deadline import Deadline
from drivers.framing import Cut
from drivers.window_display.onbon_errors import fault
from drivers.window_display.onbon_frame import HOST, WILDCARD, Answer, Frame
from drivers.window_display.transaction import Transactions


class Codec(Protocol):
    """What the codec of a family gives: onbon_bx5k_codec, onbon_bx5e_codec."""

    FRAME_CAP: int
    ACK_FRAME_SIZE: int

    def scan(self, unread: bytes) -> Cut:
        """The next frame in what was read."""

    def decode(self, frame: bytes) -> Frame:
        """A whole frame, checked. Raises Garbled."""

    def answer(self, frame: Frame) -> Answer:
        """What a card's frame says. Raises Garbled."""


class OnbonCard:
    """One card at ``address``; ``ping`` is the request by which it is asked whether it is there."""

    def __init__(self, address: int, answer_ms: int, ping: bytes, transport: Transport, codec: Codec) -> None:
        self._address = address
        self._answer_seconds = answer_ms / 1000
        self._ping = ping
        self._transport = transport
        self._codec = codec
        self._transactions = Transactions(address, transport, codec.scan, codec.FRAME_CAP)

    async def open(self, deadline: Deadline) -> State:
        """Open the line and ping the card. Raises Gone, Silent, Garbled, Refused."""
        await self._transport.open(deadline)
        try:
            return await self.ping(deadline)
        except BaseException:
            await self._transport.close()
            raise

    async def ping(self, deadline: Deadline) -> State:
        """Whether it is there. Raises Gone, Silent, Garbled, Refused."""
        await self.ask(self._ping, deadline)
        return State.of()

    async def ask(self, request: bytes, deadline: Deadline) -> None:
        """Have a request obeyed. Raises Gone, Silent, Garbled, Refused."""
        answer = await self._transactions.ask(
            request,
            self._understood,
            answer_size=self._codec.ACK_FRAME_SIZE,
            answer_seconds=self._answer_seconds,
            deadline=deadline,
        )
        if not answer.accepted:
            raise fault(self._address, answer.error)

    async def close(self) -> None:
        """Release the line."""
        await self._transport.close()

    def _understood(self, cut: bytes) -> Answer | None:
        """The card's answer; None for frames of the host (this line's echo) and for answers of other screens."""
        frame = self._codec.decode(cut)
        ours = self._address in (frame.source, WILDCARD)
        return self._codec.answer(frame) if frame.source != HOST and ours else None
