"""Who does not know, and who wants a person: two buttons at the same place on every view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.screens.test_kiosk import TICKETS, ticket
from tests.screens.test_kiosk_home import names, open_matter

if TYPE_CHECKING:
    from tests.screens.stand_in import StandIn

pytestmark = pytest.mark.browser

HELP, ENDED = "/help", "/help/ended"
CALL = {"help": "kiosk-1-ab", "coming": False}


def test_who_does_not_know_sees_life_events_the_desk_and_the_telephone(matters: Page) -> None:
    matters.locator("#unsure").tap()
    view = matters.locator("#view-unsure")
    for text in ("没关系", "请到导办台", "0000-6000000"):
        expect(view).to_contain_text(text)
    assert names(matters, "#unsure-events") == ["生孩子", "买房、卖房"]
    matters.locator("#unsure-events [data-event='home']").tap()
    assert names(matters) == ["房屋过户"]
    matters.locator("#view-list [data-back]").tap()
    expect(view).to_be_visible()
    matters.locator("#view-unsure [data-back]").tap()
    expect(matters.locator("#view-home")).to_be_visible()


def test_a_person_is_asked_for_and_the_page_says_what_has_become_of_it(matters: Page, stand_in: StandIn) -> None:
    stand_in.answers[HELP] = (200, CALL)
    matters.locator("#ask-help").tap()
    expect(matters.locator("#help-title")).to_contain_text("已经叫了工作人员")
    assert stand_in.to(HELP)[0].body == {"at": "kiosk", "ticket": ""}
    stand_in.tell("kiosk", help={**CALL, "coming": True})
    expect(matters.locator("#help-title")).to_contain_text("工作人员正在过来")
    expect(matters.locator("#ask-help")).to_contain_text("工作人员正在过来")
    expect(matters.locator("#announce")).to_contain_text("工作人员正在过来")
    stand_in.tell("kiosk", help=None)
    expect(matters.locator("#help-title")).to_contain_text("不再叫工作人员了")
    expect(matters.locator("#ask-help")).to_contain_text("请工作人员帮忙")


def test_meanwhile_one_goes_on_where_one_was(matters: Page, stand_in: StandIn) -> None:
    stand_in.answers[HELP] = (200, CALL)
    open_matter(matters)
    matters.locator("#ask-help").tap()
    matters.locator("#help-go-on").tap()
    expect(matters.locator("#matter-name")).to_contain_text("社保卡补换")
    stand_in.tell("kiosk", help=CALL)
    expect(matters.locator("#ask-help")).to_contain_text("已经叫了工作人员")


def test_whoever_holds_a_ticket_is_found_by_it(matters: Page, stand_in: StandIn) -> None:
    stand_in.answers |= {TICKETS: (200, ticket()), HELP: (200, CALL)}
    open_matter(matters)
    matters.locator("#take").tap()
    expect(matters.locator("#view-result")).to_be_visible()
    matters.locator("#ask-help").tap()
    [post] = stand_in.wait_for(1, HELP)
    assert post.body["ticket"] == ticket()["ticket_id"]
    matters.clock.run_for(11_000)
    expect(matters.locator("#view-help")).to_be_visible()


@pytest.mark.parametrize(("button", "how"), [("#help-came", "came"), ("#help-not-needed", "not-needed")])
def test_that_somebody_came_or_need_not_is_told_once(matters: Page, stand_in: StandIn, button: str, how: str) -> None:
    stand_in.answers |= {HELP: (200, CALL), ENDED: (200, {"ended": True})}
    matters.locator("#ask-help").tap()
    matters.locator(button).tap()
    expect(matters.locator("#view-home")).to_be_visible()
    assert [post.body for post in stand_in.to(ENDED)] == [{"help": CALL["help"], "how": how}]


def test_a_call_that_got_nowhere_sends_one_to_the_desk(matters: Page, stand_in: StandIn) -> None:
    stand_in.answers[HELP] = (503, {"error": "disk-full", "text": {"zh-CN": "", "en": ""}})
    matters.locator("#ask-help").tap()
    expect(matters.locator("#help-title")).to_contain_text("没有叫到工作人员，请到导办台")
    expect(matters.locator("#help-came")).to_be_hidden()


def test_without_a_daemon_it_says_the_same(matters: Page, stand_in: StandIn) -> None:
    stand_in.stop()
    matters.locator("#ask-help").tap()
    expect(matters.locator("#help-title")).to_contain_text("请到导办台")
    stand_in.start()
    matters.clock.run_for(3000)
    expect(matters.locator("#notice-lost")).to_be_hidden()


def test_while_a_slip_is_on_its_way_neither_button_leads_away_from_it(matters: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket())
    stand_in.hold()
    open_matter(matters)
    matters.locator("#take").tap()
    expect(matters.locator("#view-working")).to_be_visible()
    for button in ("#unsure", "#ask-help"):
        expect(matters.locator(button)).to_be_disabled()
        matters.locator(button).dispatch_event("click")
    stand_in.let_go()
    expect(matters.locator("#view-result")).to_be_visible()


def test_a_question_about_the_slip_stands_again_after_asking_for_a_person(matters: Page, stand_in: StandIn) -> None:
    stand_in.answers |= {TICKETS: (200, ticket("doubtful")), HELP: (200, CALL)}
    open_matter(matters)
    matters.locator("#take").tap()
    expect(matters.locator("#view-doubtful")).to_be_visible()
    stand_in.tell("kiosk", doubtful=ticket("doubtful"))
    expect(matters.locator("#unsure")).to_be_disabled()
    matters.locator("#ask-help").tap()
    matters.locator("#help-go-on").tap()
    expect(matters.locator("#view-doubtful h1")).to_be_focused()


def test_keys_alone_ask_for_a_person(matters: Page, stand_in: StandIn) -> None:
    stand_in.answers[HELP] = (200, CALL)
    matters.locator("#ask-help").focus()
    matters.keyboard.press("Enter")
    expect(matters.locator("#help-title")).to_contain_text("已经叫了工作人员")
    matters.keyboard.press("Tab")
    expect(matters.locator("#help-go-on")).to_be_focused()
