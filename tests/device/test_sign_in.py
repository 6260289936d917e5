"""A clerk sits down with the hall, and without it where the hall has let them in before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from device.clock import Clock
from device.flows.sign_in import Door
from device.journal import Journal
from device.known_clerks import PAUSE_MS, TRIES, KnownClerks
from device.sessions import Sessions
from hall.contract import Answer, Clerk, SignIn, WindowState
from tests.device.counter import BOOT, CLERK, TERM, Counter, counter_of

NAME, PIN = "王小明", "2468"


class Desk:
    """A box with its door; its hall lets in who has the PIN."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.now_ms = 0
        clock = Clock(mono_ms=lambda: self.now_ms, boot_id=BOOT)
        self.known = KnownClerks(counter.journal, clock)
        self.door = Door(Sessions(counter.journal), self.known, "demo")
        self.pin = PIN
        self.asked: list[SignIn] = []
        counter.desk.command = self.command  # type: ignore[method-assign, assignment]

    async def command(self, command: SignIn) -> Answer:
        self.asked.append(command)
        if (command.name, command.pin) != (NAME, self.pin):
            return Answer(request=command.request, outcome="refused", reason="wrong-name-or-pin")
        state = WindowState(window=1, term=TERM, version=5, phase="idle", clerk=CLERK)
        return Answer(request=command.request, outcome="done", window=state)

    async def enter(self, name: str = NAME, pin: str = PIN) -> Clerk | str:
        entered = await self.door.enter(self.counter.desk, name, pin)
        return entered if isinstance(entered, str) else entered[0]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with counter_of(tmp_path) as counter:
        yield Desk(counter)


async def test_whom_the_hall_lets_in_may_come_again_without_it(desk: Desk) -> None:
    assert await desk.enter() == CLERK
    await desk.counter.cut()
    entered = await desk.door.enter(desk.counter.desk, NAME, PIN)
    assert not isinstance(entered, str)
    clerk, token = entered
    assert clerk == desk.counter.state.clerk == desk.door.sessions.clerk(1, token) == CLERK
    assert len(desk.asked) == 1


async def test_without_the_hall_a_stranger_and_a_wrong_pin_are_refused_alike(desk: Desk) -> None:
    await desk.enter()
    await desk.counter.cut()
    assert await desk.enter(pin="1111") == "wrong-name-or-pin"
    assert await desk.enter(name="李晓梅") == "wrong-name-or-pin"


async def test_five_wrong_pins_pause_a_name_for_a_minute_without_the_hall_too(desk: Desk) -> None:
    await desk.enter()
    await desk.counter.cut()
    for _ in range(TRIES):
        assert await desk.enter(pin="1111") == "wrong-name-or-pin"
    assert await desk.enter() == "too-many-tries"
    desk.now_ms += PAUSE_MS
    assert await desk.enter() == CLERK


async def test_a_pin_that_the_hall_no_longer_takes_is_forgotten(desk: Desk) -> None:
    await desk.enter()
    desk.pin = "9999"
    assert await desk.enter() == "wrong-name-or-pin"
    await desk.counter.cut()
    assert await desk.enter() == "wrong-name-or-pin"


async def test_no_pin_is_kept_anywhere(desk: Desk, tmp_path: Path) -> None:
    pin = "86420975318642"
    desk.pin = pin
    assert await desk.enter(pin=pin) == CLERK
    for file in [tmp_path / name for name in ("journal.db", "journal.db-wal")]:
        assert pin.encode() not in file.read_bytes()


async def test_leaving_without_the_hall_ends_the_session_here(desk: Desk) -> None:
    await desk.enter()
    await desk.counter.cut()
    entered = await desk.door.enter(desk.counter.desk, NAME, PIN)
    assert not isinstance(entered, str)
    assert await desk.door.leave(desk.counter.desk, CLERK) is None
    assert desk.door.sessions.clerk(1, entered[1]) is None
    assert desk.counter.state.phase == "closed"


async def test_a_seat_and_what_is_known_of_a_clerk_outlive_a_restart(desk: Desk, tmp_path: Path) -> None:
    await desk.enter()
    journal = desk.counter.journal
    assert isinstance(journal, Journal)
    assert await KnownClerks(journal, Clock(boot_id=BOOT)).find(NAME, PIN) == CLERK
