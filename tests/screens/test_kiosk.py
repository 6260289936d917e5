"""The kiosk page: a number in one touch, and plain words when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from config.wording import both

if TYPE_CHECKING:
    from tests.screens.scene import Json
    from tests.screens.stand_in import StandIn

pytestmark = pytest.mark.browser

TICKETS, CAME_OUT = "/kiosk/tickets", "/kiosk/tickets/came-out"


def ticket(outcome: str = "printed", number: str = "C3012", **changes: Any) -> Json:
    return {
        "ticket_id": f"kiosk-1/00000000000000aa/{number[1:]}",
        "number": number,
        "service": "3",
        "service_name": "公司设立登记",
        "service_name_en": "Founding a company",
        "place": "一楼西区",
        "place_en": "area West, floor 1",
        "outcome": outcome,
        "ahead": 12,
        "source": "hall",
        "reasons": [],
        **changes,
    }


def touch(page: Page, code: str = "3") -> None:
    page.locator(f"#themes [data-code='{code}']").tap()


def focused(page: Page) -> str:
    text = page.evaluate("document.activeElement.textContent.trim()")
    assert isinstance(text, str)
    return text


def test_one_touch_gives_a_number_and_says_what_to_do_next(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket())
    touch(kiosk)
    expect(kiosk.locator("#result-number")).to_have_text("C3012")
    for text in ("公司设立登记", "前面还有 12 人", "12 ahead of you", "到一楼西区等候", "Wait at area West, floor 1"):
        expect(kiosk.locator("#view-result")).to_contain_text(text)
    [post] = stand_in.to(TICKETS)
    assert post.body["service"] == "3"
    assert len(post.body["touch"]) == 36


def test_services_stand_under_their_themes_with_who_waits(kiosk: Page) -> None:
    themes = kiosk.locator(".theme h2 [lang='zh-CN']").all_inner_texts()
    assert themes == ["社会保障", "企业登记", "户籍", "不动产", "办不成事反映"]
    expect(kiosk.locator("#themes [data-code='3'] .count")).to_contain_text("等候 12 人")
    expect(kiosk.locator("#hall-name")).to_contain_text("Qinghe County")
    expect(kiosk.locator("#date")).to_contain_text("2025年11月21日 星期五")


def test_waiting_counts_follow_the_daemon_without_moving_the_focus(kiosk: Page, stand_in: StandIn) -> None:
    button = kiosk.locator("#themes [data-code='3']")
    button.focus()
    services = [{**each, "waiting": 40} for each in stand_in.states["kiosk"]["services"]]
    stand_in.tell("kiosk", services=services)
    expect(button.locator(".count")).to_contain_text("等候 40 人")
    expect(button).to_be_focused()


def test_a_double_touch_asks_for_one_ticket_and_shows_progress_meanwhile(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket())
    stand_in.hold()
    kiosk.evaluate("document.querySelectorAll(\"#themes [data-code='3']\").forEach(b => { b.click(); b.click(); })")
    expect(kiosk.locator("#view-working")).to_contain_text("正在取号")
    stand_in.let_go()
    expect(kiosk.locator("#view-result")).to_be_visible()
    assert len(stand_in.to(TICKETS)) == 1


def test_a_touch_without_an_answer_is_sent_again_as_the_same_touch(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket())
    stand_in.drop = 1
    touch(kiosk)
    first, second = stand_in.wait_for(2, TICKETS)
    assert first.body == second.body
    expect(kiosk.locator("#view-result")).to_be_visible()


def test_keys_alone_reach_a_ticket_and_the_way_back(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket())
    assert focused(kiosk).startswith("请点选要办理的业务")
    for _ in range(3):
        kiosk.keyboard.press("Tab")
    assert focused(kiosk).startswith("公司设立登记")
    kiosk.keyboard.press("Enter")
    expect(kiosk.locator("#view-result h1")).to_be_focused()
    kiosk.keyboard.press("Tab")
    expect(kiosk.locator("#result-done")).to_be_focused()
    kiosk.keyboard.press("Escape")
    expect(kiosk.locator("#view-home h1")).to_be_focused()
    assert stand_in.to(TICKETS)[0].body["service"] == "3"


def test_the_ticket_stays_ten_seconds_in_sight_then_the_page_goes_home(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket())
    touch(kiosk)
    expect(kiosk.locator("#result-returning")).to_contain_text("秒后回到首页")
    kiosk.clock.run_for(8000)
    expect(kiosk.locator("#view-result")).to_be_visible()
    kiosk.clock.run_for(2500)
    expect(kiosk.locator("#view-home")).to_be_visible()


def test_a_number_that_was_not_printed_is_void_with_why_and_what_to_do(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket("not-printed", reasons=["media-empty"]))
    touch(kiosk)
    view = kiosk.locator("#view-void")
    for text in (
        "号码 C3012 已作废",
        "Number C3012 is void",
        "纸用完了",
        "the paper has run out",
        "导办台",
        "guide desk",
    ):
        expect(view).to_contain_text(text)
    expect(view.locator("h1")).to_be_focused()
    kiosk.locator("#void-back").tap()
    expect(kiosk.locator("#view-home")).to_be_visible()


def test_a_refusal_is_told_in_both_languages(kiosk: Page, stand_in: StandIn) -> None:
    said = {"zh-CN": "存储空间满了", "en": "the storage is full"}
    stand_in.answers[TICKETS] = (503, {"error": "disk-full", "text": said})
    touch(kiosk)
    for text in said.values():
        expect(kiosk.locator("#refused-why")).to_contain_text(text)


def test_doubtful_and_it_came_out_keeps_the_number(kiosk: Page, stand_in: StandIn) -> None:
    doubtful = ticket("doubtful")
    stand_in.answers[TICKETS] = (200, doubtful)
    stand_in.answers[CAME_OUT] = (200, {k: v for k, v in ticket().items() if k in ("ticket_id", "number", "outcome")})
    touch(kiosk)
    expect(kiosk.locator("#view-doubtful h1")).to_contain_text("小票出来了吗？")
    kiosk.locator("#doubtful-yes").tap()
    expect(kiosk.locator("#result-number")).to_have_text("C3012")
    expect(kiosk.locator("#view-result")).to_contain_text("前面还有 12 人")
    assert stand_in.to(CAME_OUT)[0].body == {"ticket_id": doubtful["ticket_id"], "came_out": True}


def test_a_yes_that_does_not_get_through_leaves_the_number_valid(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket("doubtful"))
    stand_in.answers[CAME_OUT] = (409, {"error": "nothing-doubtful", "text": both("reason", "nothing-doubtful")})
    touch(kiosk)
    kiosk.locator("#doubtful-yes").tap()
    expect(kiosk.locator("#result-number")).to_have_text("C3012")


def test_doubtful_and_it_did_not_come_out_gives_a_new_number(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket("doubtful"))
    stand_in.answers[CAME_OUT] = (200, ticket(number="C3013"))
    touch(kiosk)
    kiosk.locator("#doubtful-no").tap()
    expect(kiosk.locator("#result-number")).to_have_text("C3013")
    assert stand_in.to(CAME_OUT)[0].body["came_out"] is False


def test_doubtful_and_silent_goes_on_with_the_number_after_thirty_seconds(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket("doubtful"))
    touch(kiosk)
    expect(kiosk.locator("#doubtful-silence")).to_contain_text("秒内不回答")
    kiosk.clock.run_for(30_500)
    expect(kiosk.locator("#result-number")).to_have_text("C3012")
    assert stand_in.to(CAME_OUT) == []


def test_a_ticket_left_doubtful_by_a_power_cut_is_asked_about_once(kiosk: Page, stand_in: StandIn) -> None:
    left = {"ticket_id": "kiosk-1/00000000000000aa/9", "number": "A1009"}
    stand_in.tell("kiosk", doubtful=left)
    expect(kiosk.locator("#doubtful-number")).to_have_text("A1009")
    kiosk.clock.run_for(30_500)
    expect(kiosk.locator("#result-number")).to_have_text("A1009")
    kiosk.locator("#result-done").tap()
    expect(kiosk.locator("#view-home")).to_be_visible()
    stand_in.tell("kiosk", hall="down")
    expect(kiosk.locator("#notice-going-on")).to_be_visible()
    expect(kiosk.locator("#view-home")).to_be_visible()


@pytest.mark.parametrize(
    ("why", "chinese", "english"),
    [("media-empty", "纸用完了", "the paper has run out"), ("no-digit", "没有备用号码", "no spare numbers")],
)
def test_without_paper_or_numbers_it_says_so_and_takes_no_touch(
    kiosk: Page, stand_in: StandIn, why: str, chinese: str, english: str
) -> None:
    stand_in.tell("kiosk", can_issue=False, why_not=why)
    notice = kiosk.locator("#notice-cannot")
    expect(notice).to_contain_text(chinese)
    expect(notice).to_contain_text(english)
    for button in kiosk.locator(".service-button").all():
        expect(button).to_be_disabled()
    kiosk.locator("#themes [data-code='3']").dispatch_event("click")
    expect(notice).to_be_focused()
    assert stand_in.posts == []


def test_without_the_hall_numbers_go_on_and_the_page_says_so(kiosk: Page, stand_in: StandIn) -> None:
    services = [{**each, "waiting": None} for each in stand_in.states["kiosk"]["services"]]
    stand_in.tell("kiosk", hall="down", services=services)
    expect(kiosk.locator("#notice-going-on")).to_contain_text("号码照常取")
    expect(kiosk.locator(".service-button .count").first).to_be_hidden()
    stand_in.answers[TICKETS] = (200, ticket(number="C3101", ahead=None, source="band"))
    touch(kiosk)
    expect(kiosk.locator("#result-ahead")).to_contain_text("人数暂时查不到")


def test_left_alone_it_asks_then_counts_down_then_goes_home(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket("not-printed"))
    stand_in.tell("kiosk", idle_seconds=10)
    touch(kiosk)
    expect(kiosk.locator("#view-void")).to_be_visible()
    kiosk.clock.run_for(10_500)
    expect(kiosk.locator("#idle")).to_contain_text("您还在吗？")
    expect(kiosk.locator("#idle-continue")).to_be_focused()
    kiosk.locator("#idle-continue").tap()
    expect(kiosk.locator("#idle")).to_be_hidden()
    expect(kiosk.locator("#view-void")).to_be_visible()
    kiosk.clock.run_for(10_500)
    expect(kiosk.locator("#idle-left")).to_contain_text("秒后回到首页")
    kiosk.clock.run_for(20_500)
    expect(kiosk.locator("#idle")).to_be_hidden()
    expect(kiosk.locator("#view-home")).to_be_visible()


def test_english_first_until_the_page_is_left_alone(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.tell("kiosk", idle_seconds=10)
    title = kiosk.locator("#view-home h1")
    kiosk.locator("#language").tap()
    first = title.locator("[lang='en']").bounding_box()
    second = title.locator("[lang='zh-CN']").bounding_box()
    assert first is not None
    assert second is not None
    assert first["y"] < second["y"]
    assert first["height"] > second["height"]
    expect(kiosk.locator("html")).to_have_attribute("lang", "en")
    kiosk.clock.run_for(10_500)
    kiosk.clock.run_for(20_500)
    expect(kiosk.locator("html")).to_have_attribute("lang", "zh-CN")


def test_a_page_that_lost_its_daemon_says_so_and_recovers(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.stop()
    expect(kiosk.locator("#notice-lost")).to_contain_text("正在自动恢复")
    expect(kiosk.locator(".service-button").first).to_be_disabled()
    stand_in.start()
    kiosk.clock.run_for(3000)
    expect(kiosk.locator("#notice-lost")).to_be_hidden()
    expect(kiosk.locator(".service-button").first).to_be_enabled()
