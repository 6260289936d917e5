"""One box at a time calls for a zone; what was told spoken is spoken by nobody else; a silent box is replaced, late."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hall.contract import LEASE_MS, AskZone, Term, Voices, ZoneLease
from hall.zones import Zones
from tests.hall.scene import FakeClock

TERM = Term(n=1, draw="x")
WINDOWS = {"east": frozenset({1, 2, 3}), "west": frozenset({4})}
ANNOUNCERS = {"counter-1": "east", "counter-2": "east", "kiosk-1": "west"}
OWN = {"counter-1": [1, 2], "counter-2": [3], "kiosk-1": [], "counter-9": [4, 9]}


class Hall:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.start()
        self.clock.pass_ms(LEASE_MS)

    def start(self) -> None:
        self.zones = Zones(self.clock, WINDOWS, ANNOUNCERS)

    def ask(
        self, device: str, *, wants: bool = True, holds: bool = False, spoken: dict[int, str] | None = None
    ) -> ZoneLease:
        ask = AskZone(boot="b", mono_ms=0, wants=wants, holds=holds, spoken=spoken or {})
        return self.zones.ask(device, OWN[device], ask)


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_the_first_that_asks_has_the_zone_and_the_second_stands_by(hall: Hall) -> None:
    assert hall.ask("counter-2") == ZoneLease(granted=True, windows=[1, 2, 3], left=[3])
    assert hall.ask("counter-1") == ZoneLease(granted=False, windows=[1, 2, 3], left=[1, 2])
    assert hall.zones.holder("east") == "counter-2"


def test_who_renews_in_time_keeps_it(hall: Hall) -> None:
    for _ in range(10):
        assert hall.ask("counter-1").granted
        hall.clock.pass_ms(LEASE_MS - 1)
        assert not hall.ask("counter-2").granted


def test_who_falls_silent_loses_it_when_the_lease_has_ended_and_not_before(hall: Hall) -> None:
    hall.ask("counter-1")
    hall.clock.pass_ms(LEASE_MS - 1)
    assert not hall.ask("counter-2").granted
    hall.clock.pass_ms(1)
    assert hall.ask("counter-2").granted
    assert not hall.ask("counter-1", holds=True).granted


def test_who_cannot_speak_gives_it_away_at_once(hall: Hall) -> None:
    hall.ask("counter-1")
    assert not hall.ask("counter-1", wants=False).granted
    assert hall.ask("counter-2").granted
    assert not hall.ask("counter-1", wants=False).granted
    assert hall.zones.holder("east") == "counter-2"


def test_zones_do_not_hinder_each_other(hall: Hall) -> None:
    assert hall.ask("counter-1").granted
    assert hall.ask("kiosk-1") == ZoneLease(granted=True, windows=[4], left=[])


def test_a_box_of_no_zone_is_told_which_of_its_windows_are_called_for_elsewhere(hall: Hall) -> None:
    assert hall.ask("counter-9") == ZoneLease(granted=False, windows=[], left=[4])


def test_what_one_has_spoken_is_told_to_the_next(hall: Hall) -> None:
    hall.ask("counter-1", spoken={1: "c1/1", 3: "c3/2", 4: "not of this zone"})
    assert hall.ask("counter-2").spoken == {1: "c1/1", 3: "c3/2"}
    hall.clock.pass_ms(LEASE_MS)
    assert hall.ask("counter-2").granted
    late = hall.ask("counter-1", spoken={1: "c2/1"})
    assert not late.granted
    assert late.spoken == {1: "c2/1", 3: "c3/2"}


def test_a_hall_that_is_started_anew_leaves_the_zone_with_whom_it_had(hall: Hall) -> None:
    hall.ask("counter-1")
    hall.start()
    assert not hall.ask("counter-2").granted
    assert hall.ask("counter-1", holds=True).granted
    assert not hall.ask("counter-2").granted


def test_a_hall_that_is_started_anew_gives_a_zone_to_nobody_else_while_somebody_may_hold_it(hall: Hall) -> None:
    hall.start()
    hall.clock.pass_ms(LEASE_MS - 1)
    assert not hall.ask("counter-2").granted
    hall.clock.pass_ms(1)
    assert hall.ask("counter-2").granted


def test_after_a_new_start_a_zone_that_was_given_back_is_free(hall: Hall) -> None:
    hall.start()
    hall.ask("counter-1", holds=True)
    hall.clock.pass_ms(LEASE_MS)
    assert hall.ask("counter-2").granted


def test_the_hall_knows_which_zones_nobody_calls_for(hall: Hall) -> None:
    assert hall.zones.silent() == ["east", "west"]
    hall.ask("counter-1")
    assert hall.zones.silent() == ["west"]
    hall.clock.pass_ms(LEASE_MS)
    assert hall.zones.silent() == ["east", "west"]
    hall.ask("counter-1")
    hall.ask("counter-1", wants=False)
    assert hall.zones.silent() == ["east", "west"]
    hall.start()
    assert hall.zones.silent() == []  # who holds them is not known yet


def test_which_windows_are_called_for_and_what_was_spoken_last_is_news_once(hall: Hall) -> None:
    assert not hall.zones.has_news()
    hall.ask("counter-1")
    assert hall.zones.has_news()
    assert hall.zones.voices(TERM, 5) == Voices(term=TERM, version=5, spoken={1: "", 2: "", 3: ""})
    hall.ask("counter-1")
    assert not hall.zones.has_news()
    hall.ask("counter-1", spoken={2: "c/1"})
    assert hall.zones.has_news()
    assert hall.zones.voices(TERM, 6).spoken == {1: "", 2: "c/1", 3: ""}
    hall.clock.pass_ms(LEASE_MS)
    assert hall.zones.has_news()
    assert hall.zones.voices(TERM, 7).spoken == {}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("counter-1", "counter-2", "pass", "start")),
        st.sampled_from((0, 500, 5_000, LEASE_MS - 500, LEASE_MS)),
        st.booleans(),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(STEPS)
def test_whatever_is_lost_or_late_two_never_hold_a_zone_at_a_time(steps: list[tuple[str, int, bool]]) -> None:
    hall, until = Hall(), {"counter-1": 0, "counter-2": 0}
    for who, passes_ms, lost in steps:
        now_ms = hall.clock.mono_ms()
        if who == "start":
            hall.start()
        elif who != "pass":
            hall.clock.pass_ms(passes_ms // 10)  # on its way
            lease = hall.ask(who, holds=until[who] > now_ms)
            if not lost:
                until[who] = now_ms + lease.lease_ms if lease.granted else 0
        hall.clock.pass_ms(passes_ms)
        assert sum(each > hall.clock.mono_ms() for each in until.values()) <= 1
