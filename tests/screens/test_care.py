"""换纸 in a browser: the page, the box's own calls, flow, cell and driver, and a printer in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from config.pages import render
from config.wording import LANGUAGES, room, say
from tests.device.care_scene import CODE
from tests.screens.care_box import CareBox
from tests.screens.test_looks import TEXTS, weakest

pytestmark = pytest.mark.browser

LIMIT_MS = 15_000
"""A cell asks its printer every two seconds; a busy machine takes longer."""
HELD_MS = 3_000


@pytest.fixture
def box() -> Iterator[CareBox]:
    box = CareBox()
    yield box
    box.stop()


@pytest.fixture
def kiosk(touch_screen: BrowserContext, box: CareBox) -> Page:
    page = touch_screen.new_page()
    page.set_default_timeout(LIMIT_MS)
    expect.set_options(timeout=LIMIT_MS)
    page.clock.install()
    page.goto(f"{box.origin}/kiosk")
    page.locator("#view-home").wait_for()
    return page


def hold(page: Page) -> None:
    """A finger, or a mouse, rests on the mark."""
    mark = page.locator("#care-mark")
    mark.hover()
    page.mouse.down()
    page.clock.run_for(HELD_MS)
    page.locator("#care[open]").wait_for()
    page.mouse.up()


def type_code(page: Page, code: str = CODE) -> None:
    for digit in code:
        page.locator(f"#care [data-digit='{digit}']").tap()
    page.locator("#care-enter").tap()


@pytest.fixture
def at_work(kiosk: Page) -> Page:
    hold(kiosk)
    type_code(kiosk)
    kiosk.locator("#care-work").wait_for()
    return kiosk


def test_a_passing_touch_opens_nothing(kiosk: Page) -> None:
    kiosk.locator("#care-mark").tap()
    kiosk.clock.run_for(2 * HELD_MS)
    expect(kiosk.locator("#care")).to_be_hidden()


def test_a_wrong_code_lets_nobody_in_and_shows_no_digit(kiosk: Page, box: CareBox) -> None:
    hold(kiosk)
    for digit in "0000":
        kiosk.locator(f"#care [data-digit='{digit}']").tap()
    expect(kiosk.locator("#care-digits")).to_have_text("••••")
    kiosk.locator("#care-enter").tap()
    for language in LANGUAGES:
        expect(kiosk.locator("#care-why")).to_contain_text(say("care", "wrong-code", language))
    expect(kiosk.locator("#care-digits")).to_have_text("")
    assert not box.care.care.is_open


def test_the_cover_is_followed_and_closing_it_prints_a_line(at_work: Page, box: CareBox) -> None:
    printer = at_work.locator("#care-printers li")
    expect(printer).to_contain_text("可以打印")
    box.here(box.care.printer.open_cover)
    expect(printer).to_contain_text("打印机盖子没有盖好")
    box.here(box.care.printer.all_well)
    expect(printer).to_contain_text("打出了一行字")
    assert box.care.lines == 1
    at_work.locator("#care-leave").tap()
    expect(at_work.locator("#care")).to_be_hidden()
    assert not box.care.care.is_open


def test_keys_alone_open_it_and_leave_it(kiosk: Page, box: CareBox) -> None:
    kiosk.locator("#care-mark").focus()
    kiosk.keyboard.down("Enter")
    kiosk.clock.run_for(HELD_MS)
    expect(kiosk.locator("#care-code h2")).to_be_focused()
    kiosk.keyboard.up("Enter")
    kiosk.keyboard.type(CODE)
    kiosk.keyboard.press("Enter")
    expect(kiosk.locator("#care-title")).to_be_focused()
    kiosk.keyboard.press("Escape")
    expect(kiosk.locator("#care-work")).to_be_visible()
    kiosk.locator("#care-leave").focus()
    kiosk.keyboard.press("Enter")
    expect(kiosk.locator("#care")).to_be_hidden()
    assert not box.care.care.is_open


def test_it_closes_when_the_box_has_ended_it(at_work: Page, box: CareBox) -> None:
    box.here(box.care.care.leave)
    expect(at_work.locator("#care")).to_be_hidden()


def test_a_box_that_is_gone_is_told_and_comes_back(at_work: Page, box: CareBox) -> None:
    box.stop()
    expect(at_work.locator("#care-lost")).to_be_visible(timeout=5_000)
    box.start()
    expect(at_work.locator("#care")).to_be_hidden()  # the box that came back knows of nobody at it


def test_every_text_can_be_read_and_every_target_be_hit(at_work: Page) -> None:
    assert len(at_work.locator("#care").evaluate(TEXTS)) > 10
    assert weakest(at_work) > (4.5, "")
    _targets(at_work)
    at_work.locator("#care-leave").tap()
    expect(at_work.locator("#care")).to_be_hidden()
    hold(at_work)
    _targets(at_work)


def _targets(page: Page) -> None:
    buttons = page.locator("#care button:visible").all()
    assert buttons
    for button in buttons:
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 60


def test_every_picture_is_there(at_work: Page) -> None:
    pictures = at_work.locator("#care img").evaluate_all("all => all.map(each => each.naturalWidth)")
    assert len(pictures) == 5
    assert min(pictures) > 0


def test_every_sentence_of_the_room_is_in_the_page_in_both_languages() -> None:
    chinese, english = (room("care", language) for language in LANGUAGES)
    assert list(chinese) == list(english)
    html = render("kiosk", mode="live")
    assert all(f'"care.{key}"' in html for key in chinese)
