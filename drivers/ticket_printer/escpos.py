"""An ESC/POS ticket printer: says how it is, prints slips, and says whether they really came out.

| DLE EOT (bits)                        | automatic status (byte: bits) | reason           |
|---------------------------------------|-------------------------------|------------------|
| 1: 08 off-line, no cause named        | 1: 08                         | offline          |
| 2: 04 cover open                      | 1: 20                         | cover-open       |
| 2: 20 stopped at paper end; 4: 20, 40 | 3: 04, 08                     | media-empty      |
| 4: 04, 08 near end                    | 3: 01, 02                     | media-low        |
| 3: 08 cutter                          | 2: 08                         | cutter-jam       |
| 3: 40 recovers by itself: head hot    | 2: 40                         | head-over-temp   |
| 3: 04 mechanical, 20 unrecoverable    | 2: 04, 20                     | hardware-failure |
| ``mouth_status``: ``mouth_mask``      | none                          | media-not-taken  |
| no answer, or no way to ask           | none                          | status-unknown   |

A counted roll (``roll_slips``, ``roll_mm``) adds media-low and media-empty of its own. What a USB port says beside the
bytes, where these get no answer, stands in escpos_port.py.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar, Literal

from drivers.contract import (
    COVER_OPEN,
    LINK_LOST,
    MEDIA_EMPTY,
    OFFLINE,
    STATUS_UNKNOWN,
    Completion,
    CompletionCode,
    DeviceFault,
    Gone,
    Identity,
    Reason,
    Refused,
    Remedy,
    Severity,
    Silent,
    Slip,
    State,
    Transport,
)
from drivers.deadline import Deadline
from drivers.ticket_printer import escpos_codec as codec
from drivers.ticket_printer.escpos_confirm import Job, Knowledge, learn
from drivers.ticket_printer.escpos_identity import ask_identity
from drivers.ticket_printer.escpos_layout import encode
from drivers.ticket_printer.escpos_link import Link
from drivers.ticket_printer.escpos_port import UNKNOWN, Port
from drivers.ticket_printer.escpos_settings import EscPosSettings
from drivers.ticket_printer.paper_count import PaperCount

__all__ = ["EscPosPrinter", "EscPosSettings"]

FRESH_SECONDS = 2.0
"""An idle poll this young stands for asking again before a job, so that the first byte leaves at once."""
CLEAR_SECONDS = 0.3
MUTE_POLLS = 10
"""A printer that answers nothing is asked at every tenth poll only: each question costs its full time-out."""


class EscPosPrinter:
    """A drivers.contract.TicketPrinter."""

    Settings = EscPosSettings
    family: ClassVar[str] = "ticket_printer"

    def __init__(self, settings: EscPosSettings, transport: Transport) -> None:
        self._count = PaperCount(settings.roll_slips, settings.roll_mm)
        self.poll_seconds = 0.0 if settings.status == "none" and not self._count.counts else 1.0
        self._settings = settings
        self._paper = settings.paper()
        self._transport = transport
        self._link = Link(
            transport, by_asb=settings.status == "asb", mouth=(settings.mouth_status, settings.mouth_mask)
        )
        self._port = Port(transport, trusted=settings.status == "port")
        self._identity = Identity()
        self._knowledge = Knowledge()
        self._reasons: frozenset[Reason] = frozenset({STATUS_UNKNOWN})
        self._seen_at = 0.0
        self._mute = True
        self._mute_polls = 0
        self._residue = False
        """Whether bytes of a job that failed may still lie in the printer: its number is void, it must not print."""
        self._torn = False
        """Whether the piece that such a job printed may hang there: the next citizen must not get it with his slip."""
        self._job_bytes = 0
        """Length of the last job: the printer may wait for the rest of a command that was in it."""

    async def open(self, deadline: Deadline) -> State:
        """Open the port, find out whether the printer answers and what. Raises Gone, Garbled; Silent if required."""
        await self._transport.open(deadline)
        try:
            self._knowledge = self._settings.knowledge()
            self._mute, self._mute_polls = True, 0
            self._identity = Identity()
            self._link.forget()
            self._port.forget()
            async with self._transport.turn():
                return self._counted(await self._first_look(deadline))
        except BaseException:
            await self._transport.close()
            raise

    async def poll(self, deadline: Deadline) -> State:
        """Two questions when all is well, four at most. Raises Gone, Silent, Garbled."""
        return self._counted(await self._asked(deadline))

    async def _asked(self, deadline: Deadline) -> State:
        if self._settings.status == "none":
            return State.of(STATUS_UNKNOWN)
        async with self._transport.turn():
            if self._mute and not self._port.stuck:
                self._mute_polls += 1
                if self._settings.status == "port" or self._mute_polls % MUTE_POLLS:
                    return State.of(*await self._told_by_port(deadline))
            try:
                return await self._look(deadline)
            except Silent:
                if not self._mute:
                    raise
                return State.of(*await self._told_by_port(deadline))

    async def print_slip(self, slip: Slip, deadline: Deadline) -> Completion:
        """Print and cut in one write. Raises Refused, Gone, Silent, Garbled only while no byte of it has left."""
        if MEDIA_EMPTY in self._count.reasons():
            raise Refused("the roll is counted down", CompletionCode.DEVICE_NOT_READY, Remedy.CLEAR)
        body = encode(slip, self._paper, self._link.status_setting)
        async with self._transport.turn():
            await self._make_sure(deadline)
            before = await self._apart(deadline)
            job = Job(Knowledge() if self._mute else self._knowledge)
            data = before + body + job.tail
            self._link.drain()
            arrived = asyncio.get_running_loop().time() + self._transport.wire_time(len(data))
            try:
                await self._link.send(data, deadline)
            except (Gone, Silent) as fault:
                if not fault.sent:
                    raise
                self._count.take(slip, self._paper)
                return self._broken_off(fault, len(body))
            self._count.take(slip, self._paper)
            self._residue, self._torn, self._job_bytes = False, False, len(body)
            if self._mute:
                await asyncio.sleep(self._transport.wire_time(len(data)))
                return Completion(CompletionCode.SUCCESS, None, "written", frozenset({STATUS_UNKNOWN}))
            return await self._watch(job, arrived, deadline)

    async def identity(self, deadline: Deadline) -> Identity:
        """Who the printer says it is (GS I, and its USB port), asked once after each opening. Raises Gone, Silent.

        GS I is not asked where nothing is answered, or cannot be now: it is answered in its turn.
        """
        async with self._transport.turn():
            if not self._identity:
                if not self._mute and State.of(*self._reasons).accepting:
                    self._identity = await ask_identity(self._link, deadline)
                self._identity = self._identity.or_else(await self._port.identity(deadline))
        return self._identity

    @property
    def paper_used(self) -> int | None:
        """Slips or millimetres of this roll, for its owner to keep; None where nobody counts."""
        return self._count.used if self._count.counts else None

    @property
    def roll(self) -> tuple[int, Literal["mm", "slips"]]:
        """What a full roll holds, as the settings say; 0 where nobody counts."""
        count = self._count
        return (count.slips, "slips") if count.slips else (count.millimetres, "mm")

    def set_paper_used(self, used: int) -> None:
        """What was kept, or 0 for a new roll. It shows with the next poll."""
        self._count.used = used

    async def close(self) -> None:
        """Release the port."""
        await self._transport.close()

    def _counted(self, state: State) -> State:
        return State.of(*state.reasons, *self._count.reasons())

    async def _first_look(self, deadline: Deadline) -> State:
        if self._settings.status == "none":
            return State.of(STATUS_UNKNOWN)
        if self._settings.status == "port":
            reasons = await self._told_by_port(deadline)
            if reasons == UNKNOWN:
                raise Silent("the printer's port says nothing of how it is")
            return State.of(*reasons)
        for _ in range(2):
            try:
                return await self._look(deadline)
            except Silent:
                continue
        told = await self._port.reasons(deadline)
        # A network printer that serves another host takes our connection too, and all that we send, and would print it
        # whenever the other has left: one that says nothing there is none. A USB port is ours alone.
        alone = told is not None or self._transport.wire_time(1)
        if self._settings.status in ("required", "asb") or not alone:
            raise Silent("the printer does not answer")
        return State.of(*await self._told_by_port(deadline))

    async def _told_by_port(self, deadline: Deadline) -> frozenset[Reason]:
        """How a printer is that answers nothing on its line."""
        told = await self._port.reasons(deadline)
        self._see(UNKNOWN if told is None else told)
        return self._reasons

    async def _look(self, deadline: Deadline) -> State:
        if trouble := await self._port.known_trouble(deadline, also=self._residue):
            return self._see(trouble)
        try:
            before = await self._apart(deadline)
            self._link.drain()
            reasons = await self._link.reasons(deadline)
        except Silent as silent:
            return self._see(await self._port.why(silent, deadline))
        state = self._see(reasons)
        self._mute = False
        if state.accepting:
            if before:
                await self._link.send(before + codec.INITIALIZE + self._link.status_setting, deadline)
                self._residue = self._torn = False
            if not self._knowledge.complete():
                await learn(self._link, self._knowledge, deadline)
        return state

    def _see(self, reasons: frozenset[Reason]) -> State:
        errors = {reason for reason in reasons if reason.severity is Severity.ERROR}
        if len(errors) > 1:  # off-line is what its cause makes it
            reasons -= {OFFLINE}
        self._reasons, self._seen_at = reasons, asyncio.get_running_loop().time()
        return State.of(*reasons)

    async def _make_sure(self, deadline: Deadline) -> None:
        """Refuse a job that cannot print. Asks the printer only when the last poll is too old to stand for it."""
        if self._mute:
            if self._settings.status != "none":
                await self._told_by_port(deadline)
        elif asyncio.get_running_loop().time() - self._seen_at > FRESH_SECONDS:
            self._link.drain()
            self._see(await self._reasons_now(deadline))
        if not State.of(*self._reasons).accepting:
            keywords = ", ".join(sorted(reason.keyword for reason in self._reasons))
            by_hand = self._reasons & {MEDIA_EMPTY, COVER_OPEN}
            remedy = Remedy.CLEAR if by_hand else Remedy.MAINTENANCE
            raise Refused(f"the printer is stopped: {keywords}", CompletionCode.DEVICE_NOT_READY, remedy)

    async def _reasons_now(self, deadline: Deadline) -> frozenset[Reason]:
        if trouble := await self._port.known_trouble(deadline, also=self._residue):
            return trouble
        try:
            return await self._link.reasons(deadline)
        except Silent as silent:
            return await self._port.why(silent, deadline)

    async def _watch(self, job: Job, arrived: float, deadline: Deadline) -> Completion:
        answers = self._knowledge.marks or self._knowledge.buffered
        completion = await job.outcome(self._link, arrived, self._settings.print_seconds, deadline)
        stopped = {reason for reason in completion.reasons if reason.severity is Severity.ERROR}
        if not stopped:
            # Its end may have been lost on the line, in the middle of a command, and so may its cut.
            self._residue = self._torn = completion.confirmed is None and bool(answers)
            return await self._with_trouble(completion, deadline)
        self._residue = self._torn = True
        self._see(frozenset(stopped))
        if LINK_LOST not in stopped:
            try:
                await self._clear(deadline)
            except DeviceFault:
                return completion
        return Completion(completion.code, completion.confirmed, completion.evidence, self._reasons)

    async def _with_trouble(self, completion: Completion, deadline: Deadline) -> Completion:
        """A doubtful slip, and what the port knows of it: paper that ended under it, and blocked all answers."""
        if completion.confirmed is None and (trouble := await self._port.trouble(deadline)):
            self._see(trouble)
            return replace(completion, reasons=completion.reasons | trouble)
        return completion

    async def _apart(self, deadline: Deadline) -> bytes:
        """What must go before anything else so that a job that may not have ended is none of the next one's.

        Clears the printer first. One that does not say that it is clear may wait for the data of a command that never
        came whole: as many NUL as the job had bytes end that, and print nothing.
        """
        if self._residue:
            await self._clear(deadline)
        owed = bytes(self._job_bytes) if self._residue else b""
        return owed + codec.CUT_PARTIAL if self._residue or self._torn else b""

    async def _clear(self, deadline: Deadline) -> None:
        """Throw away what lies in the printer. Only one of the two forms is answered, and not by every printer."""
        self._link.drain()
        await self._link.send(codec.CLEAR_BUFFERS + codec.RECOVER_AND_CLEAR, deadline)
        limit = deadline.sooner(CLEAR_SECONDS)
        try:
            while codec.Cleared() not in self._link.heard():
                await self._link.listen(limit)
        except Silent:
            self._residue = True
            return
        self._residue = False

    def _broken_off(self, fault: DeviceFault, job_bytes: int) -> Completion:
        self._residue, self._torn, self._job_bytes = True, True, job_bytes
        gone = isinstance(fault, Gone)
        code = CompletionCode.HARDWARE_ERROR if gone else CompletionCode.TIME_OUT
        return Completion(code, None, "written", frozenset({LINK_LOST if gone else STATUS_UNKNOWN}))
