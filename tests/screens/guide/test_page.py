"""The guide's page itself, at one hall for all: who sees it, that it fits, what it says of a hall that is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from config.wording import say
from tests.hall.conftest import settled
from tests.screens.guide_hall import Box, GuidedHall, sign_in
from tests.screens.test_looks import TEXTS, weakest

pytestmark = pytest.mark.browser

LOST_MS = 5_000


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, certificates: Path) -> Iterator[GuidedHall]:
    hall = GuidedHall(settled(tmp_path_factory.mktemp("hall"), certificates))
    yield hall
    hall.close()


def test_a_wrong_pin_is_told_in_both_languages_and_forgotten(outside: Page) -> None:
    sign_in(outside, "0000")
    for language in ("zh-CN", "en"):
        expect(outside.locator("#sign-in-why")).to_contain_text(say("guide", "refused-wrong-name-or-pin", language))
    expect(outside.locator("#pin")).to_have_value("")
    expect(outside.locator("#pin")).to_be_focused()


def test_no_script_can_read_what_the_tablet_is_known_by(guide: Page) -> None:
    assert guide.evaluate("document.cookie") == ""
    assert guide.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0


def test_who_signs_out_sees_nothing_of_the_hall_any_more(guide: Page) -> None:
    guide.locator("#sign-out").tap()
    expect(guide.locator("#sign-in-view")).to_be_visible()
    expect(guide.locator("#work-view")).to_be_hidden()
    guide.reload()
    expect(guide.locator("#sign-in-view")).to_be_visible()


def test_nothing_comes_from_outside_and_the_page_weighs_little(outside: Page, hall: GuidedHall) -> None:
    asked: list[str] = []
    troubles: list[str] = []
    outside.on("request", lambda request: asked.append(request.url))
    outside.on("console", lambda message: troubles.append(message.text))
    outside.on("pageerror", lambda error: troubles.append(str(error)))
    outside.reload()
    sign_in(outside)
    assert [url for url in asked if not url.startswith((hall.origin, "data:"))] == []
    assert troubles == []
    assert outside.evaluate("performance.getEntries().reduce((sum, e) => sum + (e.encodedBodySize || 0), 0)") < 300_000


def test_the_page_fits_every_hand(guide: Page, kiosk: Box, counter: Box) -> None:
    ticket, _ = kiosk.ticket("11")
    kiosk.tell("by-screen", ticket=ticket)
    kiosk.tell("help-asked", help="h1", at="kiosk", window=None, ticket=ticket)
    kiosk.tell("device", name="ticket-printer", phase="stopped", reasons="media-empty")
    counter.press("sign-in")
    counter.press("call-next")
    for width in (360, 768, 1280):
        guide.set_viewport_size({"width": width, "height": 800})
        for filled in ("#help-list li", "#walk-list li", "#supplies-list"):
            expect(guide.locator(filled).first).to_be_visible()
        assert guide.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert len(guide.evaluate(TEXTS)) > 20
        assert weakest(guide) > (4.5, "")
        for button in guide.locator("button:visible").all():
            box = button.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 60, button.inner_text()


def test_a_tablet_out_of_reach_says_so_within_five_seconds(guide: Page, hall: GuidedHall) -> None:
    hall.pause()
    try:
        expect(guide.locator("#notice-lost")).to_be_visible(timeout=LOST_MS)
    finally:
        hall.go_on()
    expect(guide.locator("#notice-lost")).to_be_hidden()


def test_a_killed_hall_is_told_within_five_seconds_and_its_guide_signs_in_anew(guide: Page, hall: GuidedHall) -> None:
    hall.end()
    expect(guide.locator("#notice-lost")).to_be_visible(timeout=LOST_MS)
    expect(guide.locator("#take")).to_have_attribute("aria-disabled", "true")
    hall.start()
    expect(guide.locator("#sign-in-view")).to_be_visible()
    sign_in(guide)
    expect(guide.locator("#notice-lost")).to_be_hidden()
    expect(guide.locator("#take")).to_have_attribute("aria-disabled", "false")
