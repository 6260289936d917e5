"""One window: the clerk's presses go to the hall, the hall's state comes to display, caller and rating pad.

Nothing here decides what a press does: the hall answers with the window's state, and the same state may come by the
downlink; while the hall is away, the window's island says what stands. Whatever brings it, the newest one is followed,
once.

| the power goes…                                 | what it becomes                                                   |
|-------------------------------------------------|-------------------------------------------------------------------|
| before *request* is journaled                   | nothing happened                                                  |
| after it, before the hall has it                | sent again at the next start: expired, unless the start was quick |
| after the hall did it, before *answered*        | sent again: the hall repeats its answer; the call is shown now    |
| after *answered*, before the display            | the hall's state is followed at the next start: shown then        |
| after the display, before *shown*               | shown once more, and *shown* follows: the hall gives that call    |
|                                                 | again until it is there                                           |
| after *shown*                                   | shown once more; a second *shown* of one call changes nothing     |
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from config.box import Missed
from config.wording import LANGUAGES, say
from device.cell import Cell
from device.flows.island import Island
from device.flows.missed_clock import MissedClock
from device.flows.patience import until_written
from device.flows.rate import ASKED, RatingDesk
from device.flows.show_call import DisplayKeeper
from device.journal import Data, Journal
from device.supervise import Tasks
from device.sync.commands import Commands
from device.sync.desired import Desired
from device.sync.link import Link
from device.watch import Watch
from drivers.contract import Caller, DeviceFault
from drivers.deadline import Deadline
from hall.contract import Answer, Command, Held, SignIn, Voices, WindowInfo, WindowState, numbering
from hall.contract.slips import Slip, check

SHOWN_SECONDS = 2.0
"""How long a display may take before the call counts as shown on the clerk's page alone."""

COMMAND_SECONDS = 3.0
CALLER_SECONDS = 1.0


class WindowDesk:
    """Everything at one counter. ``watch`` changes whenever the clerk's page should look again."""

    def __init__(
        self,
        number: int,
        journal: Journal,
        link: Link,
        desired: Desired,
        commands: Commands,
        tasks: Tasks,
        watch: Watch,
        rating: RatingDesk,
        display: DisplayKeeper | None,
        caller: Cell[Caller] | None,
        island: Island,
        missed: Missed | None = None,
    ) -> None:
        self.number = number
        self.island = island
        self.watch = watch
        self.rating = rating
        self.caller = caller
        self._journal = journal
        self._link = link
        self._desired = desired
        self._commands = commands
        self._tasks = tasks
        self._display = display
        self._news = asyncio.Event()
        self._announced: tuple[str, int] | None = None
        self._invited = rating.invited()
        self.missed = MissedClock(missed or Missed(), self._is_called_for)
        self.missed.watch.feeds(watch)
        desired.watch_window(self._heard)
        desired.watch_voices(self._heard_spoken)

    @property
    def state(self) -> WindowState | None:
        """What stands here: the hall's newest word, while it is away the island's; None before the first."""
        return self.island.state

    @property
    def info(self) -> WindowInfo | None:
        """The catalogue's entry of this window; None before the first welcome."""
        windows = self._link.welcome.windows if self._link.welcome else []
        return next((info for info in windows if info.number == self.number), None)

    def waiting_here(self) -> int:
        """How many wait for any service of this window."""
        counts = self._desired.counts.waiting if self._desired.counts else {}
        return sum(counts.get(code, 0) for code in (self.info.services if self.info else []))

    def slip(self, scanned: str) -> Slip:
        """The slip that was scanned here. Raises SlipRefused when it opens nothing."""
        welcome = self._link.welcome
        keys, services = (welcome.slip_keys, welcome.services) if welcome else ({}, [])
        return check(scanned, keys, services, self._desired.business_date)

    async def command(self, command: Command, ticket: str = "", visit: str = "") -> Answer:
        """Send one press about a ticket. Raises HallUnreachable, HallRefused, JournalStopped."""
        answer = await self._commands.send(command, Deadline.after(COMMAND_SECONDS), ticket=ticket, visit=visit)
        if answer.outcome == "done" and not isinstance(command, SignIn):
            self.island.obeyed(command.call)
        return answer

    def invite_again(self) -> bool:
        """Open the rating of the visit finished last once more; whether there is one that nobody rated."""
        state = self.state
        if state is None or state.finished is None or (state.held is not None and state.phase == "serving"):
            return False
        if self.rating.invitation is None and self.rating.last is not None and self.rating.last.grade is not None:
            return False
        self._invite(state, state.finished)
        return True

    async def run(self) -> None:
        """Follow the hall's state, for ever."""
        self._resume_rating()
        with self.island.watch.watching() as self._news:
            self._news.set()
            while True:
                await self._news.wait()
                self._news.clear()
                if (state := self.state) is not None:
                    self._follow(state)
                self.watch.changed()

    def _heard(self, state: WindowState) -> None:
        if state.window == self.number:
            self._news.set()

    def _is_called_for(self) -> bool:
        """Whether some box calls aloud for this window, as far as the hall can be asked."""
        voices = self._desired.voices
        return voices is not None and self.number in voices.spoken and not self.island.away

    def _heard_spoken(self, voices: Voices) -> None:
        if key := voices.spoken.get(self.number):
            self.missed.spoken(key)

    def _follow(self, state: WindowState) -> None:
        keeper = self._display
        wish = keeper.want(display_text(state, ascii_only=keeper.ascii_only)) if keeper else 0
        held = state.held
        if held is not None and state.phase == "called" and self._announced != (held.call, held.calls):
            self._announced = (held.call, held.calls)
            self.missed.called(held.call, held.calls)
            self._tasks.start(f"window {self.number} shown", self._shown(state, held, wish))
            if self.caller is not None:
                self._tasks.start(f"window {self.number} caller", self._show_on_caller(self.caller, held))
        self._follow_rating(state)

    def _follow_rating(self, state: WindowState) -> None:
        invitation = self.rating.invitation
        if state.held is not None and state.phase == "serving" and invitation is not None:
            resumed = invitation.held.ticket == state.held.ticket
            self.rating.close("not-asked" if resumed else "next-started")
        if state.finished is not None and state.finished.ticket not in self._invited:
            self._invited = [*self._invited[1 - ASKED :], state.finished.ticket]
            self._invite(state, state.finished)
        elif state.finished is None and state.held is not None and state.held.ticket in self._invited:
            self._invited.remove(state.held.ticket)  # taken back: it will finish once more

    def _invite(self, state: WindowState, finished: Held) -> None:
        clerk = state.clerk
        self.rating.invite(finished, clerk.staff_no if clerk else "", clerk.post if clerk else "")

    def _resume_rating(self) -> None:
        """After a restart: a rating of this boot goes on for the time it has left, any other has timed out."""
        for left in self._journal.open_ratings():
            if left.window == self.number:
                self.rating.resume(left)

    async def _shown(self, state: WindowState, held: Held, wish: int) -> None:
        on_display = self._display is not None and await self._display.granted(wish, SHOWN_SECONDS)
        clerk = state.clerk
        data: Data = {
            "ticket": held.ticket,
            "call": held.call,
            "window": self.number,
            "on": "display" if on_display else "page",
        }
        operator, post = (clerk.staff_no, clerk.post) if clerk else ("", "")
        self.missed.shown(f"{held.call}/{held.calls}")
        await until_written(lambda: self._journal.record("shown", data, operator=operator, post=post, visit=held.visit))

    async def _show_on_caller(self, caller: Cell[Caller], held: Held) -> None:
        digits = numbering.bare(held.number)
        waiting = self.waiting_here()
        with suppress(DeviceFault):
            await caller.do(lambda device, limit: device.show_number(digits, waiting, limit), CALLER_SECONDS)


def display_text(state: WindowState, *, ascii_only: bool = False) -> str:
    """What stands above a window in this state; empty is dark.

    A display that has ASCII alone is spoken to in English, and its number shows no Hanzi: they are decoration.
    """
    number = state.held.number if state.held else ""
    if ascii_only and not number.isascii():
        number = numbering.bare(number)
    language = LANGUAGES[1] if ascii_only else LANGUAGES[0]
    return say("display", state.phase, language, number=number, window=state.window)
