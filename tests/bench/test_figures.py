"""Figures: what a percentile is, when a bar holds, what the table and the JSON file say."""

from __future__ import annotations

import json

import pytest

from simulators.bench import main
from simulators.bench.call import Called, violations
from simulators.bench.figures import Figure, at_least, at_most, median, percentile, readable, table


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert percentile(values, 50) == 50
    assert percentile(values, 99) == 99
    assert percentile(values, 100) == 100
    assert percentile([7.0], 50) == percentile([7.0], 99) == 7.0


def test_the_median_of_five_is_the_third() -> None:
    assert median([9.0, 1.0, 5.0, 3.0, 7.0]) == 5.0


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_a_bar_is_kept_by_reaching_it_exactly() -> None:
    assert Figure("a", 10.0, "ms", at_most(10)).ok
    assert not Figure("a", 10.001, "ms", at_most(10)).ok
    assert Figure("a", 10.0, "1/s", at_least(10)).ok
    assert not Figure("a", 9.999, "1/s", at_least(10)).ok


def test_a_figure_without_a_bar_is_never_wrong() -> None:
    assert Figure("bare echo", 0.2, "ms").ok
    assert Figure("bare echo", 0.2, "ms").row()["bar"] is None


def test_numbers_have_the_decimals_their_size_deserves() -> None:
    assert [readable(n) for n in (0.0, 0.123456, 1.5, 12.34567, 647.0, 3210.4)] == [
        "0",
        "0.123",
        "1.5",
        "12.35",
        "647",
        "3210",
    ]


def test_the_table_has_a_line_a_figure_and_shouts_what_is_missed() -> None:
    lines = table([Figure("kept", 1.0, "ms", at_most(2)), Figure("missed", 3.0, "ms", at_most(2))]).splitlines()
    assert lines[0].split() == ["figure", "value", "unit", "bar", "ok"]
    assert lines[2].split() == ["kept", "1", "ms", "≤", "2", "yes"]
    assert lines[3].split() == ["missed", "3", "ms", "≤", "2", "NO"]


def test_the_json_file_has_a_row_a_figure_and_the_machine() -> None:
    told = json.loads(main.document([Figure("a", 1.23456, "ms", at_most(2)), Figure("b", 2.0, "ms")]))
    assert told["figures"] == [
        {"name": "a", "value": 1.2346, "unit": "ms", "bar": "≤ 2", "ok": True},
        {"name": "b", "value": 2.0, "unit": "ms", "bar": None, "ok": True},
    ]
    assert told["machine"]["cores"] >= 1
    assert {"kernel", "python"} <= told["machine"].keys()


def test_one_call_a_ticket_is_no_violation_however_often_it_is_told() -> None:
    assert violations([Called("t1", "c1", 11), Called("t1", "c1", 11), Called("t2", "c2", 12)]) == 0


def test_two_calls_of_a_ticket_are_a_violation() -> None:
    assert violations([Called("t1", "c1", 11), Called("t1", "c2", 11)]) == 1


def test_a_ticket_at_two_windows_is_a_violation() -> None:
    assert violations([Called("t1", "c1", 11), Called("t1", "c1", 12)]) == 1
