"""The conversation with an ESC/POS printer: one question at a time, unasked answers kept for who wants them."""

from __future__ import annotations

from drivers.contract import STATUS_UNKNOWN, Garbled, Reason, Silent, Transport
from drivers.deadline import Deadline
from drivers.ticket_printer import escpos_codec as codec

ANSWER_SECONDS = 0.5
"""A printer answers DLE EOT at once; manuals give up to 500 ms (protocols/ticket-printers.md §1)."""


class Link:
    """Asks and listens. Its owner holds the transport's turn."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._decoder = codec.Decoder()
        self._statuses: list[codec.Status] = []
        self._others: list[codec.Answer] = []

    async def send(self, data: bytes, deadline: Deadline) -> None:
        """Write. Raises Gone, Silent."""
        await self._transport.write(data, deadline)

    def drain(self) -> None:
        """Forget everything heard so far: what comes next answers what is asked next."""
        self._decoder.feed(self._transport.discard())
        self._decoder.forget()
        self._statuses.clear()
        self._others.clear()

    async def listen(self, deadline: Deadline) -> None:
        """Hear more. Raises Gone, Silent."""
        for answer in self._decoder.feed(await self._transport.read(deadline)):
            if isinstance(answer, codec.Status):
                self._statuses.append(answer)
            elif not isinstance(answer, codec.Flow):
                self._others.append(answer)

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

    async def reasons(self, deadline: Deadline) -> frozenset[Reason]:
        """How the printer is: n = 1 and 4, and 2 and 3 only when it is not plainly on-line: a poll is two questions."""
        printer = await self.ask(codec.PRINTER, deadline)
        found = printer.reasons(codec.PRINTER)
        if not printer.plain():
            cause = await self.ask(codec.OFFLINE_CAUSE, deadline)
            found |= cause.reasons(codec.OFFLINE_CAUSE)
            if cause.error() or not cause.reasons(codec.OFFLINE_CAUSE):
                found |= (await self.ask(codec.ERROR_CAUSE, deadline)).reasons(codec.ERROR_CAUSE)
        found |= (await self.ask(codec.PAPER, deadline)).reasons(codec.PAPER)
        return found

    async def reasons_or_unknown(self, deadline: Deadline) -> frozenset[Reason]:
        """The same, with silence and noise as what they are: unknown. Raises Gone."""
        try:
            return await self.reasons(deadline)
        except (Silent, Garbled):
            return frozenset({STATUS_UNKNOWN})
