"""Large and slow, high contrast, low reach: one touch each, measured on the drawn page, forgotten with the visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.screens.matters import matters_state
from tests.screens.test_kiosk import TICKETS, ticket
from tests.screens.test_kiosk_home import open_matter
from tests.screens.test_looks import TEXTS, VIEWS, contrast, show

if TYPE_CHECKING:
    from tests.screens.stand_in import StandIn

pytestmark = pytest.mark.browser

SAY = "/kiosk/say"
# Every text in sight with its size and the height of its line, in CSS pixels; a number or a key is one line.
SIZES = """() => [...document.body.querySelectorAll('*')].flatMap(element => {
  const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  if (!own || !element.checkVisibility() || element.closest('.unseen, .number, .key')) return [];
  const style = getComputedStyle(element);
  return [[parseFloat(style.fontSize), parseFloat(style.lineHeight), element.textContent.trim()]];
})"""


def choose(page: Page, mode: str) -> None:
    page.locator(f"[data-way='{mode}']").tap()
    expect(page.locator(f"[data-way='{mode}']")).to_have_attribute("aria-pressed", "true")


def filled(page: Page, stand_in: StandIn) -> list[str]:
    """Fill every view with what a citizen may meet there; the views."""
    stand_in.answers |= {TICKETS: (200, ticket()), "/help": (200, {"help": "h", "coming": False})}
    open_matter(page)
    page.locator("#take").tap()
    expect(page.locator("#view-result")).to_be_visible()
    page.locator("#unsure").tap()
    page.locator("#ask-help").tap()
    expect(page.locator("#help-came")).to_be_visible()
    show(page, "home")
    return VIEWS


def enter(page: Page, mode: str) -> None:
    page.evaluate("mode => import('/static/kiosk_modes.js').then(modes => modes.setMode(mode, true))", mode)


def test_elder_text_is_thirty_pixels_and_more_on_lines_that_stand_apart(matters: Page, stand_in: StandIn) -> None:
    views = filled(matters, stand_in)
    enter(matters, "elder")
    for view in views:
        show(matters, view)
        for size, line, text in matters.evaluate(SIZES):
            assert size >= 30, (view, text)
            assert line / size >= 1.299, (view, text)


def test_elder_targets_are_sixty_pixels_and_more_and_stand_in_sight_whole(matters: Page, stand_in: StandIn) -> None:
    views = filled(matters, stand_in)
    enter(matters, "elder")
    for view in views:
        show(matters, view)
        for button in matters.locator("button:visible").all():
            box = button.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 60, view
            assert box["x"] >= 0, view
            assert box["x"] + box["width"] <= 1080, view


def test_elder_home_asks_one_question_and_keeps_all_other_ways_behind_one_button(matters: Page) -> None:
    choose(matters, "elder")
    assert matters.locator("#ways .choice").count() == 1
    matters.locator("#ways .choice").tap()
    expect(matters.locator("#view-find h1")).to_be_focused()
    assert matters.locator("#find-ways .choice").count() == 4
    matters.locator("#find-ways [data-way='unit']").tap()
    matters.locator("#list [data-unit='hrss']").tap()
    assert matters.locator("#list .choice").count() == 5


def test_whoever_showed_a_card_and_wants_it_large_gets_it_large(matters: Page) -> None:
    matters.evaluate("document.dispatchEvent(new CustomEvent('offer-elder'))")
    expect(matters.locator("html")).to_have_attribute("data-elder", "")
    expect(matters.locator("[data-way='elder']")).to_have_attribute("aria-pressed", "true")


def test_elder_mode_waits_three_times_as_long_and_then_counts_down_three_times_as_long(
    matters: Page, stand_in: StandIn
) -> None:
    stand_in.tell("kiosk", idle_seconds=10)
    choose(matters, "elder")
    matters.clock.run_for(29_000)
    expect(matters.locator("#idle")).to_be_hidden()
    matters.clock.run_for(1_500)
    expect(matters.locator("#idle")).to_be_visible()
    matters.clock.run_for(58_000)
    expect(matters.locator("#idle")).to_be_visible()
    matters.clock.run_for(2_500)
    expect(matters.locator("#idle")).to_be_hidden()
    expect(matters.locator("html")).not_to_have_attribute("data-elder", "")


def test_the_number_stays_three_times_as_long_in_sight(matters: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket())
    choose(matters, "elder")
    open_matter(matters)
    matters.locator("#take").tap()
    expect(matters.locator("#result-number")).to_be_visible()
    matters.clock.run_for(28_000)
    expect(matters.locator("#view-result")).to_be_visible()
    matters.clock.run_for(3_000)
    expect(matters.locator("#view-home")).to_be_visible()


def test_ways_of_showing_last_while_one_looks_about_and_end_with_the_visit(matters: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket())
    page = matters.locator("html")
    for mode in ("elder", "contrast", "low"):
        choose(matters, mode)
    open_matter(matters)
    matters.locator("#view-matter [data-back]").tap()
    for mode in ("elder", "contrast", "low"):
        expect(page).to_have_attribute(f"data-{mode}", "")
    open_matter(matters)
    matters.locator("#take").tap()
    matters.locator("#result-done").tap()
    for mode in ("elder", "contrast", "low"):
        expect(page).not_to_have_attribute(f"data-{mode}", "")
        expect(matters.locator(f"[data-way='{mode}']")).to_have_attribute("aria-pressed", "false")
    assert matters.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0


def test_a_way_is_taken_back_by_the_same_button_which_keeps_the_focus(matters: Page) -> None:
    button = matters.locator("[data-way='contrast']")
    button.focus()
    for on in ("true", "false"):
        matters.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-pressed", on)
        expect(button).to_be_focused()


def test_elder_mode_reads_each_question_aloud_and_nobody_else_s_page_speaks(matters: Page, stand_in: StandIn) -> None:
    stand_in.answers[SAY] = (200, {"said": True})
    stand_in.tell("kiosk", speaks=True, services=[{**each, "waiting": 99} for each in matters_state()["services"]])
    expect(matters.locator("#eight .choice").first).to_contain_text("99")
    open_matter(matters)
    matters.keyboard.press("Escape")
    assert stand_in.to(SAY) == []
    choose(matters, "elder")
    stand_in.wait_for(1, SAY)
    open_matter(matters)
    asked = [post.body for post in stand_in.wait_for(2, SAY)]
    assert asked == [{"key": key, "language": "zh-CN"} for key in ("elder-on", "matter-take")]


def test_the_countdown_is_shown_and_spoken_to_everybody(matters: Page, stand_in: StandIn) -> None:
    stand_in.answers[SAY] = (200, {"said": True})
    stand_in.tell("kiosk", speaks=True, idle_seconds=10)
    open_matter(matters)
    matters.clock.run_for(10_500)
    expect(matters.locator("#idle-left")).to_contain_text("秒后回到首页")
    [post] = stand_in.wait_for(1, SAY)
    assert post.body["key"] == "idle-aloud"
    matters.locator("#idle-continue").tap()
    expect(matters.locator("#view-matter")).to_be_visible()


def test_high_contrast_is_ten_to_one_and_more_on_every_view(matters: Page, stand_in: StandIn) -> None:
    views = filled(matters, stand_in)
    enter(matters, "contrast")
    for id_ in ("notice-lost", "notice-cannot"):
        matters.evaluate("id => document.getElementById(id).hidden = false", id_)
    for view in views:
        show(matters, view)
        for text, ink, ground in matters.evaluate(TEXTS):
            assert contrast(ink, ground) >= 10, (view, text)


@pytest.mark.parametrize("band", [0.67, 0.5])
def test_low_reach_puts_every_control_into_the_lower_band(matters: Page, stand_in: StandIn, band: float) -> None:
    stand_in.tell("kiosk", low_band=band)
    views = filled(matters, stand_in)
    enter(matters, "low")
    for view in views:
        show(matters, view)
        top = 1920 * (1 - band)
        for button in matters.locator("main button:visible, footer button:visible").all():
            button.scroll_into_view_if_needed()
            box = button.bounding_box()
            assert box is not None
            assert top <= box["y"] + 1, view
            assert box["y"] + box["height"] <= 1921, view


def test_low_reach_shows_all_the_keys_and_the_eight_without_scrolling(matters: Page) -> None:
    choose(matters, "low")
    footer = matters.locator("footer").bounding_box()
    assert footer is not None
    for view, buttons in (("home", "#eight .choice, #ways .choice"), ("search", "#keys .key")):
        if view == "search":
            matters.locator("#ways [data-way='search']").tap()
        for button in matters.locator(buttons).all():
            box = button.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= footer["y"], view


@pytest.mark.parametrize("modes", [(), ("elder",), ("low",), ("elder", "low", "contrast")])
def test_no_way_of_showing_scrolls_sideways(matters: Page, stand_in: StandIn, modes: tuple[str, ...]) -> None:
    views = filled(matters, stand_in)
    for mode in modes:
        enter(matters, mode)
    for view in views:
        show(matters, view)
        assert matters.evaluate("document.querySelector('main').scrollWidth <= window.innerWidth"), view
        assert matters.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), view
