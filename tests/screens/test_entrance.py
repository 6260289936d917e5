"""The entrance screen: everything that is open stands on it, and nobody has to touch it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from config.wording import both
from hall.contract import Alarm, Notice, Said
from tests.device.house import house
from tests.screens.entrance_box import EntranceBox
from tests.screens.entrance_scene import LANDSCAPE, PORTRAIT, TELEPHONE, looking, running
from tests.screens.test_looks import weakest

pytestmark = pytest.mark.browser

NOTICE = Notice(id="n-1", text=Said(zh="本周六上午延时办理社保业务", en="Social security is open on Saturday morning"))


@pytest.fixture
def box(tmp_path: Path) -> Iterator[EntranceBox]:
    with running(tmp_path) as box:
        yield box


@pytest.fixture(params=[LANDSCAPE, PORTRAIT], ids=["landscape", "portrait"])
def screen(box: EntranceBox, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    with looking(chromium, f"{box.origin}/entrance", request.param) as page:
        page.locator(".item-card").first.wait_for(state="attached")
        yield page


@pytest.fixture
def door(box: EntranceBox, chromium: Browser) -> Iterator[Page]:
    with looking(chromium, f"{box.origin}/entrance", LANDSCAPE) as page:
        page.locator(".item-card").first.wait_for(state="attached")
        yield page


def test_every_open_window_stands_there_with_what_it_does_and_who_waits(screen: Page) -> None:
    for number in (1, 2, 3):
        expect(screen.locator(f".window-card[data-window='{number}']")).to_have_count(1)
    card = screen.locator(".window-card[data-window='3']")
    for text in (
        "户籍不动产综合窗口",
        "居民身份证",
        "等候 12 人，约 20–35 分钟",
        "12 waiting, about 20–35 min",
        "等候 3 人",
    ):
        expect(card).to_contain_text(text)


def test_sixty_open_windows_are_all_shown_leaf_by_leaf_and_nothing_is_cut(box: EntranceBox, screen: Page) -> None:
    box.news(2, open={number: ["12", "21", "32"] for number in range(1, 61)})
    expect(screen.locator(".window-card")).to_have_count(60)
    seen: set[str] = set()
    for _ in range(int(screen.locator("#leaf").inner_text().split("/")[1])):
        leaf = screen.locator(".leaf:not(.turned)")
        expect(leaf).to_have_count(1)
        assert leaf.evaluate("leaf => leaf.scrollHeight <= leaf.clientHeight + 1")
        seen |= {str(card.get_attribute("data-window")) for card in leaf.locator(".window-card").all()}
        screen.clock.run_for(12_100)
    assert seen == {str(number) for number in range(1, 61)}


def test_a_window_that_closes_is_gone_from_the_list_and_hollow_on_the_plan(box: EntranceBox, door: Page) -> None:
    box.news(2, open={1: ["12"]})
    expect(door.locator(".window-card")).to_have_count(1)
    expect(door.locator("#floor [data-window='2']")).to_have_class("spot window closed ")
    expect(door.locator("#floor [data-window='2']")).to_contain_text("未开")
    expect(door.locator("#floor [data-window='1']")).not_to_contain_text("未开")


def test_what_nobody_has_said_is_not_shown_as_closed(tmp_path: Path, chromium: Browser) -> None:
    box = EntranceBox(tmp_path)
    try:
        with looking(chromium, f"{box.origin}/entrance") as page:
            expect(page.locator("#book")).to_contain_text("窗口情况暂时查不到")
            expect(page.locator("#floor .window").first).to_be_visible()
            expect(page.locator("#floor .closed")).to_have_count(0)
    finally:
        box.stop()


def test_the_plan_shows_the_house_and_where_one_stands(door: Page) -> None:
    plan = door.locator("#floor")
    for text in (
        "导办台",
        "Guide desk",
        "无障碍卫生间",
        "填单台",
        "饮水处",
        "免费复印",
        "坡道",
        "电梯",
        "您在这里",
        "东区",
    ):
        expect(plan).to_contain_text(text)
    expect(door.locator("#floor-name")).to_contain_text("一楼")
    door.clock.run_for(12_100)
    expect(door.locator("#floor-name")).to_contain_text("二楼")


def test_hours_are_told_and_end_by_themselves(box: EntranceBox, door: Page) -> None:
    expect(door.locator("#opening")).to_contain_text("正在办公，今天 09:00–17:30")
    expect(door.locator("#time")).to_have_text("10:13")
    box.pass_ms(8 * 3_600_000)
    expect(door.locator("#opening")).to_contain_text("现在不办公，今天 09:00–17:30")
    expect(door.locator("#opening")).to_contain_text("Closed now")


def test_on_the_day_of_the_season_the_hours_change_without_a_restart(box: EntranceBox, door: Page) -> None:
    """R31. From 15 November to Monday, 3 June."""
    expect(door.locator("#opening")).to_contain_text("09:00–17:30")
    box.pass_ms(201 * 24 * 3_600_000)
    box.new_day("2024-06-03")
    expect(door.locator("#opening")).to_contain_text("正在办公，今天 08:30–18:00")


def test_without_a_sure_clock_no_time_is_shown_and_nobody_is_told_that_it_is_open(box: EntranceBox, door: Page) -> None:
    box.clock_off_ms = 3_600_000
    box.pass_ms(0)
    expect(door.locator("#opening")).to_contain_text("今天办公时间 09:00–17:30")
    expect(door.locator("#time")).to_have_text("")


def test_notices_and_every_telephone_number_stand_at_the_foot(box: EntranceBox, door: Page) -> None:
    expect(door.locator("#notices")).to_be_hidden()
    box.news(2, notices=[NOTICE])
    expect(door.locator("#notices")).to_contain_text("本周六上午延时办理社保业务")
    for phone in house().phones:
        expect(door.locator("#phones")).to_contain_text(phone.name)
        expect(door.locator("#phones")).to_contain_text(phone.number)


def test_leaves_turn_by_keys_and_stand_still_when_told(door: Page) -> None:
    expect(door.locator("#leaf")).to_have_text("1 / 3")
    door.keyboard.press("ArrowRight")
    expect(door.locator("#leaf")).to_have_text("2 / 3")
    for _ in range(3):
        door.keyboard.press("Tab")
    expect(door.locator("#stand")).to_be_focused()
    door.keyboard.press("Enter")
    expect(door.locator("#stand")).to_have_attribute("aria-pressed", "true")
    door.clock.run_for(60_000)
    expect(door.locator("#leaf")).to_have_text("2 / 3")
    door.keyboard.press("Space")
    door.clock.run_for(12_100)
    expect(door.locator("#leaf")).to_have_text("3 / 3")


def test_a_guest_s_language_goes_back_by_itself(door: Page) -> None:
    door.locator("#language").tap()
    expect(door.locator("html")).to_have_attribute("data-language", "en")
    door.clock.run_for(121_000)
    expect(door.locator("html")).to_have_attribute("data-language", "zh-CN")


def test_everybody_leaves_stands_over_everything_and_goes_again(box: EntranceBox, door: Page) -> None:
    box.news(2, alarm=Alarm(kind="evacuate", text=Said(zh="请走最近的安全出口", en="Take the nearest exit")))
    expect(door.locator("#alarm")).to_contain_text("请走最近的安全出口")
    box.news(3)
    expect(door.locator("#alarm")).to_have_count(0)


def test_a_killed_daemon_is_said_within_five_seconds_and_the_screen_recovers(
    box: EntranceBox, chromium: Browser
) -> None:
    with looking(chromium, f"{box.origin}/entrance", LANDSCAPE, clock=False) as page:
        page.locator(".window-card").first.wait_for()
        box.stop()
        expect(page.locator("#notice-lost")).to_contain_text(both("entrance", "lost")["zh-CN"], timeout=5000)
        expect(page.locator(".window-card")).to_have_count(3)
        box.start()
        expect(page.locator("#notice-lost")).to_be_hidden()
        box.news()
        expect(page.locator(".window-card[data-window='3']")).to_be_attached()


def test_a_lost_hall_leaves_the_last_known_state_and_is_said(box: EntranceBox, door: Page) -> None:
    box.hall.there = False
    box.run(lambda: box.box.link.lost("the test"))
    expect(door.locator("#notice-cut-off")).to_contain_text("以下是断开前的情况")
    expect(door.locator(".window-card")).to_have_count(3)


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT, TELEPHONE], ids=["landscape", "portrait", "telephone"])
def test_it_never_scrolls_sideways(box: EntranceBox, chromium: Browser, size: tuple[int, int]) -> None:
    with looking(chromium, f"{box.origin}/entrance", size) as page:
        page.locator(".item-card").first.wait_for(state="attached")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_every_text_stands_at_seven_to_one_and_buttons_are_large(box: EntranceBox, door: Page) -> None:
    box.news(2, notices=[NOTICE])
    expect(door.locator("#notices")).to_be_visible()
    assert weakest(door) > (7.0, "")
    for button in door.locator("button:visible").all():
        size = button.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 60


@pytest.mark.parametrize("path", ["/entrance", "/query", "/query/item/id-card/notice"])
def test_nothing_comes_from_outside_and_it_weighs_little(box: EntranceBox, chromium: Browser, path: str) -> None:
    with looking(chromium, "about:blank", clock=False) as page:
        asked: list[str] = []
        troubles: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(box.origin + path)
        page.locator("#floor svg, #view-home h1:visible, .rows").first.wait_for()
        assert [url for url in asked if not url.startswith((box.origin, "data:"))] == []
        assert troubles == []
        assert page.evaluate("performance.getEntries().reduce((sum, e) => sum + (e.encodedBodySize || 0), 0)") < 300_000
