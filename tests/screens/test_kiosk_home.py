"""From the kiosk's home to a slip: the eight commonest matters in two touches, all others by four ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.screens.matters import DIRECTORY, ITEMS, news
from tests.screens.test_kiosk import TICKETS, focused, ticket

if TYPE_CHECKING:
    from tests.screens.stand_in import StandIn

pytestmark = pytest.mark.browser

# Every touch of glass since the page was there.
COUNT = "window.touches = 0; document.addEventListener('pointerdown', () => window.touches++, { capture: true })"


def names(page: Page, where: str = "#list") -> list[str]:
    return page.locator(f"{where} .name [lang='zh-CN']").all_inner_texts()


def open_matter(page: Page, code: str = "card-lost") -> None:
    page.locator(f"#eight [data-item='{code}']").tap()
    expect(page.locator("#view-matter h1")).to_be_focused()


def test_two_touches_give_a_slip_for_each_of_the_eight(matters: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket())
    matters.evaluate(COUNT)
    codes = [str(each.get_attribute("data-item")) for each in matters.locator("#eight .choice").all()]
    assert len(codes) == 8
    for count, code in enumerate(codes, 1):
        matters.evaluate("window.touches = 0")
        open_matter(matters, code)
        matters.locator("#take").tap()
        expect(matters.locator("#result-number")).to_have_text("C3012")
        assert matters.evaluate("window.touches") == 2
        body = stand_in.wait_for(count, TICKETS)[-1].body
        assert (body["item"], body["may_ask"]) == (code, True)
        matters.locator("#result-done").tap()
        expect(matters.locator("#view-home")).to_be_visible()


def test_the_eight_are_those_that_the_hall_has_seen_most_filled_up_from_its_catalogue(
    matters: Page, stand_in: StandIn
) -> None:
    assert names(matters, "#eight") == [each["name"] for each in ITEMS[:8]]
    stand_in.tell("kiosk", news=news(popular=["pension", "gone", "house"]))
    first = matters.locator("#eight .choice").first
    expect(first).to_contain_text("养老金申领")
    assert names(matters, "#eight")[:3] == ["养老金申领", "房屋过户", "社保卡补换"]


def test_counts_of_the_eight_change_without_taking_the_focus(matters: Page, stand_in: StandIn) -> None:
    button = matters.locator("#eight [data-item='card-lost']")
    button.focus()
    services = [{**each, "waiting": 41} for each in stand_in.states["kiosk"]["services"]]
    stand_in.tell("kiosk", services=services)
    expect(button).to_contain_text("等候 41 人")
    expect(button).to_be_focused()


def test_a_matter_says_what_to_bring_what_it_costs_how_long_it_takes_and_who_does_it(matters: Page) -> None:
    open_matter(matters)
    view = matters.locator("#view-matter")
    for text in (
        "居民身份证 · 原件；复印件",
        "照片 · 原件 2 份",
        "3 个工作日",
        "3 working days",
        "不收费",
        "人力社保局",
    ):
        expect(view).to_contain_text(text)


def test_where_else_it_can_be_done_is_said_before_the_number_is_spent_and_a_number_may_be_taken_all_the_same(
    matters: Page, stand_in: StandIn
) -> None:
    stand_in.answers[TICKETS] = (200, ticket())
    open_matter(matters)
    for text in ("不排队也能办", "手机 App 随时可办", "Self-service area, ground floor"):
        expect(matters.locator("#elsewhere")).to_contain_text(text)
    matters.locator("#take").tap()
    expect(matters.locator("#result-number")).to_be_visible()


def test_a_matter_that_is_done_only_here_gives_no_such_hint(matters: Page) -> None:
    open_matter(matters, "house")
    expect(matters.locator("#elsewhere")).to_be_hidden()


def test_what_waiting_means_now_is_said_and_changes_while_one_reads(matters: Page, stand_in: StandIn) -> None:
    open_matter(matters)
    expect(matters.locator("#wait-range")).to_contain_text("暂时说不准")
    stand_in.tell("kiosk", news=news(waits={"2": {"low": 5, "high": 15}}, open={"2": 2}))
    expect(matters.locator("#wait-range")).to_contain_text("大约等 5–15 分钟")
    expect(matters.locator("#wait-more")).to_contain_text("2 个窗口在办")
    expect(matters.locator("#busy")).to_be_hidden()
    stand_in.tell("kiosk", news=news(waits={"2": {"low": 0, "high": 5}}, open={"2": 1}))
    expect(matters.locator("#wait-range")).to_contain_text("不到 5 分钟")


def test_a_busy_hall_says_so_on_home_and_before_the_number_is_spent(matters: Page, stand_in: StandIn) -> None:
    stand_in.tell("kiosk", news=news(waits={"2": {"low": 45, "high": 70}}, open={"2": 1}))
    expect(matters.locator("#eight [data-item='card-lost']")).to_contain_text("大约等 45–70 分钟")
    open_matter(matters)
    expect(matters.locator("#busy")).to_contain_text("现在人多")
    assert stand_in.posts == []


def test_a_matter_that_no_window_takes_now_says_so(matters: Page, stand_in: StandIn) -> None:
    stand_in.tell("kiosk", news=news(open={"1": 1}))
    open_matter(matters)
    expect(matters.locator("#windows-none")).to_contain_text("现在没有窗口在办")


def test_without_the_hall_nothing_old_is_said_of_waiting(matters: Page, stand_in: StandIn) -> None:
    stand_in.tell("kiosk", hall="down", news=news(waits={"2": {"low": 45, "high": 70}}, open={}))
    open_matter(matters)
    expect(matters.locator("#wait-range")).to_contain_text("暂时说不准")
    expect(matters.locator("#windows-none")).to_be_hidden()


def test_themes_lead_to_matters_and_to_the_service_itself(matters: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket())
    matters.locator("[data-way='theme']").tap()
    assert names(matters) == ["社会保障", "企业登记", "户籍", "不动产", "办不成事反映"]
    matters.locator("#list [data-theme='企业登记']").tap()
    assert names(matters) == ["公司设立", "公司设立登记", "个体工商户登记"]
    matters.locator("#list [data-code='4']").tap()
    expect(matters.locator("#bring")).to_be_hidden()
    matters.locator("#take").tap()
    [post] = stand_in.wait_for(1, TICKETS)
    assert (post.body["service"], "item" in post.body) == ("4", False)


def test_offices_lead_to_their_matters_page_by_page_and_back_to_the_page_one_left(matters: Page) -> None:
    matters.locator("[data-way='unit']").tap()
    assert names(matters) == ["人力社保局", "公安局"]
    matters.locator("#list [data-unit='hrss']").tap()
    expect(matters.locator("#page")).to_contain_text("第 1 页，共 2 页")
    expect(matters.locator("#page-before")).to_be_disabled()
    matters.locator("#page-next").tap()
    matters.locator("#list [data-item='more-11']").tap()
    expect(matters.locator("#matter-name")).to_contain_text("其他事项11")
    matters.locator("#view-matter [data-back]").tap()
    expect(matters.locator("#page")).to_contain_text("第 2 页，共 2 页")


def test_life_events_have_pictures_and_lead_to_their_matters(matters: Page) -> None:
    matters.locator("[data-way='event']").tap()
    loaded = "images => images.every(image => image.complete && image.naturalWidth > 0)"
    assert matters.locator("#list img").count() == 2
    matters.wait_for_function("() => [...document.querySelectorAll('#list img')].every(i => i.naturalWidth > 0)")
    assert matters.locator("#list img").evaluate_all(loaded)
    matters.locator("#list [data-event='newborn']").tap()
    assert names(matters) == ["新生儿落户", "参保登记"]


def test_home_says_when_the_hall_is_open_today_and_whom_to_call(matters: Page, stand_in: StandIn) -> None:
    facts = matters.locator("#hall-facts")
    for text in ("今天开放 09:00–12:00 13:30–17:00", "咨询电话", "0000-6000000", "投诉电话", "12345"):
        expect(facts).to_contain_text(text)
    stand_in.tell("kiosk", today=[])
    expect(facts).to_contain_text("今天不开放")
    stand_in.tell("kiosk", today=None)
    expect(facts).not_to_contain_text("今天")
    expect(facts).to_contain_text("12345")


def test_what_the_staff_have_put_up_stands_on_home(matters: Page, stand_in: StandIn) -> None:
    expect(matters.locator("#hall-notices")).to_be_hidden()
    stand_in.tell("kiosk", news=news(notices=[{"id": "n", "text": {"zh": "二楼电梯检修", "en": ""}}]))
    expect(matters.locator("#hall-notices")).to_contain_text("二楼电梯检修")


def test_keys_alone_reach_a_slip_and_the_way_back(matters: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket())
    matters.locator("#view-home h1").focus()
    matters.keyboard.press("Tab")
    assert focused(matters).startswith("社保卡补换")
    matters.keyboard.press("Enter")
    expect(matters.locator("#view-matter h1")).to_be_focused()
    matters.keyboard.press("Escape")
    expect(matters.locator("#view-home h1")).to_be_focused()
    matters.keyboard.press("Tab")
    matters.keyboard.press("Enter")
    matters.keyboard.press("Tab")
    matters.keyboard.press("Tab")
    expect(matters.locator("#take")).to_be_focused()
    matters.keyboard.press("Enter")
    expect(matters.locator("#result-number")).to_have_text("C3012")


def test_a_second_touch_on_the_same_service_is_asked_about_and_yes_spends_another_number(
    matters: Page, stand_in: StandIn
) -> None:
    stand_in.answers[TICKETS] = (409, {"error": "one-more"})
    open_matter(matters)
    matters.locator("#take").tap()
    expect(matters.locator("#view-one-more")).to_contain_text("还要一张吗？")
    expect(matters.locator("#one-more-why")).to_contain_text("养老与医保待遇")
    stand_in.answers[TICKETS] = (200, ticket(number="C3013"))
    matters.locator("#one-more-yes").tap()
    expect(matters.locator("#result-number")).to_have_text("C3013")
    first, second = (post.body for post in stand_in.to(TICKETS))
    assert second == {**first, "again": True}


def test_whoever_wants_no_second_number_is_back_at_home(matters: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (409, {"error": "one-more"})
    open_matter(matters)
    matters.locator("#take").tap()
    matters.locator("#one-more-no").tap()
    expect(matters.locator("#view-home")).to_be_visible()
    assert len(stand_in.to(TICKETS)) == 1


def test_when_no_number_can_be_had_matters_are_still_shown_and_the_touch_spends_nothing(
    matters: Page, stand_in: StandIn
) -> None:
    stand_in.tell("kiosk", can_issue=False, why_not="media-empty")
    expect(matters.locator("#notice-cannot")).to_be_visible()
    open_matter(matters)
    expect(matters.locator("#take")).to_be_disabled()
    matters.locator("#take").dispatch_event("click")
    expect(matters.locator("#notice-cannot")).to_be_focused()
    assert stand_in.posts == []


def test_a_page_that_lost_its_daemon_says_so_on_a_matter_too_and_recovers(matters: Page, stand_in: StandIn) -> None:
    open_matter(matters)
    stand_in.stop()
    expect(matters.locator("#notice-lost")).to_contain_text("正在自动恢复")
    expect(matters.locator("#take")).to_be_disabled()
    stand_in.start()
    matters.clock.run_for(3000)
    expect(matters.locator("#notice-lost")).to_be_hidden()
    expect(matters.locator("#take")).to_be_enabled()
    expect(matters.locator("#view-matter")).to_be_visible()


def test_a_new_directory_is_fetched_when_the_daemon_names_one(matters: Page, stand_in: StandIn) -> None:
    stand_in.states["directory"] = {**DIRECTORY, "digest": "d-2", "items": [*reversed(ITEMS)]}
    stand_in.tell("kiosk", directory="d-2")
    expect(matters.locator("#eight .choice").first).to_contain_text("其他事项11")


def test_a_hall_that_lists_no_matters_any_more_shows_its_services(matters: Page, stand_in: StandIn) -> None:
    stand_in.tell("kiosk", directory="")
    expect(matters.locator("#themes [data-code='3']")).to_be_visible()
    expect(matters.locator("#eight")).to_be_hidden()
