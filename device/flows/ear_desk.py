"""Blind mode of a kiosk: a headphone in the jack begins a visit, five keys lead it, the headphone out wipes it.

Two people at one machine, and other things that can meet:

| it happens…                                      | what it becomes                                                   |
|--------------------------------------------------|-------------------------------------------------------------------|
| the page is touched during a visit by ear        | nothing: it is covered, and only the keys lead or end the visit   |
| a headphone is put in while somebody touches     | the page is covered; a slip under way comes out, a question about |
|                                                  | it is taken as unanswered when the next number is taken           |
| the headphone is taken out                       | speech stops, the visit is forgotten, the page is at its home     |
| … while a number is being taken                  | it is finished and counts; nobody is told, nothing is kept here   |
| … while the slip is in question                  | as silence: it may be on paper and stays callable                 |
| … while a number without paper is not confirmed  | as silence: void                                                  |
| the headphone stays in, and no key is pressed    | asked whether they are there; without an answer wiped; any key    |
|                                                  | begins anew: a headphone left behind keeps nobody away            |
| the keypad is unplugged                          | whether there is a headphone is not known: wiped, and said why    |
| a keypad without a jack                          | any key begins; silence ends                                      |
| the headphone's speaker is lost                  | the visit goes on, and is heard again when it is back; nothing is |
|                                                  | ever said on a loudspeaker in its place                           |
| everybody has to leave the house                 | said at once, twice, whatever else sounds                         |
| the page is dead, the screen is dark             | nothing: the page is not needed                                   |
| the daemon is started anew                       | a headphone that is in begins a new visit: the old one was only   |
|                                                  | in memory; what became of its number is settled as at a power cut |
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

import structlog

from device.cell import Cell
from device.flows.ask_citizen import Taken
from device.flows.ask_help import HelpDesk
from device.flows.by_ear import Visit
from device.flows.ear_calls import ASK_SECONDS, TicketCalls
from device.flows.ear_menu import Known
from device.flows.ear_places import AskPerson, AskPlace, CameOut, Deed, MyNumber, Noted, Question, Step, Take
from device.flows.jacks import Jacks
from device.flows.mouth import Mouth, Utterance, utter
from device.flows.number_ticket import CannotIssue
from device.flows.take_ticket import Kiosk
from device.journal import JournalStopped
from device.supervise import Tasks
from drivers.contract import AccessKey, AccessKeypad, AccessPress, Headphone

log = structlog.get_logger()

SILENCE_SECONDS = 180.0
"""Three times a page's 60 s: who listens, and finds keys by feeling, needs longer."""
ANSWER_SECONDS = 60.0
LOOK_SECONDS = 1.0
"""While something is said, silence has not begun."""


@dataclass(slots=True, eq=False)
class _Running:
    """A visit, and what is going on in it."""

    visit: Visit
    asked: bool = False
    """Asked whether they are still there."""
    deeds: int = 0
    """Under way."""
    heard: str = ""
    """The call that was said last."""
    alarm: tuple[Utterance, ...] = ()
    """What was said of an alarm."""


class EarDesk:
    """One kiosk's visits by ear."""

    def __init__(
        self,
        kiosk: Kiosk,
        mouth: Mouth,
        keypads: Sequence[Cell[AccessKeypad]],
        known: Callable[[], Known],
        help_desk: HelpDesk,
        tasks: Tasks,
        calls: TicketCalls,
        slip_at: str,
    ) -> None:
        self._kiosk = kiosk
        self._mouth = mouth
        self._jacks = Jacks(keypads)
        self._known = known
        self._help_desk = help_desk
        self._tasks = tasks
        self._calls = calls
        self._slip_at = slip_at
        self._running: _Running | None = None
        self._quiet_since = 0.0

    async def run(self) -> None:
        """Long-lived: follow keys, the jack, calls, questions and silence."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._mouth.run(), name="headphone speaks")
            group.create_task(self._jacks.run(), name="access keys")
            group.create_task(self._follow_keys(), name="visit by ear")
            group.create_task(self._follow_calls(), name="calls by ear")
            group.create_task(self._follow_questions(), name="questions by ear")

    async def _follow_keys(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._patience()):
                    happened = await self._jacks.next()
            except TimeoutError:
                self._silent()
                continue
            self._quiet_since = _now()
            match happened:
                case Headphone(plugged=True):
                    self._begin()
                case Headphone():
                    self._wipe("headphone out")
                case AccessPress(key):
                    self._press(key)
                case _:
                    self._keys_lost()

    def _patience(self) -> float | None:
        """How long nothing need happen; None for ever."""
        running = self._running
        if running is None:
            return None
        if self._mouth.speaks or running.deeds:
            self._quiet_since = _now()
            return LOOK_SECONDS
        return max(0.0, self._quiet_since + (ANSWER_SECONDS if running.asked else SILENCE_SECONDS) - _now())

    def _silent(self) -> None:
        running = self._running
        if running is None or self._patience():
            return
        self._quiet_since = _now()
        language = running.visit.language
        if not running.asked:
            running.asked = True
            self._mouth.say(utter("still-there", language, seconds=int(ANSWER_SECONDS)))
            return
        self._wipe("silence")
        self._mouth.say(utter("over", language))

    def _begin(self) -> None:
        if self._running is None:
            self._running = _Running(Visit(self._slip_at))
            log.info("visit by ear begins")
            self._show()
            self._follow(self._running.visit.begin(self._known()))
            self._calls.watch.changed()

    def _press(self, key: AccessKey) -> None:
        running = self._running
        if running is None:
            if self._jacks.may_begin:
                self._begin()
        elif running.asked:
            running.asked = False
            here = running.visit.here(self._known()).say
            self._mouth.say(utter("going-on", running.visit.language), *here)
        else:
            self._follow(running.visit.press(key, self._known()))

    def _keys_lost(self) -> None:
        if self._running is not None:
            language = self._running.visit.language
            self._wipe("keypad lost")
            self._mouth.say(utter("keys-lost", language))

    def _wipe(self, why: str) -> None:
        """Silence, and nothing of the visit is left here."""
        self._mouth.hush()
        running, self._running = self._running, None
        if running is None:
            return
        log.info("visit by ear ends", why=why)
        self._show()
        match running.visit.where[-1]:
            case Question(taken):
                self._tasks.start("question left by ear", self._kiosk.nobody_answers(taken.ticket.ticket))

    def _follow(self, step: Step) -> None:
        """Say it, do it."""
        running = self._running
        if running is None:
            return
        self._mouth.manner = running.visit.manner
        if step.say:
            self._mouth.say(*step.say)
        if step.deed is not None:
            self._tasks.start("deed by ear", self._do(step.deed, running))

    async def _do(self, deed: Deed, running: _Running) -> None:
        running.deeds += 1
        try:
            step = await self._done(deed, running.visit)
        finally:
            running.deeds -= 1
        if running is self._running:
            self._follow(step)
            self._calls.watch.changed()
        elif isinstance(left := running.visit.where[-1], Question):
            await self._kiosk.nobody_answers(left.taken.ticket.ticket)

    async def _done(self, deed: Deed, visit: Visit) -> Step:
        match deed:
            case AskPlace(ticket):
                place = await self._calls.place(ticket)
                return visit.placed(place) if visit.where[-1] == MyNumber() else Step()
            case AskPerson(ticket):
                return visit.person(await self._ask_person(ticket))
            case _:
                return visit.settled(await self._number(deed), self._known())

    async def _number(self, deed: Take | CameOut | Noted) -> Taken | str:
        """A Taken, or a keyword of the room *reason*."""
        try:
            match deed:
                case Take(matter):
                    item = matter.item.code if matter.item else ""
                    return await self._kiosk.take(matter.service, uuid4().hex, item)
                case CameOut(ticket, yes):
                    return await self._kiosk.came_out(ticket, yes=yes, touch=f"again:{ticket}")
                case Noted(ticket, yes):
                    return await self._kiosk.noted(ticket, yes=yes)
        except CannotIssue as error:
            return error.why
        except JournalStopped as error:
            return error.reason

    async def _ask_person(self, ticket: str) -> str:
        """The key of what is said of it."""
        try:
            call = await self._help_desk.ask("kiosk", 0, ticket)
        except JournalStopped:
            return "person-not"
        return "person-on-the-way" if self._help_desk.is_coming(call) else "person-coming"

    async def _follow_calls(self) -> None:
        """A call of this visit's ticket is said at once, whatever else sounds; so is an alarm of the house."""
        with self._calls.watch.watching() as changed:
            while True:
                changed.clear()
                running = self._running
                taken = running.visit.taken if running else None
                if running is not None and taken is not None:
                    await self._say_call(running, taken)
                if running is not None:
                    self._say_alarm(running)
                asking = taken is not None and not self._calls.told_of(taken.ticket.service.code)
                del running, taken  # or a visit would stay in memory until the next one
                with suppress(TimeoutError):
                    async with asyncio.timeout(ASK_SECONDS if asking else None):
                        await changed.wait()

    async def _say_call(self, running: _Running, taken: Taken) -> None:
        called = await self._calls.of(taken.ticket.ticket, taken.ticket.service.code)
        if called is not None and called.key != running.heard and running is self._running:
            running.heard = called.key
            self._quiet_since = _now()
            self._mouth.say(*self._calls.said(taken.ticket.number, called, running.visit.language))

    def _say_alarm(self, running: _Running) -> None:
        alarm = self._calls.alarm(running.visit.language)
        if alarm != running.alarm and running is self._running:
            running.alarm = alarm
            if alarm:
                self._mouth.say(*alarm, *alarm)

    async def _follow_questions(self) -> None:
        """A question that nobody answered ends by itself: the visit goes on from there."""
        with self._kiosk.watch.watching() as changed:
            while True:
                await changed.wait()
                changed.clear()
                if self._running is None or self._running.deeds or self._kiosk.doubtful or self._kiosk.on_screen:
                    continue
                if (step := self._running.visit.unanswered(self._known())) is not None:
                    self._follow(step)

    def _show(self) -> None:
        """Let the page cover itself, or be at its home."""
        self._kiosk.by_ear = self._running is not None
        self._kiosk.watch.changed()


def _now() -> float:
    return asyncio.get_running_loop().time()
