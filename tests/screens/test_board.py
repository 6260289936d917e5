"""The hall board, read from afar: what is called, who is next, how old it is, and what stands over everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.screens.board_scene import NOON_MS, board_state, call, many
from tests.screens.scene import held, window
from tests.screens.stand_in import LIMIT_S, StandIn
from tests.screens.test_looks import TEXTS, weakest

pytestmark = pytest.mark.browser

UPRIGHT: ViewportSize = {"width": 1080, "height": 1920}
LYING: ViewportSize = {"width": 1920, "height": 1080}
FOUR_K: ViewportSize = {"width": 3840, "height": 2160}
SIZES = pytest.mark.parametrize("size", [UPRIGHT, LYING, FOUR_K], ids=["upright", "lying", "4k"])
ALARM = {"kind": "evacuate", "text": {"zh": "请走最近的出口", "en": "Leave by the nearest exit"}}
FIGURES_AT_TEN_METRES = 73
"""Dots of 0.634 mm (1080 on a screen of 55 inches) that make 46 mm: 16 minutes of arc, three times what 20/20 needs."""


@pytest.fixture(autouse=True)
def _told(stand_in: StandIn) -> None:
    stand_in.states["board"] = board_state()


def opened(chromium: Browser, stand_in: StandIn, size: ViewportSize, **state: Any) -> Page:
    stand_in.states["board"] = board_state(**state)
    page = chromium.new_page(viewport=size, locale="zh-CN")
    page.set_default_timeout(LIMIT_S * 1000)
    page.clock.install()
    page.goto(f"{stand_in.origin}/board")
    expect(page.locator("#hall-name")).to_contain_text("云溪县政务服务大厅")
    return page


@pytest.fixture
def board(chromium: Browser, stand_in: StandIn) -> Iterator[Page]:
    page = opened(chromium, stand_in, UPRIGHT)
    yield page
    page.close()


def numbers(page: Page) -> list[str]:
    return page.locator("#calls .number").all_text_contents()


def pass_seconds(page: Page, stand_in: StandIn, seconds: int) -> None:
    """With a daemon that goes on beating."""
    for beat in range(seconds // 2):
        page.clock.run_for(2_000)
        stand_in.tell("board", now_ms=NOON_MS + (beat + 1) * 60_000)
        expect(page.locator("#clock")).to_have_text(f"12:{beat + 1:02}")


class TestCalls:
    def test_each_stands_with_its_window_the_newest_first(self, board: Page) -> None:
        assert numbers(board) == ["C31011", "A11020", "B21017", "A13008"]
        assert board.locator("#calls .figure").all_text_contents() == ["3", "1", "2", "5"]
        assert board.locator("#calls li.serving").count() == 1

    def test_a_new_one_comes_first_flashes_and_is_read_out(self, board: Page, stand_in: StandIn) -> None:
        expect(board.locator("#calls .flash")).to_have_count(1)  # the one that is called by screen
        stand_in.tell("board", calls=[call(6, "D41001"), *board_state()["calls"]])
        first = board.locator("#calls li").first
        expect(first.locator(".number")).to_have_text("D41001")
        expect(first).to_have_class("called flash")
        expect(first).to_have_css("animation-name", "turn-over")
        expect(board.locator("#announce")).to_have_text("D41001 6 号窗口")

    def test_a_recall_flashes_again_and_says_that_it_is_one(self, board: Page, stand_in: StandIn) -> None:
        stand_in.tell("board", calls=[call(3, "C31011", calls=2)])
        expect(board.locator("#calls li")).to_have_count(1)
        expect(board.locator("#calls li")).to_have_class("called flash")
        expect(board.locator("#calls .phase")).to_contain_text("再叫一次")

    def test_the_flashing_ends_by_itself_and_goes_on_for_who_is_called_by_screen(
        self, board: Page, stand_in: StandIn
    ) -> None:
        stand_in.tell("board", calls=[call(6, "D41001"), call(2, "B21017", by_screen=True)])
        expect(board.locator("#calls .flash")).to_have_count(2)
        pass_seconds(board, stand_in, 16)
        expect(board.locator("#calls li").first).not_to_have_class("called flash")
        expect(board.locator("#calls li.by-screen .phase")).to_contain_text("屏幕叫号")
        stand_in.tell("board", calls=[call(2, "B21017", "serving", by_screen=True)])
        expect(board.locator("#calls .flash")).to_have_count(0)

    def test_what_stood_there_when_the_page_came_does_not_flash(self, chromium: Browser, stand_in: StandIn) -> None:
        page = opened(chromium, stand_in, UPRIGHT, calls=[call(1, "A11001")])
        assert numbers(page) == ["A11001"]
        assert page.locator("#calls .flash").count() == 0
        page.close()

    def test_nothing_is_told_by_colour_alone(self, board: Page) -> None:
        called, serving = board.locator("#calls li.called").first, board.locator("#calls li.serving").first
        expect(called.locator(".phase")).to_contain_text("请来办理")
        expect(serving.locator(".phase")).to_contain_text("正在办理")
        weights = [row.locator(".number").evaluate("e => getComputedStyle(e).fontWeight") for row in (called, serving)]
        assert weights == ["700", "400"]

    def test_who_wants_no_motion_sees_it_turned_over_and_still(self, board: Page) -> None:
        board.emulate_media(reduced_motion="reduce")
        flashing = board.locator("#calls .flash").first
        expect(flashing).to_have_css("animation-name", "none")
        expect(flashing).to_have_css("background-color", "rgb(11, 74, 125)")

    def test_where_all_are_at_one_place_the_place_is_left_out(self, board: Page, stand_in: StandIn) -> None:
        expect(board.locator("#calls .where").first).to_be_visible()
        stand_in.tell("board", calls=[call(3, "A11001"), call(4, "A11002")])
        expect(board.locator("#calls .where").first).to_be_hidden()

    def test_more_than_have_room_stand_on_pages_that_turn_and_a_new_call_turns_back(
        self, chromium: Browser, stand_in: StandIn
    ) -> None:
        page = opened(chromium, stand_in, LYING, **many())
        first = numbers(page)
        expect(page.locator("#calls-page")).to_contain_text("第 1 页")
        pass_seconds(page, stand_in, 10)
        expect(page.locator("#calls-page")).to_contain_text("第 2 页")
        assert not {*first} & {*numbers(page)}
        stand_in.tell("board", calls=[call(61, "A99001"), *many()["calls"]])
        expect(page.locator("#calls-page")).to_contain_text("第 1 页")
        assert numbers(page)[0] == "A99001"
        page.close()


class TestBeside:
    def test_who_is_next_how_many_wait_and_how_long(self, board: Page) -> None:
        rows = board.locator("#themes li")
        assert rows.nth(0).locator(".number").all_text_contents() == [f"A1102{n}" for n in range(1, 6)]
        expect(rows.nth(0)).to_contain_text("14 人")
        expect(rows.nth(0)).to_contain_text("约 35–45 分钟")
        expect(rows.nth(1)).to_contain_text("5 分钟以内")
        expect(rows.nth(3)).to_contain_text("还说不准")

    def test_a_theme_that_no_window_takes_says_so(self, board: Page, stand_in: StandIn) -> None:
        themes = [{**theme, "open": False} for theme in board_state()["themes"]]
        stand_in.tell("board", themes=themes)
        expect(board.locator("#themes li").first).to_contain_text("暂无窗口办理")

    def test_hours_of_today_or_that_it_is_closed(self, board: Page, stand_in: StandIn) -> None:
        expect(board.locator("#hours")).to_contain_text("今天开放时间 09:00–12:00 13:30–17:00")
        stand_in.tell("board", hours=[])
        expect(board.locator("#hours")).to_contain_text("今天不开放")
        stand_in.tell("board", has_hours=False)
        expect(board.locator("#hours")).to_be_hidden()

    def test_open_windows_by_name_and_many_of_them_by_number(self, board: Page, stand_in: StandIn) -> None:
        expect(board.locator("#open")).to_contain_text("社保医保综合窗口")
        stand_in.tell("board", open=many()["open"])
        assert board.locator("#open .figure").all_text_contents()[:2] == ["1–8", "10–17"]
        stand_in.tell("board", open=[])
        expect(board.locator("#none-open")).to_be_visible()

    def test_void_numbers_faults_and_notices_take_turns_for_as_long_as_reading_takes(
        self, board: Page, stand_in: StandIn
    ) -> None:
        told = board.locator("#told-text")
        expect(told).to_contain_text("C31009")
        expect(told).to_contain_text("导办台")
        board.clock.run_for(12_000)
        expect(told).to_contain_text("北门的取号机打不出小票")
        expect(told).to_contain_text("at the north gate")
        board.clock.run_for(13_000)
        expect(told).to_contain_text("不动产登记系统维护")
        stand_in.tell("board", void=[], faults=[], notices=[])
        expect(board.locator("#told")).to_be_hidden()

    def test_a_fault_that_this_page_does_not_know_is_still_told(self, board: Page, stand_in: StandIn) -> None:
        stand_in.tell("board", void=[], notices=[], faults=[{"what": "lift-stuck", "where": None}])
        expect(board.locator("#told-text")).to_contain_text("请听从工作人员安排")
        stand_in.tell("board", faults=[{"what": "kiosk-closed", "where": None}])
        expect(board.locator("#told-text")).to_contain_text("有一台取号机现在不能取号")

    def test_the_clock_stands_there_only_while_it_can_be_believed(self, board: Page, stand_in: StandIn) -> None:
        expect(board.locator("#clock")).to_have_text("12:00")
        board.clock.run_for(61_000)
        stand_in.tell("board", now_ms=NOON_MS + 61_000)
        expect(board.locator("#clock")).to_have_text("12:01")
        stand_in.tell("board", now_ms=None)
        expect(board.locator("#clock")).to_be_hidden()


class TestOld:
    def test_a_daemon_that_is_cut_off_from_the_hall_says_since_when(self, board: Page, stand_in: StandIn) -> None:
        expect(board.locator("#stale")).to_be_hidden()
        stand_in.tell("board", stale=True, up_ms=NOON_MS - 600_000)
        expect(board.locator("#stale")).to_contain_text("从 11:50 起没有更新")
        expect(board.locator("#stale")).to_contain_text("No news since 11:50")
        assert numbers(board)[0] == "C31011"
        stand_in.tell("board", up_ms=None)
        expect(board.locator("#stale")).to_contain_text("现在收不到新的叫号")

    def test_a_killed_daemon_is_told_within_five_seconds_and_the_page_comes_back_by_itself(
        self, board: Page, stand_in: StandIn
    ) -> None:
        stand_in.stop()
        board.clock.run_for(4_900)
        expect(board.locator("#stale")).to_contain_text("从 12:00 起没有更新")
        expect(board.locator("#stale")).to_contain_text("正在自动恢复")
        assert numbers(board)[0] == "C31011"
        stand_in.states["board"] = board_state(calls=[call(1, "A11021")])
        stand_in.start()
        board.clock.run_for(3_100)
        expect(board.locator("#stale")).to_be_hidden()
        expect(board.locator("#calls .number")).to_have_text("A11021")

    def test_a_daemon_that_falls_silent_is_told_too(self, board: Page) -> None:
        board.clock.run_for(4_900)
        expect(board.locator("#stale")).to_contain_text("正在自动恢复")


class TestAlarm:
    @pytest.mark.parametrize("page_of", ["kiosk", "window", "board"])
    def test_it_stands_over_everything_on_every_page_and_goes(
        self, request: pytest.FixtureRequest, stand_in: StandIn, page_of: str
    ) -> None:
        page: Page = request.getfixturevalue({"kiosk": "kiosk", "window": "at_work", "board": "board"}[page_of])
        stand_in.tell(page_of, alarm=ALARM)
        alarm = page.locator("#alarm")
        expect(alarm).to_contain_text("请马上离开大厅")
        expect(alarm).to_contain_text("Leave by the nearest exit")
        assert page.evaluate("document.activeElement.closest('#alarm') !== null")
        seen = page.evaluate(
            "[...document.body.children].filter(e => e.id !== 'alarm' && e.checkVisibility({visibilityProperty: true}))"
        )
        assert seen == []
        size = page.viewport_size
        assert size is not None
        assert alarm.bounding_box() == {"x": 0, "y": 0, **size}
        assert weakest(page) > (7.0, "")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(alarm).to_be_visible()
        stand_in.tell(page_of, alarm=None)
        expect(alarm).to_have_count(0)
        assert page.evaluate("[...document.body.children].every(e => !e.inert)")

    def test_it_stands_over_a_dialog_that_is_open_and_one_that_opens_later(
        self, at_work: Page, stand_in: StandIn
    ) -> None:
        stand_in.tell("window", window=window("serving", held=held("A1001")))
        at_work.keyboard.press("t")
        expect(at_work.locator("#redirect")).to_be_visible()
        stand_in.tell("window", alarm=ALARM)
        expect(at_work.locator("#alarm")).to_be_visible()
        expect(at_work.locator("#redirect")).to_be_hidden()
        at_work.evaluate("document.getElementById('call-number').showModal()")
        expect(at_work.locator("#call-number")).to_be_hidden()
        stand_in.tell("window", alarm=None)
        expect(at_work.locator("#redirect")).to_be_visible()

    def test_a_drill_says_that_it_is_one_and_needs_no_words_of_the_hall(self, board: Page, stand_in: StandIn) -> None:
        stand_in.tell("board", alarm={"kind": "exercise", "text": {"zh": "", "en": ""}})
        expect(board.locator("#alarm.exercise")).to_contain_text("疏散演练")
        assert board.locator("#alarm p").count() == 0


class TestLooks:
    @SIZES
    @pytest.mark.parametrize("crowd", ["usual", "many", "old"])
    def test_all_has_room_and_every_text_stands_at_seven_to_one(
        self, chromium: Browser, stand_in: StandIn, size: ViewportSize, crowd: str
    ) -> None:
        state = {"usual": {}, "many": many(), "old": {"stale": True}}[crowd]
        page = opened(chromium, stand_in, size, **state)
        assert len(page.evaluate(TEXTS)) > 30
        assert weakest(page) > (7.0, "")
        assert page.evaluate(CUT) == []
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        page.close()

    @SIZES
    def test_a_called_number_is_read_from_ten_metres(
        self, chromium: Browser, stand_in: StandIn, size: ViewportSize
    ) -> None:
        page = opened(chromium, stand_in, size)
        height = page.locator("#calls .number").first.evaluate(FIGURE_HEIGHT)
        assert height >= FIGURES_AT_TEN_METRES * min(size["width"], size["height"]) / 1080
        page.close()

    def test_it_fetches_nothing_from_outside_and_weighs_little(self, chromium: Browser, stand_in: StandIn) -> None:
        page = chromium.new_page(viewport=UPRIGHT)
        asked: list[str] = []
        troubles: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{stand_in.origin}/board")
        expect(page.locator("#calls li").first).to_be_visible()
        assert [url for url in asked if not url.startswith((stand_in.origin, "data:"))] == []
        assert troubles == []
        weight = "performance.getEntries().reduce((sum, entry) => sum + (entry.encodedBodySize || 0), 0)"
        assert page.evaluate(weight) < 300_000
        page.close()


# Whoever shows text of its own and hides some of it, or stands outside of what clips it.
CUT = """() => [...document.querySelectorAll('main *, footer *, header *')].flatMap(element => {
  if (!element.checkVisibility() || element.closest('.unseen')) return [];
  const box = element.getBoundingClientRect();
  const frame = (element.closest('#calls li, #themes li, footer, header') ?? document.body).getBoundingClientRect();
  const out = box.width && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1
    || box.bottom > frame.bottom + 1);
  const cut = element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX === 'hidden';
  return out || cut ? [`${element.className}: ${element.textContent.trim()}`] : [];
})"""

# The drawn height of a figure in dots.
FIGURE_HEIGHT = """element => {
  const pen = document.createElement('canvas').getContext('2d');
  const style = getComputedStyle(element);
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  return pen.measureText('0').actualBoundingBoxAscent;
}"""
