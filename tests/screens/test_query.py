"""The query page: a matter is found, what it needs is told and printed, the way is shown, nothing personal stays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from config.wording import both
from device.item_sheet import FIELDS, SHORT
from drivers.contract import TextLine
from tests.device.house import house
from tests.device.kiosk_scene import DOUBTFUL, NOT_PRINTED
from tests.screens.entrance_box import CASE, LAST4, EntranceBox
from tests.screens.entrance_scene import LANDSCAPE, PORTRAIT, TELEPHONE, looking, running
from tests.screens.test_looks import weakest

pytestmark = pytest.mark.browser


@pytest.fixture
def box(tmp_path: Path) -> Iterator[EntranceBox]:
    with running(tmp_path) as box:
        yield box


@pytest.fixture
def query(box: EntranceBox, chromium: Browser) -> Iterator[Page]:
    with looking(chromium, f"{box.origin}/query") as page:
        page.locator("#view-home h1").wait_for()
        yield page


def tile(page: Page, text: str) -> None:
    page.locator(".tile:visible", has_text=text).first.tap()


def to_item(page: Page, initials: str = "SFZ") -> None:
    tile(page, "查事项")
    for letter in initials:
        page.locator("#search-keys").get_by_role("button", name=letter, exact=True).tap()
    page.locator("#search-found .tile").first.tap()
    expect(page.locator("#view-item h1")).to_be_visible()


def found(page: Page, text: str) -> list[str]:
    page.locator("#search-text").fill(text)
    return page.locator("#search-found .tile strong [lang='zh-CN']").all_inner_texts()


class TestFinding:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("sfz", "居民身份证换领"),
            ("BYYZZ", "有限责任公司设立登记"),
            ("身份证", "居民身份证换领"),
            ("营业执照", "有限责任公司设立登记"),
            ("limited", "有限责任公司设立登记"),
            ("人社", "社会保障卡补领"),
        ],
    )
    def test_by_initials_hanzi_everyday_names_english_and_office(self, query: Page, text: str, name: str) -> None:
        tile(query, "查事项")
        assert found(query, text)[0] == name

    def test_by_the_letters_on_the_screen(self, query: Page) -> None:
        to_item(query)
        expect(query.locator("#item-title")).to_contain_text("居民身份证换领")

    def test_what_is_not_there_is_said_kindly(self, query: Page) -> None:
        tile(query, "查事项")
        assert found(query, "飞船") == []
        expect(query.locator("#search-none")).to_contain_text("没有找到")
        query.locator("#search-keys").get_by_role("button", name="清空").tap()
        expect(query.locator("#search-none")).to_be_hidden()

    @pytest.mark.parametrize(
        ("way", "group", "name"),
        [
            ("按部门找", "县公安局", "居民身份证换领"),
            ("按主题找", "市场准入", "有限责任公司设立登记"),
            ("个人 / 企业", "企业办事", "有限责任公司设立登记"),
            ("一件事", "我要开店", "社会保障卡补领"),
        ],
    )
    def test_by_office_theme_person_or_company_and_life_event(
        self, query: Page, way: str, group: str, name: str
    ) -> None:
        for text in (way, group, name):
            tile(query, text)
        expect(query.locator("#item-title")).to_contain_text(name)


class TestAnItem:
    def test_the_nine_fields_stand_in_their_order(self, query: Page) -> None:
        to_item(query)
        said = [str(part.get_attribute("data-key")) for part in query.locator("#item-rows dd").all()]
        assert said == list(FIELDS)
        expect(query.locator("#item-elsewhere")).to_contain_text("政务服务网")

    def test_the_notice_comes_out_of_the_printer_in_the_language_of_the_page(
        self, box: EntranceBox, query: Page
    ) -> None:
        to_item(query)
        query.locator("[data-act='print-slip']").tap()
        expect(query.locator("#print-status")).to_contain_text("请取走告知单")
        query.locator("#language").tap()
        query.locator("[data-act='print-slip']").tap()
        box.until_printed(2)
        first, second = ([part.text for part in slip if isinstance(part, TextLine)] for slip in box.printer.slips)
        assert "《中华人民共和国居民身份证法》第十一条" in first
        assert "Resident Identity Card Law, article 11" in second

    @pytest.mark.parametrize(
        ("completion", "text"), [(NOT_PRINTED, "没有打印出来：纸用完了"), (DOUBTFUL, "请看一下出纸口")]
    )
    def test_a_printer_in_trouble_is_said_and_the_screen_says_it_all(
        self, box: EntranceBox, query: Page, completion: Any, text: str
    ) -> None:
        box.printer.completions.append(completion)
        to_item(query)
        query.locator("[data-act='print-slip']").tap()
        expect(query.locator("#print-status")).to_contain_text(text)

    def test_without_a_printer_nothing_is_offered(self, tmp_path: Path, chromium: Browser) -> None:
        with running(tmp_path, printer=False) as box, looking(chromium, f"{box.origin}/query") as page:
            page.locator("#view-home h1").wait_for()
            to_item(page)
            expect(page.locator("[data-act='to-window']")).to_be_visible()
            expect(page.locator("[data-act^='print']")).to_have_count(0)


def rows_of(page: Page, within: str) -> dict[str, list[str]]:
    """What a page says of a matter, field by field, in both languages."""
    read = """part => [...part.querySelectorAll('dd')].map(dd => [dd.dataset.key,
      [...dd.querySelectorAll('[lang]')].map(each => each.textContent.trim())])"""
    return dict(page.locator(within).evaluate(read))


def digest(rows: dict[str, list[str]]) -> str:
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


@pytest.mark.parametrize("code", [item.code for item in house().items])
def test_entrance_query_page_and_printed_notice_say_the_same_of_a_matter(
    box: EntranceBox, chromium: Browser, code: str
) -> None:
    """R203: web and screen hashes are equal."""
    with looking(chromium, f"{box.origin}/query/item/{code}/notice") as page:
        notice = rows_of(page, ".rows")
        expect(page.locator("#footing")).to_contain_text("5a1f00c0")
    with looking(chromium, f"{box.origin}/query") as page:
        page.locator("#view-home h1").wait_for()
        tile(page, "查事项")
        page.locator("#search-text").fill(house().items[[i.code for i in house().items].index(code)].name)
        page.locator("#search-found .tile").first.tap()
        query = rows_of(page, "#item-rows")
    with looking(chromium, f"{box.origin}/entrance") as page:
        card = f"[data-item='{code}']"
        page.locator(card).wait_for(state="attached")
        column = rows_of(page, card)
        named = page.locator(f"{card} h3 [lang]").all_text_contents()
    assert list(notice) == list(FIELDS)
    assert digest(query) == digest(notice)
    assert digest({"item": named, **column}) == digest({key: notice[key] for key in SHORT})


def test_the_printed_notice_is_one_page_of_a4(box: EntranceBox, chromium: Browser) -> None:
    with looking(chromium, f"{box.origin}/query/item/id-card/notice", clock=False) as page:
        paper = page.pdf(prefer_css_page_size=True)
    assert paper.count(b"/Type /Page\n") == 1
    assert b"/MediaBox [0 0 594.95996 841.91998]" in paper or b"/MediaBox [0 0 595" in paper


def test_a_matter_that_is_not_there_has_no_notice(box: EntranceBox, chromium: Browser) -> None:
    with looking(chromium, f"{box.origin}/query/item/nothing/notice", clock=False) as page:
        expect(page.locator("body")).to_contain_text("没有这一项")


class TestTheWay:
    def test_it_goes_to_a_window_that_serves_the_matter_without_a_step(self, query: Page) -> None:
        to_item(query)
        query.locator("[data-act='to-window']").tap()
        expect(query.locator("#route-title")).to_contain_text("3 号窗口")
        expect(query.locator("#route-sentences")).to_contain_text("坐电梯到二楼")
        expect(query.locator("#route-sentences")).to_contain_text("Take the lift to: Floor 2")
        expect(query.locator("#route-sentences")).not_to_contain_text("楼梯")
        expect(query.locator("#route-plan svg")).to_have_count(2)
        expect(query.locator("#route-plan .route")).to_have_count(2)
        expect(query.locator("#route-plan .target")).to_contain_text("3")

    def test_who_chooses_steps_gets_the_stairs(self, query: Page) -> None:
        to_item(query)
        query.locator("[data-act='to-window']").tap()
        query.locator("#route-steps").tap()
        expect(query.locator("#route-sentences")).to_contain_text("走楼梯到二楼")
        expect(query.locator("#route-steps")).to_have_attribute("aria-pressed", "true")

    def test_an_open_window_goes_before_a_closed_one(self, box: EntranceBox, query: Page) -> None:
        box.news(2, open={1: ["32"]})
        expect(query.locator("#hall-name")).to_contain_text("云溪县")
        to_item(query)
        query.locator("[data-act='to-window']").tap()
        expect(query.locator("#route-title")).to_contain_text("1 号窗口")
        expect(query.locator("#route-about")).to_contain_text("0790-5550101")

    def test_all_windows_and_places_are_found_from_the_plan(self, query: Page) -> None:
        tile(query, "找窗口")
        expect(query.locator("#windows .tile")).to_have_count(3)
        expect(query.locator("#windows .tile").first).to_contain_text("现在开着")
        query.locator("#places button", has_text="无障碍卫生间").tap()
        expect(query.locator("#route-title")).to_contain_text("无障碍卫生间")
        expect(query.locator("#route-sentences li").first).to_be_visible()


class TestProgress:
    def ask(self, page: Page, case: str, last4: str) -> None:
        page.locator("#case-number").fill(case)
        page.locator("#case-last4").fill(last4)
        page.locator("#progress-form button").tap()

    @pytest.fixture
    def progress(self, query: Page) -> Page:
        tile(query, "查办件进度")
        return query

    def test_number_and_ending_tell_how_far_it_is(self, progress: Page) -> None:
        self.ask(progress, CASE, LAST4)
        for text in ("正在审查", "Under review", "居民身份证换领", "2023-11-10 受理", "承诺 2023-12-08 前办结"):
            expect(progress.locator("#progress-answer")).to_contain_text(text)

    def test_a_wrong_ending_shows_nothing_the_same_as_an_unknown_number(self, progress: Page) -> None:
        said = []
        for case, last4 in ((CASE, "0021"), ("YX-2026-999999", LAST4)):
            self.ask(progress, case, last4)
            expect(progress.locator("#progress-answer .nothing")).to_be_visible()
            said.append(progress.locator("#progress-answer").inner_text())
        assert said[0] == said[1]
        assert "审查" not in said[0]

    def test_it_is_filled_in_by_the_keys_on_the_screen(self, box: EntranceBox, progress: Page) -> None:
        progress.locator("#case-number").tap()
        for sign in "YX-2026":
            progress.locator("#progress-keys").get_by_role("button", name=sign, exact=True).first.tap()
        progress.locator("#case-last4").tap()
        for sign in "001X":
            progress.locator("#progress-keys").get_by_role("button", name=sign, exact=True).first.tap()
        progress.locator("#progress-form button").tap()
        expect(progress.locator("#progress-answer .nothing")).to_be_visible()
        assert [(ask.case, ask.last4) for ask in box.hall.asked] == [("YX-2026", "001X")]

    def test_an_answer_goes_with_what_was_asked(self, progress: Page) -> None:
        self.ask(progress, CASE, LAST4)
        expect(progress.locator("#progress-answer .state")).to_be_visible()
        progress.locator("#case-last4").fill("002")
        expect(progress.locator("#progress-answer")).to_be_hidden()

    def test_after_thirty_seconds_alone_everything_is_gone(self, progress: Page) -> None:
        self.ask(progress, CASE, LAST4)
        expect(progress.locator("#progress-answer .state")).to_be_visible()
        progress.clock.run_for(10_500)
        expect(progress.locator("#idle")).to_be_visible()
        progress.clock.run_for(20_500)
        expect(progress.locator("#view-home")).to_be_visible()
        assert CASE not in progress.content()
        assert progress.locator("#case-number").input_value() == progress.locator("#case-last4").input_value() == ""

    @pytest.mark.parametrize("key", ["#home", "#back"])
    def test_who_leaves_leaves_nothing(self, progress: Page, key: str) -> None:
        self.ask(progress, CASE, LAST4)
        expect(progress.locator("#progress-answer .state")).to_be_visible()
        progress.locator(key).tap()
        assert "正在审查" not in progress.locator("main").inner_html()
        tile(progress, "查办件进度")
        assert progress.locator("#case-number").input_value() == progress.locator("#case-last4").input_value() == ""

    def test_nothing_of_it_is_on_the_box_s_disk(self, tmp_path: Path, progress: Page) -> None:
        self.ask(progress, CASE, LAST4)
        expect(progress.locator("#progress-answer .state")).to_be_visible()
        written = b"".join(file.read_bytes() for file in tmp_path.glob("journal*"))
        assert b"id-card" in written  # the directory is kept there
        assert CASE.encode() not in written

    def test_what_cannot_be_right_is_not_sent(self, box: EntranceBox, progress: Page) -> None:
        self.ask(progress, CASE, "1")
        expect(progress.locator("#progress-answer")).to_contain_text("请填好办件编号")
        assert box.hall.asked == []

    @pytest.mark.parametrize(
        ("status", "error", "text"), [(429, "too-many-tries", "试错次数太多"), (503, "store-failed", "连不上大厅")]
    )
    def test_a_refusal_is_said(self, box: EntranceBox, progress: Page, status: int, error: str, text: str) -> None:
        box.hall.refuse["/device/progress"] = (status, {"error": error})
        self.ask(progress, CASE, LAST4)
        expect(progress.locator("#progress-answer")).to_contain_text(text)

    def test_a_hall_that_knows_no_cases_has_no_such_tile(self, box: EntranceBox, query: Page) -> None:
        box.hall.progress = False
        box.run(lambda: box.box.link.lost("the test"))
        expect(query.locator("#tiles .tile", has_text="查办件进度")).to_have_count(0)


class TestHelp:
    def test_a_person_is_asked_to_come_and_the_page_says_what_becomes_of_it(
        self, box: EntranceBox, query: Page
    ) -> None:
        tile(query, "投诉、建议")
        expect(query.locator("#complaint-phones")).to_contain_text("12345")
        query.locator("#complaint-help").tap()
        expect(query.locator("#help-said")).to_contain_text("已经告诉导办员")
        call = box.box.help_desk.at("entrance")
        assert call is not None
        box.news(2, coming=[call.help])
        expect(query.locator("#help-said")).to_contain_text("导办员正在过来")
        box.news(3)
        expect(query.locator("#help-said")).to_be_hidden()

    def test_the_button_is_at_the_same_place_on_every_view(self, query: Page) -> None:
        places = set()
        for name in ("查事项", "按主题找", "找窗口", "查办件进度", "投诉、建议"):
            tile(query, name)
            for key in ("#help", "#language", "#home", "#back"):
                at = query.locator(key).bounding_box()
                assert at is not None
                places.add((key, round(at["x"]), round(at["y"])))
            query.locator("#home").tap()
        assert len(places) == 4


def test_keys_alone_reach_the_way_and_come_back(query: Page) -> None:
    expect(query.locator("#view-home h1")).to_be_focused()
    query.keyboard.press("Tab")
    query.keyboard.press("Enter")
    expect(query.locator("#view-search h1")).to_be_focused()
    query.keyboard.press("Tab")
    query.keyboard.type("sfz")
    query.locator("#search-found .tile").first.focus()
    query.keyboard.press("Enter")
    expect(query.locator("#view-item h1")).to_be_focused()
    query.keyboard.press("Tab")
    query.keyboard.press("Enter")
    expect(query.locator("#route-sentences li").first).to_be_visible()
    for name in ("item", "search", "home"):
        query.keyboard.press("Escape")
        expect(query.locator(f"#view-{name} h1")).to_be_focused()


def test_left_alone_it_goes_home_and_speaks_the_first_language_again(query: Page) -> None:
    query.locator("#language").tap()
    to_item_by_tile = query.locator(".tile:visible").nth(1)
    to_item_by_tile.tap()
    query.clock.run_for(60_500)
    expect(query.locator("#idle")).to_be_visible()
    query.clock.run_for(20_500)
    expect(query.locator("#view-home")).to_be_visible()
    expect(query.locator("html")).to_have_attribute("data-language", "zh-CN")


def test_a_killed_daemon_is_said_within_five_seconds_and_the_page_recovers(box: EntranceBox, chromium: Browser) -> None:
    with looking(chromium, f"{box.origin}/query", clock=False) as page:
        page.locator("#view-home h1").wait_for()
        to_item(page)
        box.stop()
        expect(page.locator("#notice-lost")).to_contain_text(both("query", "lost")["zh-CN"], timeout=5000)
        expect(page.locator("#item-rows")).to_be_visible()
        page.locator("[data-act='to-window']").tap()
        expect(page.locator("#route-none")).to_be_visible()
        page.locator("#help").tap()
        expect(page.locator("#help-said")).to_contain_text("请到导办台")
        box.start()
        expect(page.locator("#notice-lost")).to_be_hidden()
        page.locator("#back").tap()
        page.locator("[data-act='to-window']").tap()
        expect(page.locator("#route-sentences li").first).to_be_visible()


VIEWS = ["查事项", "按主题找", "按部门找", "找窗口", "查办件进度", "投诉、建议"]


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT, TELEPHONE], ids=["landscape", "portrait", "telephone"])
def test_it_never_scrolls_sideways_reads_well_and_has_targets_for_fingers(
    box: EntranceBox, chromium: Browser, size: tuple[int, int]
) -> None:
    with looking(chromium, f"{box.origin}/query", size) as page:
        page.locator("#view-home h1").wait_for()
        for name in ["", *VIEWS]:
            if name:
                tile(page, name)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
            assert weakest(page) > (7.0, ""), name
            for target in page.locator("button:visible, input:visible").all():
                at = target.bounding_box()
                assert at is not None
                assert min(at["width"], at["height"]) >= (44 if size == TELEPHONE else 60), (name, target.inner_text())
            if name:
                page.locator("#home").tap()
