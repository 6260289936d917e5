"""How long a clerk waits for whoever was called: said by seconds and words, and asked about before it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from config.wording import both, say
from tests.screens import scene
from tests.screens.conftest import PRESS
from tests.screens.test_window import deed, stand

if TYPE_CHECKING:
    from tests.screens.stand_in import StandIn

pytestmark = pytest.mark.browser


def called(page: Page, stand_in: StandIn, number: str = "A1012", **absent: Any) -> None:
    """A number is called, and its holder has not come yet."""
    told = {"for": "", "left_ms": 12_000, "seconds": 20, "calls": 1, "wanted": 3, **absent}
    stand_in.tell("window", absent=told)
    stand(page, stand_in, "called", held=scene.held(number, calls=told["calls"]))


def says(key: str, **fields: object) -> str:
    return say("window", key, "zh-CN", **fields)


def test_the_seconds_run_down_by_themselves_and_then_it_says_what_may_be_done(at_work: Page, stand_in: StandIn) -> None:
    called(at_work, stand_in, calls=3)
    text = at_work.locator("#absent-text")
    expect(text).to_contain_text(says("absent-left", count=12))
    at_work.clock.run_for(5_000)
    expect(text).to_contain_text(says("absent-left", count=7))
    at_work.clock.run_for(7_500)
    expect(text).to_contain_text(says("absent-due"))


@pytest.mark.parametrize("waits_for", ["display", "voice"])
def test_a_call_that_is_not_shown_or_spoken_yet_is_said_to_be_so(
    at_work: Page, stand_in: StandIn, waits_for: str
) -> None:
    called(at_work, stand_in, left_ms=90_000, **{"for": waits_for})
    expect(at_work.locator("#absent-text")).to_contain_text(says(f"absent-{waits_for}"))


def test_before_the_third_call_it_says_to_call_again(at_work: Page, stand_in: StandIn) -> None:
    called(at_work, stand_in, left_ms=0, calls=2)
    expect(at_work.locator("#absent-text")).to_contain_text(says("absent-again", count=3))


@pytest.mark.parametrize("phase", ["idle", "serving"])
def test_it_stands_there_only_while_somebody_is_called(at_work: Page, stand_in: StandIn, phase: str) -> None:
    called(at_work, stand_in)
    expect(at_work.locator("#absent")).to_be_visible()
    stand_in.tell("window", absent=None)
    stand(at_work, stand_in, phase, held=scene.held("A1012") if phase == "serving" else None)
    expect(at_work.locator("#absent")).to_be_hidden()


@pytest.mark.parametrize(("left_ms", "calls", "asked"), [(0, 3, False), (9_000, 3, True), (0, 1, True)])
def test_a_number_is_missed_at_once_when_it_was_waited_for_and_after_a_question_before_that(
    at_work: Page, stand_in: StandIn, left_ms: int, calls: int, asked: bool
) -> None:
    called(at_work, stand_in, left_ms=left_ms, calls=calls)
    at_work.keyboard.press("m")
    if asked:
        expect(at_work.locator("#too-soon-title")).to_contain_text(says("absent-sure", number="A1012"))
        expect(at_work.locator("#too-soon [data-close]")).to_be_focused()
        assert not stand_in.to(PRESS)
        at_work.locator("#too-soon-miss").click()
    assert deed(stand_in) == {"act": "missed"}
    expect(at_work.locator("#too-soon")).to_be_hidden()


def test_the_question_is_put_away_by_one_key_and_nobody_is_missed(at_work: Page, stand_in: StandIn) -> None:
    called(at_work, stand_in)
    at_work.keyboard.press("m")
    expect(at_work.locator("#too-soon")).to_be_visible()
    at_work.keyboard.press("Escape")
    expect(at_work.locator("#too-soon")).to_be_hidden()
    at_work.keyboard.press("s")
    assert deed(stand_in) == {"act": "start"}


def test_when_another_is_called_meanwhile_the_question_is_about_nobody_any_more(
    at_work: Page, stand_in: StandIn
) -> None:
    called(at_work, stand_in)
    at_work.keyboard.press("m")
    expect(at_work.locator("#too-soon")).to_be_visible()
    called(at_work, stand_in, "A1013")
    expect(at_work.locator("#too-soon")).to_be_hidden()
    assert not stand_in.to(PRESS)


def test_a_daemon_that_tells_nothing_of_it_is_not_asked_for(at_work: Page, stand_in: StandIn) -> None:
    stand(at_work, stand_in, "called", held=scene.held("A1012"))
    expect(at_work.locator("#absent")).to_be_hidden()
    at_work.keyboard.press("m")
    assert deed(stand_in) == {"act": "missed"}


def test_the_question_is_asked_in_both_languages(at_work: Page, stand_in: StandIn) -> None:
    called(at_work, stand_in, left_ms=0)
    at_work.keyboard.press("m")
    for sentence in both("window", "absent-few", count=1, wanted=3).values():
        expect(at_work.locator("#too-soon-why")).to_contain_text(sentence)
