"""While somebody uses the kiosk by ear its page says so calmly, answers to no touch, and is at home when they leave."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.screens.scene import kiosk_state
from tests.screens.stand_in import StandIn
from tests.screens.test_looks import TEXTS, weakest

pytestmark = pytest.mark.browser


def test_a_touch_on_the_page_takes_no_number_while_somebody_uses_it_by_ear(kiosk: Page, stand_in: StandIn) -> None:
    service = kiosk.locator("#view-home button").first
    box = service.bounding_box()
    assert box is not None
    stand_in.tell("kiosk", by_ear=True)
    expect(kiosk.locator("#by-ear h1")).to_contain_text("语音引导正在使用")
    kiosk.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    kiosk.keyboard.press("Tab")
    kiosk.keyboard.press("Enter")
    stand_in.tell("kiosk", by_ear=False)
    expect(kiosk.locator("#by-ear")).to_have_count(0)
    assert stand_in.to("/kiosk/tickets") == []
    service.tap()
    stand_in.wait_for(1, "/kiosk/tickets")


def test_no_question_of_the_visit_by_ear_shows_on_the_page(kiosk: Page, stand_in: StandIn) -> None:
    taken = {"ticket_id": "t-1", "number": "A1001", "service_name": "社会保障", "service_name_en": "Social security"}
    stand_in.tell("kiosk", by_ear=True, doubtful=taken)
    expect(kiosk.locator("#by-ear")).to_be_visible()
    expect(kiosk.locator("#view-doubtful")).to_be_hidden()
    assert "A1001" not in kiosk.inner_text("body")


def test_who_touched_before_finds_the_page_at_home_afterwards(kiosk: Page, stand_in: StandIn) -> None:
    kiosk.evaluate("import('/static/kiosk_views.js').then(views => views.show('result'))")
    stand_in.tell("kiosk", by_ear=True)
    expect(kiosk.locator("#by-ear")).to_be_visible()
    stand_in.tell("kiosk", by_ear=False)
    expect(kiosk.locator("#view-home")).to_be_visible()


def test_a_page_that_loses_its_daemon_meanwhile_says_so_and_recovers(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.tell("kiosk", by_ear=True)
    expect(kiosk.locator("#by-ear")).to_be_visible()
    stand_in.stop()
    expect(kiosk.locator("#notice-lost")).to_be_visible(timeout=5000)
    expect(kiosk.locator("#by-ear")).to_have_count(0)
    stand_in.states["kiosk"] = kiosk_state()
    stand_in.start()
    kiosk.clock.run_for(3000)
    expect(kiosk.locator("#notice-lost")).to_be_hidden()


def test_it_is_large_and_its_words_stand_at_seven_to_one(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.tell("kiosk", by_ear=True)
    expect(kiosk.locator("#by-ear h1")).to_be_focused()
    kiosk.evaluate("[...document.body.children].forEach(part => { if (part.id !== 'by-ear') part.hidden = true })")
    assert len(kiosk.evaluate(TEXTS)) == 4, "two sentences in two languages"
    ratio, text = weakest(kiosk)
    assert ratio >= 7, text
