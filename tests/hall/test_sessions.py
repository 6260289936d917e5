"""Who speaks for a box, how old its presses are, and what it is told at its hello."""

from __future__ import annotations

import pytest

from hall.contract import EXPIRES_MS, VERSION, Hello
from hall.sessions import LATELY_MS, Greeted, Greeting, HelloFirst, Sessions
from tests.hall.scene import TODAY, Box, FakeClock, Scene

BOX = "counter-1"
DAY_MS = 24 * 3_600_000


class BoxClock:
    """A box's own boot time beside the hall's; ``ppm`` > 0 for one that runs fast."""

    def __init__(self, clock: FakeClock, ppm: int = 0) -> None:
        self._clock = clock
        self._begun_ms = clock.mono_ms()
        self._ppm = ppm

    def mono_ms(self) -> int:
        passed_ms = self._clock.mono_ms() - self._begun_ms
        return passed_ms + passed_ms * self._ppm // 1_000_000


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def sessions(clock: FakeClock) -> Sessions:
    sessions = Sessions(clock)
    sessions.begin(BOX, "b1", 0)
    return sessions


class TestPresses:
    def test_a_press_is_done_until_its_clerks_patience_ends(self, clock: FakeClock, sessions: Sessions) -> None:
        clock.pass_ms(EXPIRES_MS)
        assert not sessions.is_expired(BOX, "b1", 0)
        clock.pass_ms(1)
        assert sessions.is_expired(BOX, "b1", 0)

    def test_a_hello_that_came_late_makes_no_press_younger_for_long(self, clock: FakeClock, sessions: Sessions) -> None:
        clock.pass_ms(3_000)
        sessions.begin(BOX, "b1", 0)  # on its way for 3 s
        clock.pass_ms(EXPIRES_MS - 3_000 + 1)
        assert sessions.is_expired(BOX, "b1", 0)

    def test_a_press_of_an_earlier_boot_has_expired(self, clock: FakeClock, sessions: Sessions) -> None:
        assert sessions.begin(BOX, "b2", 100)
        assert sessions.is_expired(BOX, "b1", 0)
        assert not sessions.is_expired(BOX, "b2", 100)

    def test_before_its_hello_nothing_is_known_of_a_press(self, sessions: Sessions) -> None:
        with pytest.raises(HelloFirst):
            sessions.is_expired("counter-2", "b1", 0)

    @pytest.mark.parametrize("ppm", [-80, 80])
    @pytest.mark.parametrize("every_ms", [60_000, 8 * 3_600_000])
    def test_clocks_that_part_expire_nothing_fresh_and_let_nothing_old_pass(
        self, clock: FakeClock, sessions: Sessions, ppm: int, every_ms: int
    ) -> None:
        box = BoxClock(clock, ppm)
        for _ in range(3 * DAY_MS // every_ms):
            clock.pass_ms(every_ms)
            sessions.heard(BOX, "b1", box.mono_ms())
        pressed_ms = box.mono_ms()
        clock.pass_ms(1_000)
        assert not sessions.is_expired(BOX, "b1", pressed_ms)
        clock.pass_ms(EXPIRES_MS)
        assert sessions.is_expired(BOX, "b1", pressed_ms) or every_ms > LATELY_MS

    def test_after_a_silent_holiday_the_first_press_is_fresh(self, clock: FakeClock, sessions: Sessions) -> None:
        box = BoxClock(clock, -80)
        clock.pass_ms(7 * DAY_MS)
        assert not sessions.is_expired(BOX, "b1", box.mono_ms())
        sessions.heard(BOX, "b1", box.mono_ms())
        assert not sessions.is_expired(BOX, "b1", box.mono_ms())


class TestHello:
    def greet(self, scene: Scene, box: Box, boot: str, digit: int = 1, slip_key: str = "") -> Greeted | None:
        hello = Hello(
            contract=VERSION,
            device=box.name,
            journal=box.journal,
            boot=boot,
            mono_ms=box.mono_ms,
            wall_ms=0,
            mode="demo",
            slip_key=slip_key,
        )
        greeting = Greeting(hello, scene.clock.now_ms())
        if not scene.write(greeting.is_newest):
            return None
        return scene.write(lambda tx: greeting(tx, digit))

    def test_of_two_machines_with_one_name_the_later_one_speaks(self, scene: Scene, kiosk: Box) -> None:
        assert self.greet(scene, kiosk, "first")
        assert self.greet(scene, kiosk, "second")
        assert self.greet(scene, kiosk, "second")
        assert self.greet(scene, kiosk, "first") is None
        assert self.greet(scene, kiosk, "first") is None
        assert self.greet(scene, kiosk, "second")
        assert scene.conflicts() == ["identity-twice"]

    def test_a_boot_known_from_its_facts_alone_is_still_to_come(self, scene: Scene, kiosk: Box) -> None:
        kiosk.tell("opened")
        assert self.greet(scene, kiosk, "another")
        assert self.greet(scene, kiosk, kiosk.boot)
        assert self.greet(scene, kiosk, "another") is None

    def test_it_is_told_where_its_journal_ends(self, scene: Scene, kiosk: Box) -> None:
        greeted = self.greet(scene, kiosk, "b")
        assert greeted is not None
        assert (greeted.high, greeted.digest) == (0, "")
        kiosk.take()
        greeted = self.greet(scene, kiosk, "b")
        assert greeted is not None
        assert (greeted.high, greeted.digest) == (3, kiosk.head)

    def test_a_kiosk_is_told_how_far_its_band_is_known(self, scene: Scene, kiosk: Box) -> None:
        kiosk.take()
        for number in ("111001", "111003", "111002", "121007"):
            ticket = kiosk.tell("requested", service=number[:2], touch="t")
            kiosk.tell("issued", ticket=ticket, service=number[:2], number=number, source="band", date=TODAY)
        counter = scene.box(BOX, "cc")
        counter.tell("admitted", window=1, call="c", digits="111009", service="11", date=TODAY, slip="", how="typed")
        greeted = self.greet(scene, kiosk, "b")
        assert greeted is not None
        assert greeted.band == {"11": 9, "12": 7}
        other = self.greet(scene, scene.box("kiosk-2"), "c", digit=2)
        assert other is not None
        assert other.band == {}

    def test_every_key_that_slips_were_signed_for_is_told_to_all(self, scene: Scene, kiosk: Box) -> None:
        self.greet(scene, kiosk, "b", slip_key="one")
        self.greet(scene, kiosk, "b", slip_key="two")
        greeted = self.greet(scene, scene.box(BOX, "cc"), "c", digit=0)
        assert greeted is not None
        assert greeted.slip_keys == {"kiosk-1": ["one", "two"]}
