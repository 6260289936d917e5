"""The citizen's screen and the clerk's page on one box: what one does stands on the other, and then is gone."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from config.wording import room
from device.flows.rating_tags import TAGS
from drivers.contract import GradePress
from hall.contract import GRADES
from tests.screens.customer_box import A1001, A1002, OTHER, CustomerBox
from tests.screens.stand_in import LIMIT_S
from tests.screens.test_looks import weakest

pytestmark = pytest.mark.browser

SIZES = {"small": (1024, 600), "large": (1920, 1080), "upright": (1080, 1920)}
SECRET = "我听不见请写字"


def picture(width: int = 300, height: int = 400) -> bytes:
    """A real PNG, grey."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\x00" + b"\x90" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def box(tmp_path: Path, photos: Path) -> Iterator[CustomerBox]:
    data = tmp_path / "data"
    data.mkdir()
    daemon = CustomerBox(data, photos)
    yield daemon
    daemon.stop()


@pytest.fixture(params=["small"])
def screen(chromium: Browser, box: CustomerBox, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The citizen's, with fingers; its clock may be moved."""
    width, height = SIZES[request.param]
    with chromium.new_context(viewport={"width": width, "height": height}, has_touch=True, locale="zh-CN") as context:
        page = context.new_page()
        page.set_default_timeout(LIMIT_S * 1000)
        page.clock.install()
        page.goto(f"{box.origin}/customer/1")
        expect(page.locator("#view-idle")).to_be_visible()
        yield page


@pytest.fixture
def clerk(desk: BrowserContext, box: CustomerBox, screen: Page) -> Page:
    """The clerk's page of the same window, signed in."""
    page = desk.new_page()
    page.set_default_timeout(LIMIT_S * 1000)
    page.goto(f"{box.origin}/window/1")
    page.locator("#name").fill("王小明")
    page.locator("#pin").fill("2468")
    page.keyboard.press("Enter")
    expect(page.locator("#customer")).to_be_visible()
    return page


def serve(box: CustomerBox, screen: Page) -> None:
    box.stand("serving", held=A1001)
    expect(screen.locator("#view-serve")).to_be_visible()


def ask(box: CustomerBox, screen: Page) -> None:
    """The visit is over and the citizen is asked."""
    box.stand("idle", finished=A1001)
    expect(screen.locator("#view-rate")).to_be_visible()


class TestThePlate:
    def test_it_shows_who_sits_there_and_changes_when_another_takes_over(
        self, box: CustomerBox, screen: Page, clerk: Page
    ) -> None:
        expect(screen.locator("#plate")).to_contain_text("王小明")
        expect(screen.locator("#plate-unit")).to_contain_text("清河县人力资源和社会保障局")
        expect(screen.locator("#plate-staff-no")).to_have_text("007")
        clerk.locator("#sign-out").click()
        clerk.locator("#name").fill(OTHER.name)
        clerk.locator("#pin").fill("1")
        clerk.keyboard.press("Enter")
        expect(screen.locator("#plate-name")).to_have_text(OTHER.name)
        box.stand("closed", clerk=None)
        expect(screen.locator("#view-closed")).to_be_visible()
        expect(screen.locator("#plate")).to_be_hidden()

    def test_a_photo_of_the_folder_hangs_there_and_a_drawn_outline_where_there_is_none(
        self, box: CustomerBox, screen: Page, photos: Path
    ) -> None:
        expect(screen.locator("#plate-outline")).to_be_visible()
        (photos / f"{OTHER.staff_no}.png").write_bytes(picture())
        box.stand("idle", clerk=OTHER)
        expect(screen.locator("#plate-photo")).to_be_visible()
        assert screen.evaluate("document.getElementById('plate-photo').decode().then(() => true)")
        expect(screen.locator("#plate-outline")).to_be_hidden()

    def test_a_photo_that_is_none_is_not_shown_and_the_clerk_reads_what_to_do(
        self, box: CustomerBox, screen: Page, clerk: Page, photos: Path
    ) -> None:
        expect(clerk.locator("#customer-photo")).to_contain_text("007.png".replace("007", "工号"))
        (photos / "007.png").write_bytes(b"no picture")
        box.stand("idle", clerk=OTHER)
        box.stand("idle")
        expect(clerk.locator("#customer-photo")).to_contain_text("不是 JPG 或 PNG")
        expect(screen.locator("#plate-outline")).to_be_visible()


class TestWhatIsBeingDone:
    def test_the_called_number_stands_there_large(self, box: CustomerBox, screen: Page) -> None:
        box.stand("called", held=A1001)
        expect(screen.locator("#called-number")).to_contain_text("请 A1001 号")
        expect(screen.locator("h1:focus")).to_have_id("called-number")
        size = screen.evaluate("parseFloat(getComputedStyle(document.getElementById('called-number')).fontSize)")
        assert size >= 100

    def test_the_visit_begins_with_please_sit_down_and_ends_with_goodbye(self, box: CustomerBox, screen: Page) -> None:
        serve(box, screen)
        expect(screen.locator("#serve-title")).to_contain_text("请坐，请问您办什么？")
        ask(box, screen)
        screen.locator(".grade").first.tap()
        screen.locator("#rate-submit").tap()
        expect(screen.locator("#view-thanks")).to_contain_text("请您慢走")

    def test_one_touch_of_the_clerk_shows_papers_and_fee_and_a_tick_each_paper_handed_in(
        self, box: CustomerBox, screen: Page, clerk: Page
    ) -> None:
        serve(box, screen)
        clerk.locator("#customer-items button", has_text="灵活就业").click()
        expect(screen.locator("#serve-item")).to_contain_text("灵活就业人员参保登记")
        expect(screen.locator("#serve-materials li")).to_have_count(4)
        expect(screen.locator("#serve-fee")).to_contain_text("不收费")
        expect(screen.locator("#serve-promised")).to_contain_text("3 个工作日内")
        clerk.locator("#customer-ticks button").nth(1).click()
        expect(screen.locator("#serve-materials li").nth(1)).to_contain_text("已交")
        expect(screen.locator("#serve-materials li").nth(0)).to_contain_text("还没交")
        expect(screen.locator("#serve-progress")).to_contain_text("已交 1 样")

    def test_the_clerk_does_all_of_it_by_keys(self, box: CustomerBox, screen: Page, clerk: Page) -> None:
        serve(box, screen)
        expect(clerk.locator("#customer-items button")).to_have_count(2)
        clerk.keyboard.press("e")
        expect(clerk.locator("#customer-items button").first).to_be_focused()
        clerk.keyboard.press("Enter")
        expect(screen.locator("#serve-materials li")).to_have_count(4)
        clerk.keyboard.press("3")
        expect(screen.locator("#serve-materials li").nth(2)).to_contain_text("已交")
        clerk.keyboard.press("h")
        expect(clerk.locator("#customer-waits button").first).to_be_focused()
        clerk.keyboard.press("Enter")
        expect(screen.locator("#wait")).to_contain_text("请稍候，约 2 分钟")
        clerk.keyboard.press("w")
        expect(clerk.locator("#customer-text")).to_be_focused()
        clerk.keyboard.type("请坐")
        clerk.keyboard.press("Enter")
        expect(screen.locator("#talk-said")).to_contain_text("请坐")
        clerk.keyboard.press("Escape")
        clerk.keyboard.press("w")
        expect(screen.locator("#view-talk")).to_be_hidden()

    @pytest.mark.parametrize(("button", "said"), [(1, "请稍候，约 5 分钟"), (3, "有事离开一下")])
    def test_please_wait_stands_there_until_it_is_taken_back(
        self, box: CustomerBox, screen: Page, clerk: Page, button: int, said: str
    ) -> None:
        serve(box, screen)
        waits = clerk.locator("#customer-waits button")
        waits.nth(button).click()
        expect(screen.locator("#wait")).to_contain_text(said)
        expect(waits.nth(button)).to_have_attribute("aria-pressed", "true")
        waits.nth(button).click()
        expect(screen.locator("#wait")).to_be_hidden()

    def test_without_a_screen_the_clerk_s_page_is_as_it_was(self, desk: BrowserContext, box: CustomerBox) -> None:
        page = desk.new_page()
        page.goto(f"{box.origin}/window/1")
        page.locator("#name").fill("王小明")
        page.locator("#pin").fill("2468")
        page.keyboard.press("Enter")
        expect(page.locator("#work-view")).to_be_visible()
        expect(page.locator("#customer")).to_be_hidden()


class TestTheRating:
    def test_five_levels_best_first_none_chosen_each_with_a_face_and_a_word(
        self, box: CustomerBox, screen: Page
    ) -> None:
        serve(box, screen)
        ask(box, screen)
        grades = screen.locator(".grade")
        expect(grades).to_have_count(5)
        for button, grade in zip(grades.all(), GRADES, strict=True):
            expect(button).to_contain_text(room("customer", "zh-CN")[f"grade-{grade}"])
            expect(button).to_have_attribute("aria-pressed", "false")
            expect(button.locator("svg")).to_be_visible()
        drawings = {button.locator("svg").inner_html() for button in grades.all()}
        assert len(drawings) == 5, "told apart by their lines, not by colour"
        expect(screen.locator("#rate-submit")).to_be_hidden()

    @pytest.mark.parametrize("level", range(5))
    def test_each_level_by_touch_with_tags_of_its_own(self, box: CustomerBox, screen: Page, level: int) -> None:
        serve(box, screen)
        ask(box, screen)
        screen.locator(".grade").nth(level).tap()
        tags = screen.locator(".tag")
        expect(tags).to_have_count(len(TAGS[GRADES[level]]))
        tags.nth(0).tap()
        tags.nth(2).tap()
        tags.nth(1).tap()
        tags.nth(1).tap()
        screen.locator("#rate-submit").tap()
        data = box.until_fact("rated").data
        assert (data["grade"], data["channel"]) == (GRADES[level], "page")
        assert data["tags"] == ",".join(sorted((TAGS[GRADES[level]][0], TAGS[GRADES[level]][2])))
        expect(screen.locator("#view-thanks")).to_contain_text(room("customer", "zh-CN")[f"grade-{GRADES[level]}"])

    def test_by_keys_alone(self, box: CustomerBox, screen: Page) -> None:
        serve(box, screen)
        ask(box, screen)
        expect(screen.locator("#rate-title")).to_be_focused()
        for _ in range(4):
            screen.keyboard.press("Tab")
        expect(screen.locator(".grade").nth(3)).to_be_focused()
        screen.keyboard.press("Enter")
        for _ in range(2):
            screen.keyboard.press("Tab")
        expect(screen.locator(".tag").nth(0)).to_be_focused()
        screen.keyboard.press("Space")
        for _ in range(len(TAGS["dissatisfied"])):
            screen.keyboard.press("Tab")
        expect(screen.locator("#rate-submit")).to_be_focused()
        screen.keyboard.press("Enter")
        assert box.until_fact("rated").data["grade"] == "dissatisfied"

    def test_who_touched_a_face_and_walked_away_has_rated_after_a_count_in_sight(
        self, box: CustomerBox, screen: Page
    ) -> None:
        serve(box, screen)
        ask(box, screen)
        screen.locator(".grade").nth(1).tap()
        expect(screen.locator("#submit-left")).to_contain_text("秒后自动提交")
        screen.clock.run_for(16_000)
        assert box.until_fact("rated").data["grade"] == "satisfied"

    def test_who_touched_nothing_has_not_rated(self, box: CustomerBox, screen: Page) -> None:
        serve(box, screen)
        ask(box, screen)
        screen.clock.run_for(58_000)
        box.stand("serving", held=A1002)
        assert box.until_fact("not-rated").data["reason"] == "next-started"
        assert box.facts("rated") == []

    def test_the_pad_was_pressed_and_the_screen_shows_it_and_says_thanks(self, box: CustomerBox, screen: Page) -> None:
        serve(box, screen)
        ask(box, screen)
        box.pad(GradePress(1, "satisfied"))
        expect(screen.locator("#view-thanks")).to_contain_text("您的评价：满意")
        assert [fact.data["channel"] for fact in box.facts("rated")] == ["pad"]

    def test_pad_and_screen_at_once_are_one_rating(self, box: CustomerBox, screen: Page) -> None:
        serve(box, screen)
        ask(box, screen)
        screen.locator(".grade").nth(4).tap()
        box.pad(GradePress(0, "very-satisfied"))
        expect(screen.locator("#view-thanks")).to_be_visible()
        expect(screen.locator("#thanks-grade")).to_contain_text("非常满意")
        screen.clock.run_for(16_000)
        assert [fact.data["grade"] for fact in box.facts("rated")] == ["very-satisfied"]

    def test_a_low_grade_offers_the_person_in_charge_with_one_touch(self, box: CustomerBox, screen: Page) -> None:
        serve(box, screen)
        ask(box, screen)
        screen.locator(".grade").nth(4).tap()
        screen.locator("#rate-submit").tap()
        screen.locator("#manager").tap()
        expect(screen.locator("#help-line")).to_contain_text("已经告诉工作人员")
        asked = box.until_fact("help-asked").data
        assert (asked["at"], asked["window"]) == ("window", 1)

    def test_a_good_grade_offers_nobody(self, box: CustomerBox, screen: Page) -> None:
        serve(box, screen)
        ask(box, screen)
        screen.locator(".grade").nth(0).tap()
        screen.locator("#rate-submit").tap()
        expect(screen.locator("#view-thanks")).to_be_visible()
        expect(screen.locator("#manager")).to_be_hidden()

    def test_the_clerk_s_page_has_no_grade_to_press_and_its_token_cannot_rate(
        self, box: CustomerBox, screen: Page, clerk: Page
    ) -> None:
        serve(box, screen)
        ask(box, screen)
        expect(clerk.locator("#rating-open")).to_contain_text("请 A1001 评价")
        assert clerk.locator("[data-grade], .grade").count() == 0
        refused = clerk.request.post(
            f"{box.origin}/window/1/customer",
            data={"act": "rate", "grade": "very-satisfied"},
            headers={"Authorization": f"Bearer {clerk.evaluate('JSON.parse(Object.values(sessionStorage)[0]).token')}"},
        )
        assert refused.status == 400
        assert box.facts("rated") == []


def write(screen: Page) -> None:
    """A line by finger, from the left to the right."""
    expect(screen.locator("#talk-canvas")).to_be_visible()
    area = screen.locator("#talk-canvas").bounding_box()
    assert area is not None
    screen.mouse.move(area["x"] + 30, area["y"] + 60)
    screen.mouse.down()
    for step in range(20):
        screen.mouse.move(area["x"] + 30 + 10 * step, area["y"] + 60 + 3 * step)
    screen.mouse.up()
    screen.clock.run_for(500)


INK = """(id) => {
  const canvas = document.getElementById(id);
  if (!canvas.width || !canvas.height) return false; // the sheet is put away
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  return pixels.some((value, at) => at % 4 === 3 && value > 0);
}"""


def inked(page: Page, canvas: str) -> None:
    page.wait_for_function(f"id => ({INK})(id)", arg=canvas)


def blank(page: Page, canvas: str) -> None:
    page.wait_for_function(f"id => !({INK})(id)", arg=canvas)


class TestTalkingInWriting:
    def talk(self, box: CustomerBox, screen: Page, clerk: Page) -> None:
        serve(box, screen)
        screen.locator("#talk-open").tap()
        expect(screen.locator("#view-talk")).to_be_visible()
        expect(clerk.locator("#customer-talking")).to_be_visible()

    @pytest.mark.parametrize("screen", [*SIZES], indirect=True)
    def test_what_the_clerk_picks_or_types_stands_sixty_pixels_high_or_more(
        self, box: CustomerBox, screen: Page, clerk: Page
    ) -> None:
        self.talk(box, screen, clerk)
        clerk.locator("#customer-phrases button", has_text="请到复印处").click()
        expect(screen.locator("#talk-said")).to_contain_text("请到复印处复印一份")
        clerk.locator("#customer-text").fill("请写下您的姓名")
        clerk.keyboard.press("Enter")
        expect(screen.locator("#talk-said")).to_contain_text("请写下您的姓名")
        height = "parseFloat(getComputedStyle(document.querySelector('#talk-said [lang=zh-CN]')).fontSize)"
        assert screen.evaluate(height) >= 60

    def test_what_the_citizen_writes_by_finger_stands_on_the_clerk_s_page_until_it_is_wiped(
        self, box: CustomerBox, screen: Page, clerk: Page
    ) -> None:
        self.talk(box, screen, clerk)
        write(screen)
        inked(screen, "talk-canvas")
        inked(clerk, "customer-sheet")
        screen.locator("#talk-wipe").tap()
        blank(screen, "talk-canvas")
        blank(clerk, "customer-sheet")
        write(screen)
        inked(clerk, "customer-sheet")
        clerk.locator("#customer-wipe").click()
        blank(screen, "talk-canvas")

    def test_a_sheet_that_is_full_takes_no_more_and_says_so(self, box: CustomerBox, screen: Page, clerk: Page) -> None:
        self.talk(box, screen, clerk)
        for stroke in range(5):
            body = {"sheet": box.desk.talk.sheet, "stroke": stroke, "points": [10, 20] * 1000, "aspect": 1500}
            assert screen.request.post(f"{box.origin}/customer/1/write", data=body).ok
        expect(screen.locator("#talk-trouble")).to_contain_text("写满了")
        expect(clerk.locator("#customer-full")).to_be_visible()

    def test_both_sides_are_wiped_when_the_ticket_ends_and_nothing_of_it_is_on_the_disk(
        self, box: CustomerBox, screen: Page, clerk: Page, capfd: pytest.CaptureFixture[str]
    ) -> None:
        self.talk(box, screen, clerk)
        said = "请写下您的电话号码吧"
        clerk.locator("#customer-text").fill(said)
        clerk.keyboard.press("Enter")
        screen.locator("#talk-type").fill(SECRET)
        screen.clock.run_for(500)
        write(screen)
        expect(clerk.locator("#customer-typed")).to_have_text(SECRET)
        inked(clerk, "customer-sheet")
        points = "".join(str(number) for number in box.desk.talk.strokes[0][:6])
        ask(box, screen)
        expect(clerk.locator("#customer-talking")).to_be_hidden()
        screen.locator(".grade").first.tap()
        screen.locator("#rate-submit").tap()
        box.until_fact("rated")
        assert (box.desk.talk.strokes, box.desk.talk.typed, box.desk.talk.said.zh) == ([], "", "")
        serve(box, screen)
        screen.locator("#talk-open").tap()
        blank(screen, "talk-canvas")
        assert screen.locator("#talk-type").input_value() == ""
        files, logged = box.files(), "".join(capfd.readouterr())
        assert b"rated" in files
        for word in (SECRET, said, points):
            assert word.encode() not in files
            assert word not in logged

    def test_without_a_number_nobody_can_write(self, box: CustomerBox, screen: Page) -> None:
        assert screen.request.post(f"{box.origin}/customer/1/talk", data={"open": True}).status == 409


class TestOnEveryView:
    def test_help_is_asked_for_with_one_touch_and_taken_back(self, box: CustomerBox, screen: Page) -> None:
        screen.locator("#help").tap()
        expect(screen.locator("#help-line")).to_contain_text("已经告诉工作人员")
        assert box.until_fact("help-asked").data["window"] == 1
        screen.locator("#help-enough").tap()
        expect(screen.locator("#help")).to_be_visible()
        assert box.until_fact("help-ended").data["how"] == "not-needed"

    def test_leave_the_hall_stands_over_everything(self, box: CustomerBox, screen: Page) -> None:
        box.alarm("请从最近的出口离开")
        expect(screen.locator("#alarm")).to_contain_text("请从最近的出口离开")

    def test_a_killed_daemon_is_said_within_five_seconds_and_the_screen_comes_back_by_itself(
        self, box: CustomerBox, screen: Page
    ) -> None:
        serve(box, screen)
        box.stop()
        expect(screen.locator("#lost")).to_be_visible(timeout=5000)
        expect(screen.locator("#lost")).to_contain_text("正在自动恢复")
        box.start()
        screen.clock.resume()
        expect(screen.locator("#lost")).to_be_hidden(timeout=LIMIT_S * 1000)
        expect(screen.locator("#view-idle")).to_be_visible()
        ask(box, screen)
        screen.locator(".grade").nth(2).tap()
        screen.locator("#rate-submit").tap()
        assert box.until_fact("rated").data["grade"] == "basically-satisfied"

    def test_in_english_the_english_stands_first(self, screen: Page) -> None:
        screen.locator("#language").tap()
        size = "lang => parseFloat(getComputedStyle(document.querySelector(`#view-idle h1 [lang='${lang}']`)).fontSize)"
        assert screen.evaluate(size, "en") > screen.evaluate(size, "zh-CN")

    def test_the_next_citizen_is_greeted_in_chinese(self, box: CustomerBox, screen: Page) -> None:
        box.stand("called", held=A1001)
        expect(screen.locator("#view-called")).to_be_visible()
        screen.locator("#language").tap()
        serve(box, screen)
        expect(screen.locator("html")).to_have_attribute("lang", "en")
        ask(box, screen)
        expect(screen.locator("html")).to_have_attribute("lang", "en")
        box.stand("called", held=A1002, finished=A1001)
        expect(screen.locator("#rate-next")).to_be_visible()
        expect(screen.locator("html")).to_have_attribute("lang", "en")
        box.stand("serving", held=A1002)
        expect(screen.locator("#view-serve")).to_be_visible()
        expect(screen.locator("html")).to_have_attribute("lang", "zh-CN")

    @pytest.mark.parametrize("screen", [*SIZES], indirect=True)
    def test_on_every_size_all_targets_are_sixty_pixels_texts_are_clear_and_no_button_is_cut_off(
        self, box: CustomerBox, screen: Page, clerk: Page
    ) -> None:
        def look() -> None:
            for language in ("zh-CN", "en"):
                expect(screen.locator("html")).to_have_attribute("lang", language)
                assert weakest(screen) > (4.5, "")
                view = screen.viewport_size
                assert view is not None
                for button in screen.locator("button:visible, input:visible").all():
                    area = button.bounding_box()
                    assert area is not None
                    assert min(area["width"], area["height"]) >= 60, button.inner_html()
                    assert area["x"] >= 0
                    assert area["x"] + area["width"] <= view["width"]
                    assert area["y"] + area["height"] <= view["height"], button.inner_html()
                assert screen.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
                screen.locator("#language").tap()

        look()
        box.stand("called", held=A1001)
        expect(screen.locator("#view-called")).to_be_visible()
        look()
        serve(box, screen)
        clerk.locator("#customer-items button").first.click()
        clerk.locator("#customer-waits button").first.click()
        expect(screen.locator("#wait")).to_be_visible()
        look()
        clerk.locator("#customer-phrases button, #customer-talk").first.click()
        expect(screen.locator("#view-talk")).to_be_visible()
        look()
        ask(box, screen)
        look()
        screen.locator(".grade").nth(3).tap()
        look()
        screen.locator("#rate-submit").tap()
        expect(screen.locator("#manager")).to_be_visible()
        look()

    def test_it_fetches_nothing_from_outside_and_weighs_little(self, box: CustomerBox, desk: BrowserContext) -> None:
        page = desk.new_page()
        asked: list[str] = []
        troubles: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{box.origin}/customer/1")
        expect(page.locator("#view-idle")).to_be_visible()
        assert len(asked) > 5
        assert [url for url in asked if not url.startswith((box.origin, "data:"))] == []
        assert troubles == []
        weight = "performance.getEntries().reduce((sum, e) => sum + (e.encodedBodySize || 0), 0)"
        assert page.evaluate(weight) + 100_000 < 300_000, "with the largest photo that is taken"
