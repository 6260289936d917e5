"""One rating for a finished visit: invite, take the first press, or say why none came.

The citizen presses on the keypad, or on the customer screen (device/flows/customer.py): both are one rating.

Two possible pasts: a press and the end of the time, or presses on both, can arrive together. One task takes everything
in order from one inbox, so whichever is taken first is what happened; a press after it finds nothing open and is
dropped, and the screen is told so.

| the box stops…                          | at the next start                                                    |
|-----------------------------------------|----------------------------------------------------------------------|
| before *rating-opened* is journaled     | the hall's state still names the finished visit: it is opened then   |
| after it, before a press                | same boot and time left: open again; else *not-rated*, timed-out     |
| after the press, before *rated*         | the pad was not acknowledged and stays lit: the citizen presses again|
| after *rated*                           | stored; the pad goes dark and nobody is asked again                  |
| after *not-rated*                       | stored; nobody is asked again unless the clerk asks                  |
| … and the window has a screen alone     | an open rating waits for the screen to come back, for the time left; |
|                                         | one not yet opened is not asked when no screen is back by then       |
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Literal

import msgspec

from device.cell import Cell
from device.clock import Clock
from device.flows.patience import until_written
from device.journal import Journal, OpenRating
from device.watch import Watch
from drivers.contract import DeviceFault, GradePress, RatingKeypad
from hall.contract import Grade, Held, NotRatedReason

RATING_SECONDS = 60.0
LIGHT_SECONDS = 1.0
LIGHT_ATTEMPTS = 2
ACKNOWLEDGE_SECONDS = 0.5

ASKED = 30
"""So many visits are remembered as asked: a hall that is back names one from before the cut, others came since."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A rating that is open: for whom, who served, until when (the loop's clock)."""

    held: Held
    operator: str
    post: str
    until: float
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the last rating of a window ended."""

    number: str
    grade: Grade | None
    reason: NotRatedReason | None
    ticket: str = ""


Channel = Literal["page", "keys"]
"""Where, beside the pad: on the customer screen, or by ear with the access keys (device/flows/rate_by_ear.py)."""
Kept = Literal["rated", "rated-before", "over"]
"""What became of a press on the screen: it is the rating; a grade was there before it; nobody is asked any more."""


@dataclass(frozen=True, slots=True)
class _ScreenPress:
    ticket: str
    grade: Grade
    tags: Sequence[str]
    channel: Channel
    kept: asyncio.Future[Kept]


@dataclass(frozen=True, slots=True)
class _Close:
    reason: NotRatedReason


@dataclass(frozen=True, slots=True)
class _PadChanged:
    pass


class RatingDesk:
    """How one window's visits are rated. ``pad`` None where there is none; without a screen too, nobody is asked."""

    def __init__(
        self,
        window: int,
        journal: Journal,
        clock: Clock,
        watch: Watch,
        pad: Cell[RatingKeypad] | None,
        seconds: float = RATING_SECONDS,
    ) -> None:
        self.seconds = seconds
        self.invitation: Invitation | None = None
        self.last: Outcome | None = None
        self._window = window
        self._journal = journal
        self._watch = watch
        self._pad = pad
        self._clock = clock
        self._lit = False
        self.screens = 0
        """How many customer screens are there now."""
        self._on_screen = False
        """Whether one was, at some time of the open rating."""
        self._inbox: asyncio.Queue[Invitation | _Close | GradePress | _ScreenPress | _PadChanged] = asyncio.Queue()

    @contextmanager
    def on_screen(self) -> Iterator[None]:
        """A customer screen is there for as long as this lasts."""
        self.screens += 1
        self._on_screen = True
        self._watch.changed()
        try:
            yield
        finally:
            self.screens -= 1
            self._watch.changed()

    async def rate(self, ticket: str, grade: Grade, tags: Sequence[str] = (), channel: Channel = "page") -> Kept:
        """The citizen has pressed on the screen, as it was asked for this ticket. Waits until it is journaled."""
        press = _ScreenPress(ticket, grade, tags, channel, asyncio.get_running_loop().create_future())
        self._inbox.put_nowait(press)
        return await press.kept

    def invite(self, held: Held, operator: str, post: str, seconds: float | None = None) -> None:
        """Open the rating of a finished visit; an open one of another visit ends as next-started."""
        until = asyncio.get_running_loop().time() + (self.seconds if seconds is None else seconds)
        self._inbox.put_nowait(Invitation(held, operator, post, until))

    def invited(self) -> list[str]:
        """The tickets whose citizens were asked last, this start or before, oldest first."""
        opened = [left.ticket for left in self._journal.open_ratings() if left.window == self._window]
        return [*self._remembered(), *opened]

    def _remembered(self) -> list[str]:
        return (self._journal.recall(f"invited/{self._window}") or "").split()

    def close(self, reason: NotRatedReason) -> None:
        """End the open rating, if any, without a grade."""
        self._inbox.put_nowait(_Close(reason))

    def resume(self, left: OpenRating) -> None:
        """Go on with a rating that a restart interrupted, for the time it has left in this boot; else it timed out."""
        passed = (self._clock.mono_ms() - left.mono_ms) / 1000 if left.boot == self._clock.boot_id else left.seconds
        held = Held(ticket=left.ticket, number="", service="", call="", visit=left.visit)
        until = asyncio.get_running_loop().time() + max(0.0, left.seconds - passed)
        self._inbox.put_nowait(Invitation(held, left.operator, left.post, until, resumed=True))

    async def run(self) -> None:
        """Take what comes, in order, for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._work())
            if self._pad is not None:
                group.create_task(self._presses(self._pad))
                group.create_task(self._changes(self._pad))

    async def _presses(self, pad: Cell[RatingKeypad]) -> None:
        while True:
            self._inbox.put_nowait(await pad.heard.get())

    async def _changes(self, pad: Cell[RatingKeypad]) -> None:
        with pad.watch.watching() as changed:
            while True:
                await changed.wait()
                changed.clear()
                self._inbox.put_nowait(_PadChanged())

    async def _work(self) -> None:
        while True:
            try:
                async with asyncio.timeout_at(self.invitation.until if self.invitation else None):
                    message = await self._inbox.get()
            except TimeoutError:
                reason: NotRatedReason = "timed-out" if self._lit or self._on_screen else "pad-silent"
                await until_written(partial(self._end, reason))
                continue
            await until_written(partial(self._take, message))

    async def _take(self, message: Invitation | _Close | GradePress | _ScreenPress | _PadChanged) -> None:
        match message:
            case Invitation():
                await self._open(message)
            case _Close():
                await self._end(message.reason)
            case GradePress():
                await self._rate(message)
            case _ScreenPress():
                await self._rate_on_screen(message)
            case _PadChanged():
                if self._pad is not None and self._pad.state.accepting and not self._lit:
                    await self._light(lit=self.invitation is not None)
                elif self._pad is not None and not self._pad.state.accepting:
                    self._lit = False

    async def _open(self, invitation: Invitation) -> None:
        if self._journal.recall(f"rated/{self._window}") == invitation.held.ticket:
            return
        if self.invitation is not None and self.invitation.held.ticket != invitation.held.ticket:
            await self._end("next-started")
        self._on_screen = self.screens > 0
        asks = self._pad is not None or self._on_screen or invitation.resumed
        if asks and not invitation.resumed:
            await self._record("rating-opened", invitation, seconds=int(self.seconds))
        self.invitation, self.last = invitation, None
        if not asks:
            await self._end("not-asked")
        else:
            await self._light(lit=True)
            self._watch.changed()
        asked = [ticket for ticket in self._remembered() if ticket != invitation.held.ticket][1 - ASKED :]
        await self._journal.remember(f"invited/{self._window}", " ".join([*asked, invitation.held.ticket]))

    async def _rate(self, press: GradePress) -> None:
        invitation = self.invitation
        if invitation is None or not press.word:
            return  # not acknowledged: a citizen who pressed too late must not believe that it was kept
        grade = msgspec.convert(press.word, Grade)
        await self._record("rated", invitation, grade=grade, channel="pad")
        self.invitation = None
        await self._acknowledge(press)
        await self._done(Outcome(invitation.held.number, grade, None, invitation.held.ticket))
        await self._journal.remember(f"rated/{self._window}", invitation.held.ticket)

    async def _rate_on_screen(self, press: _ScreenPress) -> None:
        invitation, ticket = self.invitation, press.ticket
        if invitation is None or invitation.held.ticket != ticket:
            before = self._journal.recall(f"rated/{self._window}") == ticket
            _tell(press, "rated-before" if before else "over")
            return
        tags = {"tags": ",".join(press.tags)} if press.tags else {}
        await self._record("rated", invitation, grade=press.grade, channel=press.channel, **tags)
        self.invitation = None
        _tell(press, "rated")
        await self._done(Outcome(invitation.held.number, press.grade, None, ticket))
        await self._journal.remember(f"rated/{self._window}", ticket)

    async def _acknowledge(self, press: GradePress) -> None:
        """Only now, when it is kept: a pad that hears nothing sends its press again, and shows that nobody took it."""
        if self._pad is not None:
            with suppress(DeviceFault):
                await self._pad.do(lambda pad, deadline: pad.acknowledge(press, deadline), ACKNOWLEDGE_SECONDS)

    async def _end(self, reason: NotRatedReason) -> None:
        invitation = self.invitation
        if invitation is None:
            return
        await self._record("not-rated", invitation, reason=reason)
        await self._done(Outcome(invitation.held.number, None, reason, invitation.held.ticket))

    async def _done(self, outcome: Outcome) -> None:
        self.invitation, self.last = None, outcome
        self._watch.changed()
        await self._light(lit=False)

    async def _record(self, kind: str, invitation: Invitation, **data: str | int) -> None:
        await self._journal.record(
            kind,
            {"ticket": invitation.held.ticket, "window": self._window, **data},
            operator=invitation.operator,
            post=invitation.post,
            visit=invitation.held.visit,
        )

    async def _light(self, *, lit: bool) -> None:
        if self._pad is None:
            return
        try:
            await self._pad.do(lambda pad, deadline: pad.light(lit, deadline), LIGHT_SECONDS, LIGHT_ATTEMPTS)
            self._lit = lit  # or would be, had it a light: a pad that is there and dark is not silent
        except DeviceFault:
            self._lit = False


def _tell(press: _ScreenPress, kept: Kept) -> None:
    if not press.kept.done():  # whoever pressed may have gone
        press.kept.set_result(kept)
