"""A clerk's presses on their way to the hall: each one once, however often it must be sent."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress

import structlog
from msgspec.structs import replace

from device.clock import Clock
from device.journal import Journal, JournalStopped
from device.supervise import Backoff
from device.sync.desired import Desired
from device.sync.link import HallRefused, HallUnreachable, Link
from drivers.deadline import Deadline
from hall.contract import Answer, Command, SignIn

log = structlog.get_logger()

ATTEMPT_S = 2.0
"""One POST; a hall answers in milliseconds, and a repeat under the same request id costs nothing."""


class Commands:
    """Sends the commands of a window in their order and repeats each under its request id until it is answered.

    | the box lost sight                | what stays | what follows                                          |
    |-----------------------------------|------------|-------------------------------------------------------|
    | before the journal had it         | nothing    | JournalStopped, or nothing after a restart            |
    | between journal and hall          | pending    | sent again when the hall is up: *expired* after 5 s   |
    | between hall and answer           | pending    | sent again: the hall repeats its stored answer        |
    | after the answer, before its mark | pending    | sent again: the same answer, states drop the old one  |
    | with the hall's database, too     | pending    | *answered* told the hall what it did; else *expired*  |
    """

    def __init__(self, link: Link, journal: Journal, desired: Desired, clock: Clock) -> None:
        self._link = link
        self._journal = journal
        self._desired = desired
        self._clock = clock
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def send(self, command: Command, deadline: Deadline, *, ticket: str = "", visit: str = "") -> Answer:
        """Journal, send, repeat; the answer's window is offered to ``desired`` before this returns.

        Raises HallUnreachable at the deadline (the command stays pending; a SignIn, which is never journaled, does
        not), HallRefused, JournalStopped (then nothing was sent). A press behind one that is still unanswered waits
        for it; at the deadline it has not been sent and never will be.
        """
        if not isinstance(command, SignIn):
            command = replace(command, boot=self._clock.boot_id, mono_ms=self._clock.mono_ms())
        try:
            async with asyncio.timeout_at(deadline.at):
                return await self._send(command, ticket, visit)
        except TimeoutError:
            raise HallUnreachable(f"no answer to {command.request} in time") from None

    async def _send(self, command: Command, ticket: str, visit: str) -> Answer:
        if isinstance(command, SignIn):
            answer = await self._ask(command)
            with suppress(JournalStopped):  # a hall rebuilt from its boxes then asks this clerk to sign in again
                await self._journal.answered_sign_in(command, answer)
            await self._offer(answer)
            return answer
        async with self._turns[command.window]:
            await self._settle(command.window)
            await self._journal.command_sent(command, ticket=ticket, visit=visit)
            answer = await self._until_answered(command)
            await self._offer(answer)
            return answer

    async def run(self) -> None:
        """Long-lived: settle what is pending, at start and whenever the hall is back."""
        with self._link.watch.watching() as changed:
            while True:
                changed.clear()
                if self._link.hall == "up":
                    for window in dict.fromkeys(command.window for command in self._journal.unanswered()):
                        async with self._turns[window]:
                            await self._settle(window)
                await changed.wait()

    async def _settle(self, window: int) -> None:
        """Send what is pending at this window, oldest first. Holds the window's turn.

        The state in such an answer may be long past: a call that the hall has taken back since, because this window
        served somebody by itself. How the window stands now comes by the downlink.
        """
        for command in self._journal.unanswered(window):
            with suppress(HallRefused):
                await self._until_answered(command)

    async def _until_answered(self, command: Command) -> Answer:
        """What the hall did is journaled before anything here follows from it: a hall can be rebuilt from that."""
        try:
            answer = await self._ask(command)
        except HallRefused as refused:
            no = Answer(request=command.request, outcome="refused", reason="invalid", detail=refused.reason)
            await self._answered(command, no)
            raise
        await self._answered(command, answer)
        return answer

    async def _answered(self, command: Command, answer: Answer) -> None:
        try:
            await self._journal.command_answered(command, answer)
        except JournalStopped as stopped:  # it is then sent once more later, and the hall repeats its answer
            log.warning("answer not marked", request=command.request, reason=stopped.reason)

    async def _offer(self, answer: Answer) -> None:
        if answer.window is not None:
            await self._desired.offer_window(answer.window)

    async def _ask(self, command: Command) -> Answer:
        pauses = Backoff(0.2, 5.0)
        while True:
            self._link.knock()
            await self._link.up()
            try:
                return await self._link.post("/device/commands", command, Answer, ATTEMPT_S)
            except HallUnreachable:
                await pauses.sleep()
            except HallRefused as refused:
                log.warning("command refused", request=command.request, why=str(refused))
                raise
