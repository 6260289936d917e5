"""The conversation with an ESC/POS printer: one question at a time, unasked answers kept for who wants them."""

from __future__ import annotations

from drivers.contract import MEDIA_NOT_TAKEN, STATUS_UNKNOWN, Garbled, Reason, Silent, Transport
from drivers.deadline import Deadline
from drivers.ticket_printer import escpos_codec as codec

ANSWER_SECONDS = 0.5
"""A printer answers DLE EOT at once; manuals give up to 500 ms (protocols/ticket-printers.md §1)."""
STOPPED_POLLS = 10
"""A printer that has said it stopped reads no GS a: every tenth is sent, so that they do not fill its buffer."""


class Link:
    """Asks and listens. Its owner holds the transport's turn.

    ``by_asb``: how the printer is, is asked by GS a and told by automatic status, for heads that answer DLE EOT on
    no line or not on this one. ``mouth``: which DLE EOT tells of a slip in the mouth, and its bits; 0 for none.
    """

    def __init__(self, transport: Transport, *, by_asb: bool = False, mouth: tuple[int, int] = (0, 0)) -> None:
        self._transport = transport
        self._by_asb = by_asb
        self._mouth, self._mouth_mask = mouth
        self._decoder = codec.Decoder()
        self._statuses: list[codec.Status] = []
        self._others: list[codec.Answer] = []
        self._automatic: codec.AutomaticStatus | None = None
        self._automatic_on = False
        self._unasked = 0

    @property
    def status_setting(self) -> bytes:
        """What keeps automatic status as it is wanted: to be sent after each ESC @, which sets it as at power-on.

        Nothing for a printer that was never heard to have it: it could print what it does not understand.
        """
        if self._by_asb:
            return codec.ASB_ALL
        return codec.ASB_OFF if self._automatic_on else b""

    def forget(self) -> None:
        """The printer may be another one now, or fresh from power-on."""
        self.drain()
        self._automatic, self._automatic_on = None, False

    async def send(self, data: bytes, deadline: Deadline) -> None:
        """Write. Raises Gone, Silent."""
        await self._transport.write(data, deadline)

    def drain(self) -> None:
        """Forget everything heard so far: what comes next answers what is asked next."""
        self._take(self._transport.discard())
        self._decoder.forget()
        self._statuses.clear()
        self._others.clear()

    async def listen(self, deadline: Deadline) -> None:
        """Hear more. Raises Gone, Silent."""
        self._take(await self._transport.read(deadline))

    def heard(self) -> list[codec.Answer]:
        """Take every answer that was no DLE EOT status."""
        taken, self._others = self._others, []
        return taken

    async def ask(self, n: int, deadline: Deadline) -> codec.Status:
        """DLE EOT n and its answer. Raises Gone, Silent; Garbled when bytes came that were no answer."""
        self._statuses.clear()
        garbled = self._decoder.garbled
        limit = deadline.sooner(ANSWER_SECONDS + self._transport.wire_time(4))
        await self._transport.write(codec.status_request(n), limit)
        try:
            while not self._statuses:
                await self.listen(limit)
        except Silent:
            if self._decoder.garbled > garbled:
                raise Garbled(f"no answer to DLE EOT {n} among what came") from None
            raise Silent(f"the printer does not answer DLE EOT {n}") from None
        return self._statuses.pop(0)

    async def ask_in_turn(self, request: bytes, deadline: Deadline) -> codec.Info | None:
        """GS I of a text and its answer; None when there is none within half a second. Raises Gone."""
        self.drain()
        limit = deadline.sooner(ANSWER_SECONDS + self._transport.wire_time(len(request) + codec.BLOCK_CAP))
        try:
            await self._transport.write(request, limit)
            while True:
                for answer in self.heard():
                    if isinstance(answer, codec.Info):
                        return answer
                await self.listen(limit)
        except Silent:
            return None

    async def reasons(self, deadline: Deadline) -> frozenset[Reason]:
        """How the printer is: n = 1 and 4, and 2 and 3 only when it is not plainly on-line: a poll is two questions."""
        if self._by_asb:
            return await self._automatic_reasons(deadline)
        printer = await self.ask(codec.PRINTER, deadline)
        found = printer.reasons(codec.PRINTER)
        if not printer.plain():
            cause = await self.ask(codec.OFFLINE_CAUSE, deadline)
            found |= cause.reasons(codec.OFFLINE_CAUSE)
            if cause.error() or not cause.reasons(codec.OFFLINE_CAUSE):
                found |= (await self.ask(codec.ERROR_CAUSE, deadline)).reasons(codec.ERROR_CAUSE)
        found |= (await self.ask(codec.PAPER, deadline)).reasons(codec.PAPER)
        if self._mouth and (await self.ask(self._mouth, deadline)).value & self._mouth_mask:
            found |= {MEDIA_NOT_TAKEN}
        return found

    async def reasons_or_unknown(self, deadline: Deadline) -> frozenset[Reason]:
        """The same, with silence and noise as what they are: unknown. Raises Gone."""
        try:
            return await self.reasons(deadline)
        except (Silent, Garbled):
            return frozenset({STATUS_UNKNOWN})

    async def _automatic_reasons(self, deadline: Deadline) -> frozenset[Reason]:
        """GS a 15 and the four bytes that follow it. A printer that has said that it stopped need not answer.

        GS a waits in the buffer behind all that was sent before, and a stopped printer reads none of it: what it last
        said by itself stands until it says something else.
        """
        before = self._automatic
        if before is not None and before.stopped() and self._unasked % STOPPED_POLLS:
            self._unasked += 1
            return before.reasons()
        self._automatic, self._unasked = None, 1
        limit = deadline.sooner(ANSWER_SECONDS + self._transport.wire_time(7))
        try:
            await self._transport.write(codec.ASB_ALL, limit)
            while self._automatic is None:
                await self.listen(limit)
        except Silent:
            if before is None or not before.stopped():
                raise Silent("the printer sends no automatic status") from None
            self._automatic = before
        said = self._automatic
        self._others = [answer for answer in self._others if answer is not said]  # asked for: no news
        return said.reasons()

    def _take(self, data: bytes) -> None:
        for answer in self._decoder.feed(data):
            match answer:
                case codec.Status():
                    self._statuses.append(answer)
                case codec.Flow():
                    pass
                case codec.AutomaticStatus():
                    self._automatic, self._automatic_on, self._unasked = answer, True, 0
                    self._others.append(answer)
                case _:
                    self._others.append(answer)
