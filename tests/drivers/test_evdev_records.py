"""Event records: the literal ones, every one there and back, and whatever else a reader may get."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from evdev import ecodes
from hypothesis import given
from hypothesis import strategies as st

from drivers import evdev_record as event
from drivers.evdev_record import Record
from drivers.framing import Framer
from drivers.input_intake import Intake
from tests.drivers.keyboards import DROPPED, REPORT, key, stroke
from tests.drivers.vectors import FOLDER, Vector, vectors

KEYS: list[dict[str, Any]] = tomllib.loads((FOLDER / "evdev-keypad.toml").read_text(encoding="utf-8"))["key"]
CODES = (79, 80, 2, 69)
LONG_AGO, FAR_AHEAD = 1_500_000_000, 4_000_000_000

records = st.builds(
    Record,
    st.integers(LONG_AGO, FAR_AHEAD),
    st.integers(0, 999_999),
    st.just(event.EV_KEY),
    st.integers(1, 0x2FF),
    st.sampled_from((event.UP, event.DOWN, event.HELD)),
)
streams = st.lists(
    st.one_of(
        st.builds(key, st.sampled_from(CODES), st.sampled_from((event.UP, event.DOWN, event.HELD))),
        st.sampled_from((REPORT, DROPPED)),
    ),
    max_size=40,
)


def framer() -> Framer:
    return Framer(event.scan, event.CAP)


@pytest.mark.parametrize("vector", vectors("evdev-keypad"), ids=lambda vector: vector.name)
def test_these_bytes_are_this_record_and_press_this_key(vector: Vector) -> None:
    meaning = dict(vector.meaning)
    pressed = meaning.pop("key")
    (cut,) = framer().feed(vector.data)
    record = event.decode(cut)
    assert record == Record(**meaning)
    assert record.encode() == vector.data
    assert (event.pressed(record) or "") == pressed


@pytest.mark.parametrize("wanted", KEYS, ids=lambda wanted: wanted["name"])
def test_a_key_has_this_code_in_the_keypad_and_in_the_letters_part(wanted: dict[str, Any]) -> None:
    assert event.KEYPAD_COLUMN[wanted["name"]] == wanted["keypad"] == getattr(ecodes, wanted["named"])
    assert event.TOP_ROW.get(wanted["name"]) == wanted.get("top_row")
    if "top_row" in wanted:
        assert wanted["top_row"] == getattr(ecodes, wanted["named_there"])


def test_no_other_keys_are_known() -> None:
    assert {*event.KEYPAD_COLUMN} == {wanted["name"] for wanted in KEYS}
    assert {*event.TOP_ROW} == {wanted["name"] for wanted in KEYS if "top_row" in wanted}
    assert event.name_of(ecodes.KEY_NUMLOCK) is None


def test_what_is_asked_of_the_kernel_has_its_numbers() -> None:
    assert (event.EV_SYN, event.EV_KEY, event.EV_MSC) == (ecodes.EV_SYN, ecodes.EV_KEY, ecodes.EV_MSC)
    assert (event.SYN_REPORT, event.SYN_DROPPED) == (ecodes.SYN_REPORT, ecodes.SYN_DROPPED)
    assert ecodes.BTN_MISC == event.FIRST_BUTTON


@given(records)
def test_every_record_is_itself_again(record: Record) -> None:
    (cut,) = framer().feed(record.encode())
    assert event.decode(cut) == record


@given(st.binary(max_size=200), st.lists(st.integers(1, 30), max_size=10))
def test_whatever_comes_in_whatever_pieces_nothing_raises_and_little_is_kept(noise: bytes, sizes: list[int]) -> None:
    reader = framer()
    for size in sizes:
        for cut in reader.feed(noise[:size]):
            assert len(cut) == event.SIZE
        noise = noise[size:]
        assert len(reader) < event.SIZE


@given(st.binary(max_size=100), st.lists(records, min_size=1, max_size=3))
def test_after_noise_the_stream_is_found_again(noise: bytes, said: list[Record]) -> None:
    """It may take two records: nothing marks where one begins."""
    reader = framer()
    found = [event.decode(cut) for cut in reader.feed(noise + b"".join(record.encode() for record in [*said, *said]))]
    assert found[-1:] == said[-1:]


def intake(down: set[int] | None = None) -> Intake:
    return Intake(lambda: down or set())


def taken(at: Intake, *said: Record) -> list[Record]:
    data = at.take(b"".join(record.encode() for record in said))
    return [event.decode(cut) for cut in framer().feed(data)]


def presses(said: list[Record]) -> list[int]:
    return [record.code for record in said if record.type == event.EV_KEY and record.value == event.DOWN]


def test_a_plain_stroke_passes_as_it_is() -> None:
    assert taken(intake(), *stroke(79)) == stroke(79)


def test_after_an_overrun_everything_up_to_the_end_of_the_report_is_dropped() -> None:
    at = intake()
    assert presses(taken(at, DROPPED, *stroke(79)[:2], REPORT, *stroke(80))) == [80]
    assert at.dropped == 1


def test_a_key_that_an_overrun_hid_and_that_is_still_down_was_pressed() -> None:
    assert presses(taken(intake({79}), DROPPED, key(79, event.DOWN), REPORT)) == [79]


def test_a_key_down_before_an_overrun_and_after_it_was_pressed_once() -> None:
    assert presses(taken(intake({79}), key(79, event.DOWN), REPORT, DROPPED, REPORT, key(79, event.HELD))) == [79]


def test_a_key_whose_release_an_overrun_hid_can_be_pressed_again() -> None:
    at = intake()
    assert presses(taken(at, key(79, event.DOWN), REPORT, DROPPED, REPORT, *stroke(79))) == [79, 79]


def test_a_press_read_before_the_keys_were_asked_for_is_not_counted_twice() -> None:
    """The kernel's answer tells how it is now; what was read already told the same."""
    assert presses(taken(intake({79}), DROPPED, REPORT, key(79, event.DOWN), REPORT, key(79, event.UP))) == [79]


@given(streams, st.sets(st.sampled_from(CODES)))
def test_whatever_the_kernel_says_a_key_goes_down_only_when_it_was_up(said: list[Record], down: set[int]) -> None:
    held: set[int] = set()
    for record in taken(intake(down), *said):
        if record.type == event.EV_KEY and record.value == event.DOWN:
            assert record.code not in held
            held.add(record.code)
        elif record.type == event.EV_KEY and record.value == event.UP:
            held.discard(record.code)


@given(streams)
def test_without_overruns_nothing_is_lost_and_nothing_made_up(said: list[Record]) -> None:
    said = [record for record in said if record != DROPPED]
    held: set[int] = set()
    wanted: list[int] = []
    found = taken(intake(), *said)
    for record in said:
        if record.type == event.EV_KEY and record.value == event.DOWN and record.code not in held:
            wanted.append(record.code)
        if record.type == event.EV_KEY:
            (held.discard if record.value == event.UP else held.add)(record.code)
    assert presses(found) == wanted


@given(st.binary(max_size=300))
def test_an_intake_takes_anything(noise: bytes) -> None:
    at = intake({79})
    assert len(at.take(noise)) % event.SIZE == 0
