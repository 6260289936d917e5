"""How calls are spoken when they pile up: how many in a sentence, how fast, in which languages. Pure.

Everybody is to be heard within PROMISED_S of their own press, and nobody more hurriedly than that takes.

| waiting                                   | a sentence                                                              |
|-------------------------------------------|-------------------------------------------------------------------------|
| at most MOST_IN_A_SENTENCE                | all of them, in every language, at the speaker's own speed              |
| up to MOST_CALM, none for CALM_S          | MOST_IN_A_SENTENCE of them, likewise                                    |
| more, or some for longer than CALM_S      | the first language alone, no chime between sentences, brief words, up   |
|                                           | to MOST_IN_HASTE, as fast as the last of them needs to be heard in time |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PROMISED_S = 120.0
AIM_S = 90.0
"""Aimed at, so that what is called meanwhile and a sentence that is begun already still keep to the promise."""

MOST_CALM = 10
CALM_S = 60.0
"""Four calls take 17 s in Chinese and 20 s in English (measured): who waits this long yet is heard by 120 s."""

MOST_IN_A_SENTENCE = 4
"""A citizen has to find the own number among them; four take some fifteen seconds in each language."""
MOST_IN_HASTE = 6
"""Eight would save 3 per cent of the time (measured), and be harder to find the own one in."""
SENTENCE_S = 20.0
"""A hurried sentence is not longer either."""

CALL_S = 3.2
"""One call of a brief sentence at the usual speed, until the speaker's own is known (measured, 150 words a minute)."""
BRIEF = 0.75
"""What a call takes in a brief sentence, of what it takes in a usual one (measured: 3.1 of 4.2 s)."""
LEAST_S = 0.5
"""A speaker that has only a chime says a sentence in no time."""
FASTEST = 2.4
"""The slowest speed that a speaker can be set to, times this, is the fastest that is understood (drivers.speaker)."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the next sentence is spoken. ``pace``: times the speaker's own speed."""

    most: int
    hurried: bool = False
    pace: float = 1.0


def manner(ages: Sequence[float], call_s: float = CALL_S) -> Manner:
    """``ages``: how long each call waits by now (s), in speaking order. ``call_s``: of one at the usual speed."""
    call_s = max(call_s, LEAST_S)
    waiting = len(ages)
    late = waiting > MOST_IN_A_SENTENCE and max(ages) > CALM_S
    if waiting <= MOST_CALM and not late:
        return Manner(MOST_IN_A_SENTENCE)
    needed = (place * call_s / max(AIM_S - age, call_s) for place, age in enumerate(ages, 1))
    pace = min(max(1.0, *needed), FASTEST)
    return Manner(max(1, min(MOST_IN_HASTE, int(SENTENCE_S * pace / call_s))), True, pace)
