"""A window for those who cannot see: whom it serves is confirmed in the headphone, and the visit is rated by keys.

Nothing of it is ever said on a loudspeaker: without a headphone at the window nobody is asked by ear.

| it happens…                             | what it becomes                                                      |
|-----------------------------------------|----------------------------------------------------------------------|
| a rating opens, the headphone is in     | the invitation is spoken; no level is chosen yet                     |
| … put in while one is open              | the same                                                             |
| choose before up or down                | no rating: which level it is must have been heard                    |
| choose at a level                       | one rating with pad and page: the first one of all is kept           |
| back                                    | *not-rated*, declined                                                |
| the headphone is taken out              | silence; what was chosen and not sent is forgotten                   |
| the keypad is lost                      | as taken out                                                         |
| a keypad without a jack                 | a key begins; left alone for ALONE_SECONDS it is as taken out        |
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack

import structlog

from device.cell import Cell
from device.flows.jacks import Jacks
from device.flows.mouth import Mouth, Utterance, utter
from device.flows.rate import Invitation
from device.flows.serve import WindowDesk
from drivers.contract import AccessKey, AccessKeypad, AccessPress, Headphone
from hall.contract import Grade

log = structlog.get_logger()

LEVELS: tuple[Grade, ...] = (
    "very-satisfied",
    "satisfied",
    "basically-satisfied",
    "dissatisfied",
    "very-dissatisfied",
)
ALONE_SECONDS = 120.0
LANGUAGE = "zh-CN"
KEPT = {"rated": "rate-kept", "rated-before": "rate-before", "over": "rate-over"}


class RateByEar:
    """One window's headphone and keys."""

    def __init__(self, desk: WindowDesk, mouth: Mouth, keypads: Sequence[Cell[AccessKeypad]]) -> None:
        self._window = desk.number
        self._desk = desk
        self._rating = desk.rating
        self._mouth = mouth
        self._jacks = Jacks(keypads)
        self._here = ExitStack()
        self._present = False
        self._asked = ""
        """The ticket whose rating was offered last; nothing more is said of it."""
        self._level: int | None = None
        self._told = ""

    async def run(self) -> None:
        """Long-lived: follow keys, the jack, the window and its rating."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._mouth.run(), name=f"headphone of window {self._window} speaks")
            group.create_task(self._jacks.run(), name=f"access keys of window {self._window}")
            group.create_task(self._look_on(), name=f"window {self._window} by ear")
            try:
                await self._follow_keys()
            finally:
                self._here.close()

    async def _follow_keys(self) -> None:
        while True:
            alone = self._present and not self._jacks.has_jack
            try:
                async with asyncio.timeout(ALONE_SECONDS if alone else None):
                    happened = await self._jacks.next()
            except TimeoutError:
                self._leave()
                continue
            match happened:
                case Headphone(plugged=True):
                    self._come()
                case AccessPress(key) if self._present:
                    await self._press(key)
                case AccessPress():
                    if self._jacks.may_begin:
                        self._come()
                case _:
                    self._leave()

    async def _look_on(self) -> None:
        with self._desk.watch.watching() as changed:
            while True:
                changed.clear()
                if self._present:
                    self._look()
                await changed.wait()

    def _come(self) -> None:
        if not self._present:
            self._present = True
            self._asked, self._level, self._told = "", None, ""
            self._here.enter_context(self._rating.on_screen())
            if not self._look():
                self._mouth.say(utter("window-welcome", LANGUAGE, window=self._window), utter("rate-nothing", LANGUAGE))

    def _leave(self) -> None:
        self._mouth.hush()
        if self._present:
            self._present = False
            self._level = None
            self._here.close()

    def _look(self) -> bool:
        """Say what is new here; whether something was."""
        invitation = self._rating.invitation
        if invitation is not None:
            if invitation.held.ticket == self._asked:
                return False
            self._asked, self._level = invitation.held.ticket, None
            self._mouth.say(_invites(invitation))
            return True
        state = self._desk.state
        held = state.held if state is not None and state.phase in ("called", "serving") else None
        told = f"{state.phase}/{held.call}/{held.calls}" if state is not None and held is not None else ""
        if told == self._told or state is None or held is None:
            return False
        self._told = told
        key = "serving" if state.phase == "serving" else "window-called"
        self._mouth.say(utter(key, LANGUAGE, window=self._window, number=held.number))
        return True

    async def _press(self, key: AccessKey) -> None:
        invitation = self._rating.invitation
        if invitation is None or invitation.held.ticket != self._asked:
            self._mouth.say(utter("rate-nothing", LANGUAGE))
        elif key is AccessKey.HELP:
            self._mouth.say(utter("rate-help", LANGUAGE), *self._chosen())
        elif key is AccessKey.BACK:
            self._level = None
            self._rating.close("declined")
            self._mouth.say(utter("rate-declined", LANGUAGE))
        elif key is AccessKey.CHOOSE:
            await self._send(invitation)
        else:
            self._move(1 if key is AccessKey.DOWN else -1)

    def _move(self, by: int) -> None:
        if self._level is None:
            self._level = 0 if by > 0 else len(LEVELS) - 1
        else:
            self._level = (self._level + by) % len(LEVELS)
        self._mouth.say(*self._chosen())

    def _chosen(self) -> tuple[Utterance, ...]:
        if self._level is None:
            return ()
        level = utter(LEVELS[self._level], LANGUAGE).text
        return (utter("rate-level", LANGUAGE, at=self._level + 1, count=len(LEVELS), level=level),)

    async def _send(self, invitation: Invitation) -> None:
        if self._level is None:
            self._mouth.say(utter("rate-none-chosen", LANGUAGE))
            return
        grade, self._level = LEVELS[self._level], None
        kept = await self._rating.rate(invitation.held.ticket, grade, channel="keys")
        self._mouth.say(utter(KEPT[kept], LANGUAGE, level=utter(grade, LANGUAGE).text))


def _invites(invitation: Invitation) -> Utterance:
    number = invitation.held.number
    return utter("rate-invite", LANGUAGE, number=number) if number else utter("rate-invite-plain", LANGUAGE)
