"""Three clerks at work at once, and the citizens before them: pages, caller keys, rating keypads."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from simulators.client import BoxClient, NoAnswer
from simulators.demo.evidence import ASKED_MS, PagePress, digits_in
from simulators.demo.mirror import Mirror, State
from simulators.demo.props import Props
from simulators.demo.settings import GRADES
from simulators.demo.tables import DemoClerk
from simulators.demo.wished import Came, Wish

SEEN_SECONDS = 1.5
"""How long a called citizen looks for the number on the display before coming anyway."""

LIT_SECONDS = 1.5
"""How long a citizen waits for the keypad to light up."""

FOLLOW_SECONDS = 3.0
IDLE_SECONDS = 0.4
AWAY_SECONDS = 1.0

KEYS = {
    "next": "call",
    "start": "start",
    "recall": "recall",
    "undo": "cancel",
    "missed": "5,function",
    "invite": "wait",
}
"""What a clerk presses on the caller for the same act as on the page."""

CALLED = {"start": 56, "finish": 5, "next": 5, "recall": 10, "missed": 10, "park": 7, "redirect": 7}
SERVING = {"finish": 55, "next": 33, "park": 6, "redirect": 6}
UNKNOWN = "hall-unreachable"
"""The one refusal of a press that leaves open whether the hall has heard it."""

EXPIRED_MS = 6_000
"""So long after a press the hall does it, or never (5 s), as far as two clocks can tell."""

WHEN_CLOSING = {"start", "finish", "next"}
"""Acts that bring the hall nearer to empty; the only ones once everybody is to be called."""

REPEAT_SECONDS = 1.1
"""The same frame again within 1 s is the same press sent again: FF 68 numbers none. Only a play is so hasty."""

UNDONE = {"missed": 0.15, "finish": 0.06}
RATES = {"once": 55, "twice": 15, "late": 10, "not": 20}


@dataclass
class Clerk:
    """One clerk at one window. ``services``: where tickets may be redirected to."""

    window: int
    person: DemoClerk
    box: BoxClient
    props: Props
    services: list[str]
    random: Random
    closing: asyncio.Event
    over: asyncio.Event
    missed: list[str] = field(default_factory=list)
    page_presses: list[PagePress] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    """Numbers that were sent to another service."""
    presses: int = 0

    def __post_init__(self) -> None:
        self.mirror = Mirror(self.box, f"/window/{self.window}/state")
        self._rates_late = False
        self._last_grade = -1
        self._last_keys = ("", 0.0)

    async def work(self) -> None:
        """Serve until the play is over, then leave the window."""
        async with asyncio.TaskGroup() as group:
            following = group.create_task(self.mirror.follow())
            while not self.over.is_set():
                try:
                    await self._turn()
                except NoAnswer:
                    await self.mirror.change(AWAY_SECONDS)
            await self.box.sign_out(self.window)
            following.cancel()

    async def _turn(self) -> None:
        if not await self._can_work():
            return
        state = self._state()
        window = state["window"]
        clerk = window["clerk"]
        if clerk is None or clerk["staff_no"] != self.person.staff_no or not self.box.signed_in:
            await self._sign_in()
        elif window["phase"] == "idle":
            await self._when_idle(state)
        elif window["phase"] == "called":
            await self._when_called(window)
        else:
            await self._act(self._choose(SERVING), window)

    async def _can_work(self) -> bool:
        return await self.mirror.until(lambda s: s["link"] == "up" and s["window"] is not None, AWAY_SECONDS)

    def _allowed(self, act: str) -> bool:
        return act in WHEN_CLOSING or not self.closing.is_set()

    def _state(self) -> State:
        return self.mirror.state or {}

    async def _sign_in(self) -> None:
        answer = await self.box.sign_in(self.window, self.person.name, self.person.pin)
        signed_in = "token" in answer
        await self.mirror.until(lambda s: signed_in and bool(s["window"] and s["window"]["clerk"]), AWAY_SECONDS)

    async def _when_idle(self, state: State) -> None:
        """Take somebody back, call a missed number again, call the next; else wait, and press next all the same."""
        window, chance = state["window"], self.random.random()
        if window["parked"] and (chance < 0.5 or not state["waiting_here"]):
            await self._press("take-back", ticket=window["parked"][0]["ticket"])
        elif self.missed and chance > 0.8 and not self.closing.is_set():
            await self._call_number(self.missed.pop(0))
        else:
            if not state["waiting_here"]:
                await self.mirror.until(lambda s: s["waiting_here"] > 0, IDLE_SECONDS)
            await self._act("next", window)

    async def _when_called(self, window: dict[str, Any]) -> None:
        """The citizen comes when the number is on the display, or nobody does."""
        digits = digits_in(window["held"]["number"])
        await self.props.until(lambda: digits in self.props.showing.get(self.window, ""), SEEN_SECONDS)
        await self._act(self._choose(CALLED), window)
        if self._rates_late and self._phase() == "serving":
            self._rates_late = False
            await self._grade(self.random.choice(range(len(GRADES))))

    def _choose(self, acts: dict[str, int]) -> str:
        allowed = {act: weight for act, weight in acts.items() if self._allowed(act)}
        return self.random.choices(list(allowed), list(allowed.values()))[0]

    async def _act(self, act: str, window: dict[str, Any]) -> None:
        """Do this, on the caller when it has a key for it and chance says so; then what follows from it."""
        held = window["held"]
        if act == "redirect":
            done = await self._redirect(held)
        elif act in KEYS and self.random.random() < 0.35 and not self._repeats(KEYS[act]):
            done = await self._keys(KEYS[act])
        else:
            done = await self._press(act)
        if not done or held is None or (act == "missed" and self._holds(held["call"])):
            return  # of a key only a change is seen: a guide's look at whom the hall will not let be missed is one
        if act == "missed":
            self.missed.append(digits_in(held["number"]))
        if act in {"finish", "next"}:
            await self._maybe_rate(held["ticket"])
        if self.random.random() < UNDONE.get(act, 0.0) and not self.closing.is_set():
            await self._undo(held)

    async def _redirect(self, held: dict[str, Any]) -> bool:
        """Send the ticket to another service."""
        service = self.random.choice([code for code in self.services if code != held["service"]])
        begun, done = self.props.now_ms(), False
        try:
            done = await self._press("redirect", service=service)
        finally:
            came: Came = "done" if done else "unknown"
            told = self.props.now_ms() if done else None
            self.wishes.append(Wish(begun, digits_in(held["number"]), "redirect", came, told, service, "clerk"))
        return done

    async def _undo(self, held: dict[str, Any]) -> None:
        digits = digits_in(held["number"])
        undone = await (self._keys(KEYS["undo"]) if self.random.random() < 0.5 else self._press("undo"))
        if undone and digits in self.missed:
            self.missed.remove(digits)

    async def _call_number(self, digits: str) -> None:
        if self.random.random() < 0.5:
            await self._keys(",".join((*digits, "call")))
        else:
            await self._press("call-number", digits=digits)

    async def _press(self, act: str, **more: str) -> bool:
        """Press on the page; whether it was done. Waits until the page shows it."""
        self.presses += 1
        answer = await self._answered(act, UUID(int=self.random.getrandbits(128)).hex, **more)
        if answer.get("error") == "not-signed-in":
            self.box.forget()
        if answer.get("outcome") != "done":
            await self.mirror.change(IDLE_SECONDS if "error" in answer else 0.0)
            return False
        window = answer["window"]
        if window is not None:
            await self.mirror.until(lambda s: bool(s["window"]) and _age(s["window"]) >= _age(window), FOLLOW_SECONDS)
        return True

    async def _answered(self, act: str, press: str, **more: str) -> dict[str, Any]:
        """Press, and note what came of it. Raises NoAnswer."""
        begun, until, done = self.props.now_ms(), None, False
        try:
            answer = await self._post(act, press, **more)
            done, until = answer.get("outcome") == "done", self.props.now_ms()
            if not done and until - begun >= ASKED_MS:  # a box that waited for its hall has sent it for sure
                done, until = True, None
            elif UNKNOWN in {answer.get("error"), answer.get("reason")}:
                done, until = True, begun + EXPIRED_MS  # a hall that went away and is back at once may do it yet
        finally:
            self.page_presses.append(PagePress(begun, self.window, act, until, done))
        return answer

    async def _post(self, act: str, press: str, **more: str) -> dict[str, Any]:
        return await self.box.press(self.window, act, press, **more)

    async def _keys(self, keys: str) -> bool:
        """Press on the caller; whether the window changed for it."""
        self.presses += 1
        self._last_keys = (keys, time.monotonic())
        before = self._state().get("window")
        if not await self.props.press_keys(self.window, keys):
            return False
        return await self.mirror.until(
            lambda s: bool(s["window"]) and (before is None or _age(s["window"]) > _age(before)), FOLLOW_SECONDS
        )

    def _repeats(self, keys: str) -> bool:
        last, at = self._last_keys
        return keys == last and time.monotonic() - at < REPEAT_SECONDS

    async def _maybe_rate(self, ticket: str) -> None:
        """What the citizen does who was served last."""
        how = self.random.choices(list(RATES), list(RATES.values()))[0]
        grades = self.random.sample(range(len(GRADES)), 2)
        if how == "late":
            self._rates_late = True
            return
        if how == "not":
            if self.random.random() < 0.3 and self._phase() == "idle":
                await self._act("invite", self._state()["window"])
            return
        asked = await self.mirror.until(lambda s: bool(s["rating"]) and s["rating"]["ticket"] == ticket, LIT_SECONDS)
        if asked and await self.props.until(lambda: self.props.lit.get(self.window, False), LIT_SECONDS):
            await self._grade(grades[0])
            if how == "twice":
                await self._grade(grades[1])

    async def _grade(self, grade: int) -> None:
        """Press this grade, or the next one where the last press at this pad was the same."""
        self._last_grade = (grade + 1) % len(GRADES) if grade == self._last_grade else grade
        await self.props.press_grade(self.window, self._last_grade)

    def _holds(self, call: str) -> bool:
        held = (self._state().get("window") or {}).get("held")
        return held is not None and held["call"] == call

    def _phase(self) -> str:
        window = self._state().get("window")
        return window["phase"] if window else ""


def _age(window: dict[str, Any]) -> tuple[int, int]:
    return window["term"]["n"], window["version"]
