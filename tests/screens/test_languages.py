"""Further languages on a page: chosen by their own names, from right to left, from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from config.wording.packs import load_packs
from tests.screens.scene import kiosk_state
from tests.screens.stand_in import LIMIT_S, StandIn

pytestmark = pytest.mark.browser

PACKS = Path(__file__).parent / "packs"


@pytest.fixture
def spoken() -> Iterator[StandIn]:
    daemon = StandIn({"kiosk": kiosk_state()}, packs=load_packs(PACKS))
    yield daemon
    daemon.stop()


@pytest.fixture
def page(touch_screen: BrowserContext, spoken: StandIn) -> Page:
    page = touch_screen.new_page()
    page.set_default_timeout(LIMIT_S * 1000)
    page.goto(f"{spoken.origin}/kiosk")
    page.locator("#view-home").wait_for()
    return page


def choose(page: Page, name: str) -> None:
    page.locator("#language").tap()
    page.locator("dialog.languages").get_by_role("button", name=name).tap()


def in_sight(page: Page, selector: str) -> list[str]:
    """The languages in which it says something that can be seen, from its top."""
    shown = page.locator(f"{selector} .both > [lang]").filter(visible=True)
    tops = [(box["y"], each.get_attribute("lang") or "") for each in shown.all() if (box := each.bounding_box())]
    return [lang for _, lang in sorted(tops)]


def test_every_language_is_offered_by_its_own_name(page: Page) -> None:
    assert in_sight(page, "#view-home h1") == ["zh-CN", "en"]
    page.locator("#language").tap()
    names = page.locator("dialog.languages button").all_inner_texts()
    assert names == ["中文", "English", "ᠮᠣᠩᠭᠣᠯ", "ئۇيغۇرچە"]
    for button in page.locator("dialog.languages button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 60


def test_a_language_is_chosen_by_keys_alone(page: Page) -> None:
    page.locator("#language").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog.languages")).to_be_visible()
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "ug")
    expect(page.locator("dialog.languages")).to_have_count(0)


def test_a_language_from_right_to_left_turns_the_page_and_has_chinese_beside_it(page: Page) -> None:
    choose(page, "ئۇيغۇرچە")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert in_sight(page, "#ask-help-says") == ["ug", "zh-CN"]
    expect(page.locator("#ask-help-says [lang=ug]")).to_have_text("ياردەم")
    hall, date = (page.locator(each).bounding_box() for each in ("#hall-name", "#date"))
    assert hall is not None
    assert date is not None
    assert hall["x"] > date["x"]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("selector", ["#hall-name", "#view-home h1"])
def test_what_is_not_said_in_it_stands_there_in_chinese_alone_and_large(page: Page, selector: str) -> None:
    """A name that the hall has in Chinese, and a sentence that the pack leaves out."""
    size = page.locator(f"{selector} [lang=zh-CN]").evaluate("element => getComputedStyle(element).fontSize")
    choose(page, "ئۇيغۇرچە")
    assert in_sight(page, selector) == ["zh-CN"]
    expect(page.locator(f"{selector} [lang=zh-CN]")).to_have_css("font-size", size)


def test_a_language_from_top_to_bottom_is_written_so_and_stays_on_the_page(page: Page) -> None:
    choose(page, "ᠮᠣᠩᠭᠣᠯ")
    help_ = page.locator("#ask-help-says [lang=mn-Mong]")
    expect(help_).to_have_css("writing-mode", "vertical-lr")
    box = help_.bounding_box()
    assert box is not None
    assert box["height"] > box["width"]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_next_citizen_is_greeted_in_chinese(page: Page, spoken: StandIn) -> None:
    spoken.answers["/kiosk/tickets"] = (
        200,
        {"ticket_id": "t", "number": "A1001", "outcome": "printed", "ahead": 0, "service": "1", "service_name": "社保"},
    )
    choose(page, "ئۇيغۇرچە")
    page.locator(".service-button").first.tap()
    page.locator("#result-done").tap()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
