"""Who sits at a window: signing in, staying, leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from config.wording import both
from tests.screens import scene
from tests.screens.conftest import PRESS, sign_in

if TYPE_CHECKING:
    from tests.screens.stand_in import StandIn

pytestmark = pytest.mark.browser


def test_a_clerk_signs_in_by_name_and_pin_with_enter(counter: Page, stand_in: StandIn) -> None:
    expect(counter.locator("#name")).to_be_focused()
    for id_ in ("name", "pin"):
        expect(counter.locator(f"#{id_}")).to_have_attribute("autocomplete", "off")
    sign_in(counter)
    expect(counter.locator("#work-view")).to_be_visible()
    expect(counter.locator("#clerk")).to_have_text("李晓梅")
    expect(counter.locator("[data-act=next]")).to_be_focused()
    assert stand_in.posts[0].body == {"name": "李晓梅", "pin": "2468"}


def test_a_wrong_pin_is_told_and_the_field_is_empty_again(counter: Page, stand_in: StandIn) -> None:
    text = both("refusal", "wrong-name-or-pin")
    stand_in.answers["/window/3/sign-in"] = (401, {"error": "wrong-name-or-pin", "text": text})
    sign_in(counter, "0000")
    for said in text.values():
        expect(counter.locator("#message")).to_contain_text(said)
    expect(counter.locator("#pin")).to_have_value("")
    expect(counter.locator("#pin")).to_be_focused()


def test_a_reload_keeps_the_clerk_and_signing_out_forgets_them(at_work: Page, stand_in: StandIn) -> None:
    at_work.reload()
    expect(at_work.locator("#work-view")).to_be_visible()
    stand_in.answers["/window/3/sign-out"] = (200, {})
    at_work.locator("#sign-out").click()
    expect(at_work.locator("#sign-in-view")).to_be_visible()
    assert stand_in.wait_for(1, "/sign-out")[0].token == "t-1"
    at_work.reload()
    expect(at_work.locator("#sign-in-view")).to_be_visible()


def test_when_the_hall_knows_another_clerk_here_this_one_signs_in_anew(at_work: Page, stand_in: StandIn) -> None:
    stand_in.tell("window", window=scene.window(clerk={"staff_no": "Q020", "name": "王建国", "post": ""}))
    expect(at_work.locator("#sign-in-hint")).to_contain_text("王建国")


def test_a_press_that_the_daemon_knows_no_clerk_for_leads_to_signing_in(at_work: Page, stand_in: StandIn) -> None:
    text = both("refusal", "not-signed-in")
    stand_in.answers[PRESS] = (401, {"error": "not-signed-in", "text": text})
    at_work.keyboard.press("n")
    expect(at_work.locator("#sign-in-view")).to_be_visible()
    expect(at_work.locator("#message")).to_contain_text(text["zh-CN"])


def test_each_tab_has_a_clerk_of_its_own(at_work: Page, desk: BrowserContext, stand_in: StandIn) -> None:
    other = desk.new_page()
    other.goto(f"{stand_in.origin}/window/3")
    expect(other.locator("#sign-in-view")).to_be_visible()
    expect(other.locator("#sign-in-hint")).to_contain_text("李晓梅 已在本窗口登录")
