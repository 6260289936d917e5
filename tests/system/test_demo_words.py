"""What the bench page says: the same in both languages, every kind of fact in plain words."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from config.wording import LANGUAGES, room
from hall.contract import FactKind
from simulators.account import Fact
from simulators.demo.onlooker import fact_words, tried_by

DATA: dict[str, dict[str, str | int]] = {
    "requested": {"service": "11", "touch": "t"},
    "issued": {"ticket": "k/j/2", "service": "11", "number": "11001", "source": "band"},
    "voided": {"ticket": "k/j/2", "reason": "media-empty"},
    "request": {"request": "r", "window": 1, "type": "call-next"},
    "answered": {"request": "r", "window": 1, "type": "call-next", "outcome": "done", "reason": "", "answer": "{}"},
    "admitted": {"window": 1, "call": "c", "digits": "11001", "service": "11", "date": "2026-03-02", "how": "typed"},
    "started": {"window": 1, "ticket": "k/j/2", "call": "c"},
    "finished": {"window": 1, "ticket": "k/j/2", "call": "c"},
    "missed": {"window": 1, "ticket": "k/j/2", "call": "c"},
    "shown": {"ticket": "k/j/2", "call": "c", "window": 1, "on": "display"},
    "spoken": {"ticket": "k/j/2", "call": "c", "window": 1},
    "by-screen": {"ticket": "k/j/2"},
    "stepped-away": {"ticket": "k/j/2", "minutes": 15},
    "stepped-back": {"ticket": "k/j/2"},
    "given-back": {"ticket": "k/j/2"},
    "transferred": {"ticket": "k/j/2", "service": "12", "by": "G001"},
    "readmitted": {"ticket": "k/j/2", "by": "G001"},
    "looked-for": {"ticket": "k/j/2", "call": "c", "by": "G001", "found": True},
    "slip-left": {"ticket": "k/j/2"},
    "slip-taken": {"ticket": "k/j/2"},
    "card-left": {"reader": "id-card"},
    "card-taken": {"reader": "id-card"},
    "help-asked": {"help": "h1", "at": "kiosk", "window": 0, "ticket": ""},
    "help-ended": {"help": "h1", "how": "came"},
    "rating-opened": {"ticket": "k/j/2", "window": 1, "seconds": 60},
    "rated": {"ticket": "k/j/2", "window": 1, "grade": "very-satisfied", "channel": "pad"},
    "not-rated": {"ticket": "k/j/2", "window": 1, "reason": "timed-out"},
    "card-read": {"window": 1, "reader": "id_card", "card": "resident", "outcome": "read"},
    **{
        f"sheets-{what}": {"printer": "office", "first": "NO.000101", "sheets": 2}
        for what in ("loaded", "taken", "printed", "unused", "doubtful", "spoiled")
    },
    "device": {"name": "ticket-printer", "phase": "stopped", "reasons": "media-empty,simulated"},
}


def fact(kind: str) -> Fact:
    return Fact(row=1, device="kiosk-1", journal="j", seq=2, kind=kind, at_ms=0, data=dict(DATA.get(kind, {})))


def test_both_languages_have_the_same_sentences_with_the_same_fields() -> None:
    chinese, english = (room("bench", language) for language in LANGUAGES)
    assert list(chinese) == list(english)
    for key, text in chinese.items():
        assert re.findall(r"{\w+}", text) == re.findall(r"{\w+}", english[key]), key


@pytest.mark.parametrize("kind", get_args(FactKind))
def test_every_kind_of_fact_is_told_in_words_without_keywords(kind: str) -> None:
    words = fact_words(fact(kind), "11001")
    assert words["zh-CN"] != kind
    assert not re.search(r"[a-z]+-[a-z]+", words["zh-CN"].replace("ticket-printer", ""))


def test_an_unknown_fact_is_told_as_it_is() -> None:
    assert fact_words(fact("eclipsed"), "")["en"] == "eclipsed"


def test_the_list_of_things_to_try_is_ticked_off_by_facts() -> None:
    kinds = ["printed", "shown", "rating-opened", "rated", "issued"]
    assert [tried_by(fact(kind)) for kind in kinds] == ["take", "call", "finish", "rate", None]
