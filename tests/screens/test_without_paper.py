"""The kiosk page without paper: the number itself, large, until its citizen has noted it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from config.wording import both

if TYPE_CHECKING:
    from tests.screens.scene import Json
    from tests.screens.stand_in import StandIn

pytestmark = pytest.mark.browser

TICKETS, NOTED = "/kiosk/tickets", "/kiosk/tickets/noted"
TICKET: Json = {
    "ticket_id": "kiosk-1/00000000000000aa/3012",
    "number": "C3012",
    "service": "3",
    "service_name": "公司设立登记",
    "service_name_en": "Founding a company",
    "place": "一楼西区",
    "place_en": "area West, floor 1",
    "outcome": "on-screen",
    "ahead": 12,
    "source": "hall",
    "reasons": [],
}


@pytest.fixture
def paperless(kiosk: Page, stand_in: StandIn) -> Page:
    stand_in.answers[TICKETS] = (200, TICKET)
    stand_in.tell("kiosk", without_paper="media-empty")
    expect(kiosk.locator("#notice-without-paper")).to_be_visible()
    return kiosk


def touch(page: Page) -> None:
    page.locator("#themes [data-code='3']").tap()
    expect(page.locator("#view-on-screen h1")).to_be_focused()


def test_the_page_says_before_the_touch_that_there_will_be_no_slip(paperless: Page) -> None:
    notice = paperless.locator("#notice-without-paper")
    for text in ("纸用完了", "号码会显示在屏幕上", "the paper has run out", "shown on the screen"):
        expect(notice).to_contain_text(text)
    expect(paperless.locator("[data-code='3']")).to_be_enabled()


def test_a_noted_number_counts_and_the_page_says_what_to_do_next(paperless: Page, stand_in: StandIn) -> None:
    stand_in.answers[NOTED] = (200, {**TICKET, "outcome": "noted"})
    touch(paperless)
    expect(paperless.locator("#on-screen-number")).to_have_text("C3012")
    expect(paperless.locator("#view-on-screen")).to_contain_text("请记住或拍下您的号码")
    paperless.locator("#on-screen-yes").tap()
    for text in ("取号成功，请记住号码", "办事时报号码", "前面还有 12 人", "到一楼西区等候"):
        expect(paperless.locator("#view-result")).to_contain_text(text)
    assert stand_in.to(NOTED)[0].body == {"ticket_id": TICKET["ticket_id"], "noted": True}


def test_who_does_not_want_the_number_says_so_and_is_back_at_home(paperless: Page, stand_in: StandIn) -> None:
    stand_in.answers[NOTED] = (200, {**TICKET, "outcome": "dropped"})
    touch(paperless)
    paperless.locator("#on-screen-no").tap()
    expect(paperless.locator("#view-home")).to_be_visible()
    assert stand_in.to(NOTED)[0].body["noted"] is False


def test_after_a_minute_without_a_word_the_page_goes_home_and_sends_nothing(paperless: Page, stand_in: StandIn) -> None:
    touch(paperless)
    expect(paperless.locator("#on-screen-silence")).to_contain_text("秒内不确认，号码作废")
    paperless.clock.run_for(58_000)
    expect(paperless.locator("#view-on-screen")).to_be_visible()
    paperless.clock.run_for(3_000)
    expect(paperless.locator("#view-home")).to_be_visible()
    assert stand_in.to(NOTED) == []


def test_keys_alone_confirm_the_number(paperless: Page, stand_in: StandIn) -> None:
    stand_in.answers[NOTED] = (200, {**TICKET, "outcome": "noted"})
    touch(paperless)
    paperless.keyboard.press("Tab")
    expect(paperless.locator("#on-screen-yes")).to_be_focused()
    paperless.keyboard.press("Enter")
    expect(paperless.locator("#result-number")).to_have_text("C3012")


def test_a_yes_that_was_not_kept_is_told_as_such(paperless: Page, stand_in: StandIn) -> None:
    stand_in.answers[NOTED] = (409, {"error": "nothing-doubtful", "text": both("reason", "nothing-doubtful")})
    touch(paperless)
    paperless.locator("#on-screen-yes").tap()
    expect(paperless.locator("#view-refused")).to_be_visible()


def test_a_page_that_is_loaded_anew_shows_the_number_again(paperless: Page, stand_in: StandIn) -> None:
    stand_in.states["kiosk"]["on_screen"] = TICKET
    paperless.reload()
    expect(paperless.locator("#on-screen-number")).to_have_text("C3012")


@pytest.mark.parametrize("why", ["identity-twice", "band-locked"])
def test_why_no_number_can_be_had_is_said_in_both_languages(kiosk: Page, stand_in: StandIn, why: str) -> None:
    stand_in.tell("kiosk", can_issue=False, why_not=why)
    for text in both("reason", why).values():
        expect(kiosk.locator("#notice-cannot")).to_contain_text(text)
