"""The bench counts whoever was not called aloud, and measures the longest wait from press to ear."""

from __future__ import annotations

from simulators.account import Call
from simulators.bench.pile import Heard, figures, heard_of


def call(at_ms: int, spoken_ms: int | None) -> Call:
    return Call(call_id="c", ticket_id="t", number="A11001", window=101, at_ms=at_ms, spoken_ms=spoken_ms)


def test_a_number_is_heard_from_its_press_to_the_end_of_its_sentence() -> None:
    assert heard_of([call(1000, 6500), call(2000, 6500), call(3000, None)]) == Heard([5.5, 4.5], 1)


def test_a_call_that_nobody_heard_and_one_that_was_late_break_the_promise() -> None:
    said = ["ding-dong", "请A11001号到101号窗口", "Ticket A11001, please go to counter 101."]
    late = {figure.name: figure for figure in figures(60, Heard([30.0, 121.0], 1), said)}
    assert {name.partition(": ")[2] for name, figure in late.items() if not figure.ok} == {
        "not called aloud",
        "press → heard, max",
        "press → heard, max ÷ promised 120 s",
    }
    sentences = [figure.value for name, figure in late.items() if "sentences" in name]
    assert sentences == [1, 1]


def test_everybody_heard_in_time_keeps_it() -> None:
    assert all(figure.ok for figure in figures(2, Heard([30.0, 120.0], 0), []))
