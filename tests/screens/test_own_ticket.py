"""A slip scanned at the kiosk: its place, what its holder wants of it, and nothing left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from config.wording import both
from tests.screens.test_kiosk import TICKETS, ticket, touch
from tests.screens.test_looks import weakest
from tests.screens.typed import CODE, type_code

if TYPE_CHECKING:
    from tests.screens.scene import Json
    from tests.screens.stand_in import StandIn

pytestmark = pytest.mark.browser

SCAN, WISH, LEAVE, SCREENS = (f"/kiosk/ticket/{call}" for call in ("scan", "wish", "leave", "by-screen"))


def place(state: str = "waiting", **changes: Any) -> Json:
    return {
        "number": "A1001",
        "state": state,
        "service_name": "社保参保与转移",
        "service_name_en": "Joining or moving social security",
        "ahead": 3,
        "wait": {"low": 10, "high": 25},
        "window": None,
        "window_name": "",
        "window_name_en": "",
        "away_ms": 0,
        "by_screen": False,
        "wishes": ["step-away", "give-back", "by-screen"],
        **changes,
    }


AWAY = place("away", away_ms=14 * 60_000 + 1000, wishes=["step-back", "give-back", "by-screen"])


def scan(page: Page, stand_in: StandIn, told: Json | None = None) -> None:
    stand_in.answers[SCAN] = (200, {"look": "look-1", "place": told or place()})
    stand_in.answers[LEAVE] = (200, {})
    type_code(page)
    expect(page.locator("#view-own-ticket")).to_be_visible()


def became(stand_in: StandIn, now: Json | None, outcome: str = "done", path: str = WISH) -> None:
    stand_in.answers[path] = (200, {"outcome": outcome, "place": now})


def test_a_slip_scanned_anywhere_shows_its_place(kiosk: Page, stand_in: StandIn) -> None:
    scan(kiosk, stand_in)
    view = kiosk.locator("#view-own-ticket")
    for text in ("A1001", "社保参保与转移", "前面还有 3 人", "3 ahead of you", "大约还要等 10 到 25 分钟", "正在等候"):
        expect(view).to_contain_text(text)
    expect(view.locator("h1")).to_be_focused()
    [post] = stand_in.to(SCAN)
    assert post.body == {"text": CODE.strip()}


def test_a_scanner_presses_nothing_on_its_way(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket())
    kiosk.locator("#themes [data-code='3']").focus()
    scan(kiosk, stand_in)
    assert stand_in.to(TICKETS) == []


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_person_s_keys_still_press_what_has_the_focus(kiosk: Page, stand_in: StandIn, key: str) -> None:
    stand_in.answers[TICKETS] = (200, ticket())
    kiosk.locator("#themes [data-code='3']").focus()
    kiosk.keyboard.press(key)
    kiosk.clock.run_for(200)
    expect(kiosk.locator("#result-number")).to_have_text("C3012")


def test_stepping_away_is_one_touch_and_says_what_it_means(kiosk: Page, stand_in: StandIn) -> None:
    became(stand_in, AWAY)
    scan(kiosk, stand_in)
    kiosk.locator("[data-wish='step-away']").tap()
    said = kiosk.locator("#view-own-said")
    for text in ("好的，号码为您留着", "15 分钟内不叫 A1001", "Your number is kept"):
        expect(said).to_contain_text(text)
    assert stand_in.to(WISH)[0].body == {"look": "look-1", "wish": "step-away"}


def test_who_is_away_sees_what_is_left_and_comes_back(kiosk: Page, stand_in: StandIn) -> None:
    became(stand_in, place(wishes=["give-back", "by-screen"]))
    scan(kiosk, stand_in, AWAY)
    expect(kiosk.locator("#own-title")).to_contain_text("您在暂离，还有 15 分钟")
    expect(kiosk.locator("[data-wish='step-away']")).to_be_hidden()
    kiosk.locator("[data-wish='step-back']").tap()
    expect(kiosk.locator("#own-said-title")).to_contain_text("欢迎回来")


def test_giving_back_asks_once_more_and_no_is_the_first_answer(kiosk: Page, stand_in: StandIn) -> None:
    became(stand_in, place("void", ahead=None, wait=None, wishes=[]))
    scan(kiosk, stand_in)
    kiosk.locator("[data-wish='give-back']").tap()
    expect(kiosk.locator("#view-own-sure h1")).to_be_focused()
    expect(kiosk.locator("#view-own-sure")).to_contain_text("真的不办了吗？")
    kiosk.locator("#own-sure-no").tap()
    expect(kiosk.locator("#view-own-ticket")).to_be_visible()
    assert stand_in.to(WISH) == []
    kiosk.locator("[data-wish='give-back']").tap()
    kiosk.locator("#own-sure-yes").tap()
    expect(kiosk.locator("#own-said-title")).to_contain_text("已经退号")
    assert stand_in.to(WISH)[0].body["wish"] == "give-back"


def test_by_keys_alone(kiosk: Page, stand_in: StandIn) -> None:
    became(stand_in, place(by_screen=True, wishes=["step-away", "give-back"]))
    scan(kiosk, stand_in)
    kiosk.keyboard.press("Tab")
    kiosk.keyboard.press("Tab")
    expect(kiosk.locator("[data-wish='by-screen']")).to_be_focused()
    kiosk.keyboard.press("Enter")
    kiosk.clock.run_for(200)
    expect(kiosk.locator("#own-said-title")).to_contain_text("好的，用屏幕叫您")
    kiosk.keyboard.press("Escape")
    expect(kiosk.locator("#view-home")).to_be_visible()


def test_whoever_was_called_meanwhile_is_told_where_to_go(kiosk: Page, stand_in: StandIn) -> None:
    now = place("called", ahead=None, wait=None, window=3, window_name="综合三号窗口", wishes=["by-screen"])
    became(stand_in, now, "overtaken")
    scan(kiosk, stand_in)
    kiosk.locator("[data-wish='step-away']").tap()
    expect(kiosk.locator("#own-said-title")).to_contain_text("没有做成")
    expect(kiosk.locator("#own-said-what")).to_contain_text("正在叫您，请到综合三号窗口")


def test_what_the_hall_has_not_confirmed_is_not_promised(kiosk: Page, stand_in: StandIn) -> None:
    became(stand_in, None, "kept")
    scan(kiosk, stand_in)
    kiosk.locator("[data-wish='step-away']").tap()
    expect(kiosk.locator("#own-said-title")).to_contain_text("已经记下")
    expect(kiosk.locator("#own-said-what")).to_contain_text("还没有确认")


@pytest.mark.parametrize("why", ["slip-unreadable", "slip-not-signed", "slip-of-another-day"])
def test_why_a_slip_shows_nothing_is_said_in_both_languages(kiosk: Page, stand_in: StandIn, why: str) -> None:
    stand_in.answers[SCAN] = (409, {"error": why, "text": both("refusal", why)})
    type_code(kiosk)
    for text in both("refusal", why).values():
        expect(kiosk.locator("#own-said-what")).to_contain_text(text)
    kiosk.locator("#own-said-done").tap()
    expect(kiosk.locator("#view-home")).to_be_visible()


@pytest.mark.parametrize("why", ["hall-unreachable", "recovering"])
def test_without_the_hall_the_number_is_said_to_stay_valid(kiosk: Page, stand_in: StandIn, why: str) -> None:
    stand_in.answers[SCAN] = (503, {"error": why, "text": both("refusal", why)})
    type_code(kiosk)
    expect(kiosk.locator("#own-said-what")).to_contain_text("号码照常有效")


def test_a_ticket_that_its_kiosk_has_not_told_yet(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.answers[SCAN] = (200, {"look": "look-1", "place": place("", number="", ahead=None, wait=None, wishes=[])})
    stand_in.answers[LEAVE] = (200, {})
    type_code(kiosk)
    expect(kiosk.locator("#own-said-what")).to_contain_text("大厅还没有收到这个号码")


def test_the_page_goes_home_by_itself_and_forgets(kiosk: Page, stand_in: StandIn) -> None:
    became(stand_in, AWAY)
    scan(kiosk, stand_in)
    kiosk.locator("[data-wish='step-away']").tap()
    expect(kiosk.locator("#own-said-returning")).to_contain_text("秒后回到首页")
    kiosk.clock.run_for(15_500)
    expect(kiosk.locator("#view-home")).to_be_visible()
    assert stand_in.wait_for(1, LEAVE)[0].body == {"look": "look-1"}


def test_left_alone_with_a_slip_it_asks_first_then_forgets(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.tell("kiosk", idle_seconds=10)
    scan(kiosk, stand_in)
    kiosk.clock.run_for(10_500)
    expect(kiosk.locator("#idle")).to_contain_text("您还在吗？")
    kiosk.clock.run_for(20_500)
    expect(kiosk.locator("#view-home")).to_be_visible()
    stand_in.wait_for(1, LEAVE)


def test_a_second_slip_takes_the_place_of_the_first(kiosk: Page, stand_in: StandIn) -> None:
    scan(kiosk, stand_in)
    scan(kiosk, stand_in, place(number="B2002"))
    expect(kiosk.locator("#own-number")).to_have_text("B2002")


def test_nobody_is_disturbed_by_a_scan_while_asked_about_a_slip(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket("doubtful"))
    touch(kiosk)
    expect(kiosk.locator("#view-doubtful")).to_be_visible()
    type_code(kiosk)
    expect(kiosk.locator("#view-doubtful")).to_be_visible()
    assert stand_in.to(SCAN) == []


def test_whoever_has_just_taken_a_number_is_called_by_the_screens_at_one_touch(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.answers[TICKETS] = (200, ticket())
    became(stand_in, place(number="C3012", by_screen=True), path=SCREENS)
    touch(kiosk)
    kiosk.locator("#result-by-screen").tap()
    said = kiosk.locator("#view-own-said")
    for text in ("轮到 C3012 时", "屏幕会闪", "导办员会来找您", "a guide comes"):
        expect(said).to_contain_text(text)
    assert stand_in.to(SCREENS)[0].body == {"ticket_id": "kiosk-1/00000000000000aa/3012"}
    kiosk.clock.run_for(15_500)
    expect(kiosk.locator("#view-home")).to_be_visible()


def test_a_daemon_that_does_not_answer_leaves_nobody_waiting(kiosk: Page, stand_in: StandIn) -> None:
    scan(kiosk, stand_in)
    stand_in.stop()
    kiosk.locator("[data-wish='step-away']").tap()
    kiosk.clock.run_for(13_000)
    expect(kiosk.locator("#own-said-title")).to_contain_text("不知道做成了没有")
    stand_in.start()
    kiosk.clock.run_for(16_000)
    expect(kiosk.locator("#view-home")).to_be_visible()
    expect(kiosk.locator("#notice-lost")).to_be_hidden()


@pytest.mark.parametrize("view", ["own-ticket", "own-sure", "own-said"])
def test_text_and_targets_are_for_everybody(kiosk: Page, stand_in: StandIn, view: str) -> None:
    became(stand_in, AWAY)
    scan(kiosk, stand_in, place(by_screen=True))
    if view == "own-sure":
        kiosk.locator("[data-wish='give-back']").tap()
    if view == "own-said":
        kiosk.locator("[data-wish='step-away']").tap()
    expect(kiosk.locator(f"#view-{view}")).to_be_visible()
    assert weakest(kiosk) > (7.0, "")
    for button in kiosk.locator("button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 60
    for width in (360, 1080):
        kiosk.set_viewport_size({"width": width, "height": width * 16 // 9})
        assert kiosk.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
