"""What is known of a box → what is said, how it stands, and in which order: the tables of hall.boxes."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.wording import LANGUAGES, room
from hall.boxes.checklist import Doors, Standing, doors, is_in_order, line_of, sorted_by_need, standing_of
from hall.boxes.conditions import FRESH_MS, Told
from hall.boxes.seen import BOOT_MS, GRACE_MS, RANK, Does, Seen, is_ready, needs_of
from hall.clock import SHANGHAI
from hall.contract import Hours
from hall.contract.maintenance import BoxLine, Condition
from hall.store.reader import DeviceState
from tests.hall.boxes_scene import advice, condition, lease

PAPER = advice("media-empty", "error")
LOW = advice("media-low", "warning")


def seen(told: Condition | None = None, *, ago_ms: int = 0, **known: Any) -> Seen:
    """A kiosk in reach that told this so long ago."""
    known = {"connected": True, "heard_ms": 100, "here_ms": 0, **known}
    return Seen(box="kiosk-1", does=("kiosk",), told=Told(told, ago_ms) if told else None, **known)


AWAY: dict[str, Any] = {"connected": False, "heard_ms": None, "here_ms": None}
PRINTER = DeviceState("kiosk-1", "printer", "stopped", "cover-open,simulated", 0)
CALM = DeviceState("kiosk-1", "reader", "idle", "simulated,card-present", 0)

TABLE: list[tuple[Seen, Standing, list[str]]] = [
    (seen(**AWAY, up_ms=BOOT_MS), "not-heard", ["not-heard-yet"]),
    (seen(**AWAY, up_ms=BOOT_MS + 1), "not-heard", ["not-heard"]),
    (seen(**AWAY, devices=(PRINTER,)), "not-heard", ["not-heard"]),
    (seen(condition(), connected=False, here_ms=GRACE_MS + 1), "gone", ["gone"]),
    (seen(condition(), connected=False, here_ms=GRACE_MS), "ready", []),
    (seen(condition(), refusal="identity-twice"), "not-ready", ["identity-twice"]),
    (seen(refusal="contract-differs", connected=False), "not-ready", ["contract-differs"]),
    (seen(refusal="wrong-mode", connected=False, here_ms=60_000), "not-ready", ["wrong-mode"]),
    (seen(), "not-ready", ["says-nothing"]),
    (seen(devices=(PRINTER, CALM)), "not-ready", ["cover-open", "says-nothing"]),
    (seen(condition(), ago_ms=FRESH_MS, devices=(PRINTER,)), "ready", []),
    (seen(condition(), ago_ms=FRESH_MS + 1), "not-ready", ["says-nothing"]),
    (seen(condition()), "ready", []),
    (seen(condition(LOW)), "look", ["media-low"]),
    (seen(condition(advice("card-present", "report"))), "ready", ["card-present"]),
    (seen(condition(LOW, PAPER, ready=False)), "not-ready", ["media-empty", "media-low"]),
    (seen(condition(ready=False)), "not-ready", ["not-ready"]),
    (seen(condition(PAPER)), "not-ready", ["media-empty"]),  # its pages are there, its paper is not
    (seen(condition(leases=(lease(),))), "in-maintenance", ["in-maintenance"]),
    (seen(condition(PAPER, ready=False, leases=(lease(),))), "in-maintenance", ["media-empty", "in-maintenance"]),
    (seen(condition(), forked=True), "look", ["forked"]),
    (seen(condition(), recovering=True), "not-ready", ["recovering"]),
    (seen(condition(), recovering=True, awaited=True), "not-ready", ["awaited"]),
    (seen(**AWAY, recovering=True, awaited=True), "not-heard", ["not-heard", "awaited"]),
    (seen(**AWAY, recovering=True, absent=True), "not-heard", ["not-heard", "absent"]),
]


@pytest.mark.parametrize(("known", "standing", "faults"), TABLE)
def test_what_is_known_of_a_box_is_what_is_said_of_it(known: Seen, standing: Standing, faults: list[str]) -> None:
    line = line_of(known, [])
    assert (standing_of(line), [need.fault for need in line.needs]) == (standing, faults)
    assert line.ready == (standing in ("ready", "look"))


@pytest.mark.parametrize("known", [row[0] for row in TABLE])
def test_every_need_says_what_it_is_what_to_do_and_what_carries_the_hall(known: Seen) -> None:
    for need in needs_of(known):
        for text, tag in itertools.product((need.what, need.mend, need.until), LANGUAGES):
            assert text[tag]
            assert not re.search(r"[{}]", text[tag])


@pytest.mark.parametrize("does", ["kiosk", "windows", "voice", "board", None])
def test_what_carries_the_hall_goes_by_what_the_box_is_there_for(does: Does | None) -> None:
    said = needs_of(Seen(box="b", does=(does,) if does else ()))[0].until
    assert said["en"] == room("boxes", "en")[f"until-{does or 'other'}"]


@settings(deadline=None)
@given(
    connected=st.booleans(),
    here_ms=st.none() | st.integers(0, 400_000),
    refusal=st.sampled_from(["", "identity-twice", "contract-differs", "wrong-mode"]),
    told=st.none() | st.booleans(),
    ago_ms=st.integers(0, 400_000),
    recovering=st.booleans(),
    leased=st.booleans(),
    broken=st.booleans(),
)
def test_what_is_not_known_is_never_ready(
    connected: bool,
    here_ms: int | None,
    refusal: str,
    told: bool | None,
    ago_ms: int,
    recovering: bool,
    leased: bool,
    broken: bool,
) -> None:
    needs = (PAPER,) if broken else ()
    said = None if told is None else condition(*needs, ready=told, leases=(lease(),) if leased else ())
    known = seen(
        said,
        ago_ms=ago_ms,
        connected=connected,
        here_ms=here_ms,
        refusal=refusal,
        recovering=recovering,
        heard_ms=here_ms,
    )
    here = connected or (here_ms is not None and here_ms <= GRACE_MS)
    assert is_ready(known) == (
        bool(told) and here and ago_ms <= FRESH_MS and not (refusal or recovering or leased or broken)
    )
    told_needs = needs_of(known)
    assert told_needs or is_ready(known)
    assert [RANK[need.severity] for need in told_needs] == sorted(RANK[need.severity] for need in told_needs)


def named(name: str, known: Seen, *does: Does, windows: tuple[int, ...] = ()) -> BoxLine:
    return line_of(replace(known, box=name, does=does), windows)


ORDER = [
    named("kiosk-2", seen(**AWAY), "kiosk"),
    named("kiosk-10", seen(condition(PAPER, ready=False)), "kiosk"),
    named("counter-3", seen(condition(PAPER, ready=False)), "windows", windows=(7, 8, 9)),
    named("counter-1", seen(condition(PAPER, ready=False)), "windows", windows=(1,)),
    named("board-1", seen(connected=False, here_ms=60_000), "board"),
    named("entrance-1", seen(**AWAY)),
    named("kiosk-3", seen(), "kiosk"),
    named("counter-2", seen(condition(leases=(lease(),))), "windows"),
    named("kiosk-4", seen(condition(LOW)), "kiosk"),
    named("kiosk-1", seen(condition()), "kiosk"),
    named("counter-4", seen(condition()), "windows"),
    named("counter-11", seen(condition()), "windows"),
]


@settings(deadline=None)
@given(st.permutations(ORDER))
def test_whoever_needs_a_person_most_stands_first(lines: list[BoxLine]) -> None:
    """Errors before warnings, kiosks before windows, what somebody is at already after both; then in names' order."""
    assert [line.box for line in sorted_by_need(lines)] == [line.box for line in ORDER]


def test_ready_and_worth_a_look_are_in_order_and_nothing_else() -> None:
    assert {standing_of(line) for line in ORDER if is_in_order(line)} == {"ready", "look"}


HOURS = [
    Hours(weekdays=[1, 2, 3, 4, 5], opens="13:30", closes="17:00"),
    Hours(weekdays=[1, 2, 3, 4, 5], opens="08:30", closes="12:00"),
]

MOMENTS = [
    ("2026-11-23", "2026-11-23T07:59:59", Doors("08:30", "early", 31)),
    ("2026-11-23", "2026-11-23T08:00", Doors("08:30", "check", 30)),
    ("2026-11-23", "2026-11-23T08:29:30", Doors("08:30", "check", 1)),
    ("2026-11-23", "2026-11-23T08:30", Doors("08:30", "open")),
    ("2026-11-23", "2026-11-23T12:00", Doors("08:30", "closed")),
    ("2026-11-23", "2026-11-23T13:30", Doors("08:30", "open")),
    ("2026-11-23", "2026-11-23T17:00", Doors("08:30", "closed")),
    ("2026-11-23", "2026-11-24T03:59", Doors("08:30", "closed")),  # the business day ends at 04:00
    ("2026-11-24", "2026-11-24T04:00", Doors("08:30", "early", 270)),
    ("2026-11-22", "2026-11-22T08:10", Doors("", "none")),  # a Sunday
    ("", "2026-11-23T08:10", Doors("", "none")),
]


@pytest.mark.parametrize(("business_date", "now", "told"), MOMENTS)
def test_half_an_hour_before_the_doors_open_the_boxes_are_looked_at(business_date: str, now: str, told: Doors) -> None:
    assert doors(HOURS, business_date, datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)) == told
