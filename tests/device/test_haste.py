"""How calls are spoken hangs on how many wait and for how long: calmly while it can be, never too late to matter."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.flows.haste import (
    AIM_S,
    CALL_S,
    CALM_S,
    FASTEST,
    MOST_CALM,
    MOST_IN_A_SENTENCE,
    MOST_IN_HASTE,
    SENTENCE_S,
    Manner,
    manner,
)

AGES = st.lists(st.floats(0, 600), min_size=1, max_size=80)
CALL = st.floats(0, 12)


@pytest.mark.parametrize("waiting", [0, 1, MOST_IN_A_SENTENCE, MOST_CALM])
def test_few_are_spoken_calmly(waiting: int) -> None:
    assert manner([5.0] * waiting) == Manner(MOST_IN_A_SENTENCE)


def test_more_than_ten_are_spoken_in_haste() -> None:
    assert manner([0.0] * (MOST_CALM + 1)).hurried


def test_fewer_too_when_one_of_them_has_waited_long_and_not_all_fit_in_one_sentence() -> None:
    late = CALM_S + 1
    assert manner([late] * (MOST_IN_A_SENTENCE + 1)).hurried
    assert not manner([late] * MOST_IN_A_SENTENCE).hurried


@settings(deadline=None)
@given(AGES, CALL)
def test_no_sentence_is_empty_or_longer_than_can_be_listened_to(ages: list[float], call_s: float) -> None:
    how = manner(ages, call_s)
    assert 1 <= how.most <= MOST_IN_HASTE
    assert 1.0 <= how.pace <= FASTEST
    assert how.most == 1 or how.most <= MOST_IN_A_SENTENCE or how.most * call_s / how.pace <= SENTENCE_S + 1e-6


@settings(deadline=None)
@given(st.lists(st.floats(0, 60), min_size=11, max_size=80))
def test_the_pace_brings_everybody_in_time_where_any_pace_does(ages: list[float]) -> None:
    ages.sort(reverse=True)
    pace = manner(ages).pace
    late = [place * CALL_S / pace - (AIM_S - age) for place, age in enumerate(ages, 1)]
    assert pace == FASTEST or max(late) <= 1e-6


def test_a_speaker_that_has_only_a_chime_is_no_bug() -> None:
    assert manner([0.0] * 20, 0.0).hurried
