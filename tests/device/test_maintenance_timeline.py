"""The faults of the last week, from facts alone, and kept when the facts are dropped."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.clock import Clock
from device.journal import Journal
from device.maintenance.timeline import MOST_SPANS, WEEK_MS, Timeline, since, spans_of
from device.watch import Watch
from hall.contract import Fact
from hall.contract.maintenance import FaultSpan

NOW_MS = 1_800_000_000_000


def fact(at_ms: int, name: str, *reasons: str, kind: str = "device") -> Fact:
    data: dict[str, Any] = {"name": name, "family": "x", "phase": "idle", "reasons": ",".join(reasons)}
    return Fact(
        seq=at_ms + 1,
        prev="",
        kind=kind,
        at_ms=at_ms,
        trust="compared",
        boot="b",
        mono_ms=at_ms,
        mode="demo",
        data=data,
    )


def told(spans: list[FaultSpan]) -> list[tuple[str, str, int, int | None]]:
    return [(span.device, span.keyword, span.from_ms, span.until_ms) for span in spans]


def test_a_fault_stands_from_the_fact_that_names_it_until_the_one_that_does_not() -> None:
    facts = [
        fact(1, "printer", "media-low"),
        fact(2, "display", "link-lost"),
        fact(3, "printer", "cover-open", "media-low"),
        fact(4, "printer", "media-low"),
        fact(5, "display"),
        fact(6, "printer", "media-empty"),
    ]
    assert told(spans_of(facts)) == [
        ("printer", "media-low", 1, 6),
        ("display", "link-lost", 2, 5),
        ("printer", "cover-open", 3, 4),
        ("printer", "media-empty", 6, None),
    ]


def test_what_is_a_mere_report_is_no_fault_and_an_unknown_word_is_a_warning() -> None:
    facts = [fact(1, "printer", "simulated", "in-maintenance", "media-not-taken", "odd-thing")]
    (span,) = spans_of(facts)
    assert (span.keyword, span.severity) == ("odd-thing", "warning")


def test_other_facts_say_nothing_of_devices() -> None:
    assert spans_of([fact(1, "printer", "media-low", kind="rated")]) == []


def test_a_clock_that_was_set_back_makes_no_fault_that_ends_before_it_began() -> None:
    (span,) = spans_of([fact(100, "printer", "media-low"), fact(50, "printer")])
    assert (span.from_ms, span.until_ms) == (100, 100)


def test_a_week_is_told_and_no_more_than_a_page_can_hold() -> None:
    spans = spans_of([fact(at, "d", *(["link-lost"] if at % 2 else [])) for at in range(2 * MOST_SPANS + 20)])
    assert len(since(spans, 0)) == MOST_SPANS
    assert since(spans, 2 * MOST_SPANS + 19)[-1] == spans[-1]
    assert len(since(spans, 2 * MOST_SPANS + 20)) == 1  # the last one still stands


REASONS = st.lists(st.sampled_from(["media-low", "cover-open", "link-lost", "simulated"]), unique=True)


@given(steps=st.lists(st.tuples(st.sampled_from(["a", "b"]), REASONS)), cut=st.integers(0, 20))
def test_told_in_two_parts_it_is_the_same_as_told_at_once(steps: list[tuple[str, list[str]]], cut: int) -> None:
    facts = [fact(at, name, *reasons) for at, (name, reasons) in enumerate(steps)]
    assert spans_of(facts[cut:], spans_of(facts[:cut])) == spans_of(facts)


@pytest.fixture
def clock() -> Clock:
    return Clock(wall_ms=lambda: NOW_MS, mono_ms=lambda: 1000, boot_id="b")


async def record(journal: Journal, *reasons: str) -> None:
    await journal.record("device", {"name": "printer", "family": "x", "phase": "idle", "reasons": ",".join(reasons)})


@pytest.mark.wire
async def test_what_dropped_facts_told_is_carried_over(tmp_path: Path, clock: Clock) -> None:
    date, changes = "2026-01-05", Watch()
    journal = Journal.open(tmp_path / "journal.db", "kiosk-1", clock, "demo")
    await record(journal, "media-empty")
    await record(journal)
    timeline = Timeline(journal, clock)
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(timeline.keep(changes, lambda: date))
        with journal.watch.watching() as changed:
            while journal.recall("faults") is None:
                await changed.wait()
                changed.clear()
        before = timeline.faults()
        assert [(span.keyword, span.until_ms) for span in before] == [("media-empty", NOW_MS)]
        journal.acknowledge(journal.head()[0], journal.head()[0])
        for day in range(5, 10):  # its facts are backed up, and older than two business days
            await journal.prune(f"2026-01-{day:02}")
            await record(journal, "cover-open")
            journal.acknowledge(journal.head()[0], journal.head()[0])
        assert journal.kept_from > 3
        keeping.cancel()
    await journal.close()

    journal = Journal.open(tmp_path / "journal.db", "kiosk-1", clock, "demo")
    spans = Timeline(journal, clock).faults()
    assert [(span.keyword, span.until_ms) for span in spans] == [("media-empty", NOW_MS), ("cover-open", None)]
    await journal.close()


@pytest.mark.wire
async def test_a_note_that_nobody_can_read_begins_anew(tmp_path: Path, clock: Clock) -> None:
    journal = Journal.open(tmp_path / "journal.db", "kiosk-1", clock, "demo")
    await journal.remember("faults", '{"spans": 7}')
    await record(journal, "media-low")
    assert [span.keyword for span in Timeline(journal, clock).faults()] == ["media-low"]
    await journal.close()


def test_a_week_has_seven_days() -> None:
    assert WEEK_MS == 7 * 24 * 60 * 60 * 1000
