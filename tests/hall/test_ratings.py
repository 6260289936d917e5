from __future__ import annotations

import pytest

from hall.contract import CallNext, Finish, Redirect, Start, Undo
from tests.hall.scene import Box, Scene


@pytest.fixture
def ticket(kiosk: Box) -> str:
    return kiosk.take()


@pytest.fixture
def pad(scene: Scene) -> Box:
    return scene.box("counter-1", "ab")


def grade(pad: Box, ticket: str, word: str) -> None:
    pad.tell("rated", operator="1001", ticket=ticket, window=1, grade=word, channel="pad")


def silence(pad: Box, ticket: str, reason: str) -> None:
    pad.tell("not-rated", operator="1001", ticket=ticket, window=1, reason=reason)


def kept(scene: Scene) -> list[tuple[str | None, ...]]:
    return scene.rows("SELECT outcome, grade, reason, channel, operator FROM rating")


def test_a_grade_is_kept_with_who_served(scene: Scene, pad: Box, ticket: str) -> None:
    grade(pad, ticket, "satisfied")
    assert kept(scene) == [("rated", "satisfied", None, "pad", "1001")]


def test_what_was_chosen_beside_the_grade_is_kept_with_it(scene: Scene, pad: Box, ticket: str) -> None:
    tags = "slow,attitude"
    pad.tell("rated", operator="1001", ticket=ticket, window=1, grade="dissatisfied", channel="page", tags=tags)
    assert scene.rows("SELECT grade, channel, tags FROM rating") == [("dissatisfied", "page", "slow,attitude")]


def test_no_grade_is_kept_with_its_reason(scene: Scene, pad: Box, ticket: str) -> None:
    silence(pad, ticket, "timed-out")
    assert kept(scene) == [("not-rated", None, "timed-out", None, "1001")]


def test_a_grade_beats_its_absence_whichever_comes_first(scene: Scene, pad: Box, ticket: str) -> None:
    silence(pad, ticket, "timed-out")
    grade(pad, ticket, "dissatisfied")
    silence(pad, ticket, "next-started")
    assert [row[:2] for row in kept(scene)] == [("rated", "dissatisfied")]
    assert scene.conflicts() == []


def test_a_second_grade_is_a_conflict_and_the_first_stands(scene: Scene, pad: Box, ticket: str) -> None:
    grade(pad, ticket, "very-dissatisfied")
    grade(pad, ticket, "very-satisfied")
    assert [row[1] for row in kept(scene)] == ["very-dissatisfied"]
    assert scene.conflicts() == ["rated-twice"]


def test_a_grade_that_is_no_word_of_the_standard_is_a_conflict(scene: Scene, pad: Box, ticket: str) -> None:
    grade(pad, ticket, "5")
    assert kept(scene) == []
    assert scene.conflicts() == ["invalid"]


def test_the_visit_is_rated_not_the_slip(scene: Scene, kiosk: Box, pad: Box) -> None:
    lost, _ = kiosk.issue()
    kiosk.tell("voided", ticket=lost, reason="media-empty")
    anew = kiosk.tell("requested", service="11", touch="t", place_of=lost)
    given = kiosk.reserve(anew, "11", place_of=lost)
    kiosk.tell("issued", ticket=anew, service="11", number=given.digits, source="hall", date=given.date)
    grade(pad, anew, "satisfied")
    assert scene.rows("SELECT visit FROM rating") == [(lost,)]


def test_a_rated_visit_is_asked_for_no_more_not_even_when_it_was_taken_back(
    scene: Scene, pad: Box, ticket: str
) -> None:
    for kind in (CallNext, Start, Finish):
        scene.press(kind)
    assert scene.window().finished is not None
    grade(pad, ticket, "satisfied")
    assert scene.window().finished is None
    scene.press(Undo)
    scene.press(Finish)
    assert (scene.window().finished, scene.ticket(ticket).state) == (None, "finished")


def test_a_rated_visit_that_was_sent_on_tells_its_next_window_so(scene: Scene, pad: Box, ticket: str) -> None:
    """That window may lose the hall, and would ask again by itself."""
    scene.call_next()
    scene.press(Finish)
    grade(pad, ticket, "satisfied")
    scene.press(Undo)
    assert scene.window().held.rated is True  # type: ignore[union-attr]
    scene.press(Redirect, service="41")
    assert scene.press(CallNext, 3).window.held.rated is True  # type: ignore[union-attr]


def test_a_visit_that_nobody_rated_can_be_asked_again(scene: Scene, pad: Box, ticket: str) -> None:
    for kind in (CallNext, Start, Finish):
        scene.press(kind)
    silence(pad, ticket, "timed-out")
    assert scene.window().finished is not None
