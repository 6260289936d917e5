"""The guide's page in a browser, at a real hall in a process of its own: over TLS, by touch and by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from config.wording import say
from tests.hall.conftest import certificates, settings_file
from tests.hall.guide_scene import GUIDE, PIN, STAFF_NO
from tests.screens.guide_hall import Box, GuidedHall, typed_by_a_scanner
from tests.screens.test_looks import TEXTS, weakest

__all__ = ["certificates", "settings_file"]

pytestmark = pytest.mark.browser

LIMIT_MS = 10_000
LOST_MS = 5_000

# A scanner's pace, whatever else this machine is busy with: only by it is a scanner told from a person.
SCANNED = """keys => keys.forEach(key => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })))"""


@pytest.fixture
def hall(settings_file: Path) -> Iterator[GuidedHall]:
    hall = GuidedHall(settings_file)
    yield hall
    hall.close()


@pytest.fixture
def kiosk(hall: GuidedHall) -> Box:
    return Box(hall, "kiosk-1")


@pytest.fixture
def counter(hall: GuidedHall) -> Box:
    return Box(hall, "counter-1")


@pytest.fixture
def tablet(chromium: Browser) -> Iterator[BrowserContext]:
    """A tablet in a hand; the hall's authority is not in its store, as in a first trial."""
    size = {"width": 768, "height": 1024}
    with chromium.new_context(viewport=size, has_touch=True, ignore_https_errors=True, locale="zh-CN") as context:  # type: ignore[arg-type]
        yield context


@pytest.fixture
def outside(tablet: BrowserContext, hall: GuidedHall) -> Page:
    """Not signed in."""
    page = tablet.new_page()
    page.set_default_timeout(LIMIT_MS)
    expect.set_options(timeout=LIMIT_MS)
    page.goto(f"{hall.origin}/guide")
    page.locator("#sign-in-view").wait_for()
    return page


@pytest.fixture
def guide(outside: Page) -> Page:
    sign_in(outside)
    return outside


def sign_in(page: Page, pin: str = PIN) -> None:
    page.locator("#name").fill(GUIDE)
    page.locator("#pin").fill(pin)
    page.keyboard.press("Enter")
    if pin == PIN:
        page.locator("#work-view").wait_for()


def test_a_wrong_pin_is_told_in_both_languages_and_forgotten(outside: Page) -> None:
    sign_in(outside, "0000")
    for language in ("zh-CN", "en"):
        expect(outside.locator("#sign-in-why")).to_contain_text(say("guide", "refused-wrong-name-or-pin", language))
    expect(outside.locator("#pin")).to_have_value("")
    expect(outside.locator("#pin")).to_be_focused()


def test_no_script_can_read_what_the_tablet_is_known_by(guide: Page) -> None:
    assert guide.evaluate("document.cookie") == ""
    assert guide.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0


def test_who_signs_out_sees_nothing_of_the_hall_any_more(guide: Page) -> None:
    guide.locator("#sign-out").tap()
    expect(guide.locator("#sign-in-view")).to_be_visible()
    expect(guide.locator("#work-view")).to_be_hidden()
    guide.reload()
    expect(guide.locator("#sign-in-view")).to_be_visible()


def test_a_call_for_help_is_taken_and_ended_by_touch(guide: Page, hall: GuidedHall, kiosk: Box) -> None:
    expect(guide.locator("#help-none")).to_be_visible()
    kiosk.tell("help-asked", help="h1", at="kiosk", window=None, ticket="")
    row = guide.locator("#help-list li")
    expect(row).to_contain_text("kiosk-1")
    expect(guide.locator("#announce")).to_have_text("有人请求帮助：kiosk-1")
    row.get_by_text("我来").tap()
    expect(row).to_contain_text("已有人前往")
    row.get_by_text("好了").tap()
    expect(row).to_have_count(0)
    [ended] = hall.facts("help-ended")
    assert (ended["device"], ended["data"]["by"]) == ("hall", STAFF_NO)


def test_who_is_called_by_the_screens_is_looked_for(guide: Page, hall: GuidedHall, kiosk: Box, counter: Box) -> None:
    ticket, digits = kiosk.ticket("11")
    kiosk.tell("by-screen", ticket=ticket)
    counter.press("sign-in")
    assert counter.press("call-next")["outcome"] == "done"
    row = guide.locator("#walk-list li")
    expect(row.locator(".big")).to_have_text(f"A{digits}")
    expect(row).to_contain_text("社保医保综合窗口")
    row.get_by_text("没找到").tap()
    expect(row).to_contain_text("找过，没找到")
    [looked] = hall.facts("looked-for")
    assert (looked["data"]["ticket"], looked["data"]["found"]) == (ticket, False)
    counter.press("miss", call=looked["data"]["call"])
    expect(row).to_have_count(0)


def test_a_void_number_is_let_wait_again(guide: Page, hall: GuidedHall, kiosk: Box) -> None:
    _, digits = kiosk.ticket("11", "voided", reason="media-empty")
    row = guide.locator("#walk-list li")
    expect(row).to_contain_text("纸用完了")
    row.get_by_text("查看").tap()
    guide.locator("#ticket").get_by_text("恢复排队").tap()
    expect(guide.locator("#ticket.done")).to_contain_text("已恢复排队")
    assert hall.tickets()[f"A{digits}"]["state"] == "waiting"
    guide.locator("#ticket-close").tap()
    expect(row).to_have_count(0)


def test_a_number_is_taken_for_a_visitor_and_shown_large(guide: Page, hall: GuidedHall) -> None:
    guide.locator("#take").tap()
    guide.locator("#ticket-choices button").first.tap()
    expect(guide.locator(".huge")).to_have_text("A11001")
    size = guide.locator(".huge").evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    assert size >= 56
    assert hall.tickets()["A11001"]["state"] == "waiting"


def test_giving_back_asks_first(guide: Page, hall: GuidedHall, kiosk: Box) -> None:
    _, digits = kiosk.ticket("11")
    guide.locator("#scanned").fill(digits)
    guide.locator("#find-go").tap()
    guide.locator("#ticket").get_by_text("退号", exact=True).tap()
    expect(guide.locator("#ticket-title")).to_contain_text(f"退掉号码 A{digits}")
    assert hall.tickets()[f"A{digits}"]["state"] == "waiting"
    guide.locator("#ticket").get_by_text("退掉", exact=True).tap()
    expect(guide.locator("#ticket.done")).to_contain_text("已退号")
    assert hall.tickets()[f"A{digits}"]["state"] == "void"


def test_keys_alone_send_a_ticket_to_another_service(guide: Page, hall: GuidedHall, kiosk: Box) -> None:
    _, digits = kiosk.ticket("11")
    guide.locator("#scanned").focus()
    guide.keyboard.type(digits)
    guide.keyboard.press("Enter")
    expect(guide.locator("#ticket-title")).to_be_focused()
    guide.keyboard.press("Tab")
    guide.keyboard.press("Enter")
    expect(guide.locator("#ticket-title")).to_contain_text("转到哪项业务")
    guide.keyboard.press("Tab")
    guide.keyboard.press("Enter")
    expect(guide.locator("#ticket.done")).to_be_visible()
    assert hall.tickets()[f"A{digits}"]["service"] == "12"
    guide.keyboard.press("Escape")
    expect(guide.locator("#ticket")).to_be_hidden()


def test_a_scanner_that_types_opens_the_slip_s_ticket(guide: Page, hall: GuidedHall, tmp_path: Path) -> None:
    box = Box(hall, "kiosk-1", signing=tmp_path)
    ticket, digits = box.ticket("11")
    guide.evaluate(SCANNED, typed_by_a_scanner(box.code(ticket, digits, "11")))
    expect(guide.locator("#ticket-title")).to_contain_text(f"A{digits}")
    expect(guide.locator("#ticket-text")).to_contain_text("等候中")


def test_paper_that_ends_and_a_card_left_behind_are_told(guide: Page, kiosk: Box) -> None:
    kiosk.tell("device", name="ticket-printer", phase="stopped", reasons="media-empty,simulated")
    kiosk.tell("card-left", reader="id-card", ago_ms=31_000)
    expect(guide.locator("#supplies-list")).to_contain_text("纸用完了")
    expect(guide.locator("#left-list")).to_contain_text("证件没有取走")
    kiosk.tell("device", name="ticket-printer", phase="idle", reasons="simulated")
    kiosk.tell("card-taken", reader="id-card")
    expect(guide.locator("#supplies-list")).not_to_contain_text("ticket-printer")
    expect(guide.locator("#left-list li")).to_have_count(0)


def test_a_killed_hall_is_told_within_five_seconds_and_its_guide_signs_in_anew(guide: Page, hall: GuidedHall) -> None:
    hall.end()
    expect(guide.locator("#notice-lost")).to_be_visible(timeout=LOST_MS)
    expect(guide.locator("#take")).to_have_attribute("aria-disabled", "true")
    hall.start()
    expect(guide.locator("#sign-in-view")).to_be_visible()
    sign_in(guide)
    expect(guide.locator("#notice-lost")).to_be_hidden()
    expect(guide.locator("#take")).to_have_attribute("aria-disabled", "false")


def test_a_tablet_out_of_reach_says_so_within_five_seconds(guide: Page, hall: GuidedHall) -> None:
    hall.pause()
    try:
        expect(guide.locator("#notice-lost")).to_be_visible(timeout=LOST_MS)
    finally:
        hall.go_on()
    expect(guide.locator("#notice-lost")).to_be_hidden()


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_fits_every_hand(guide: Page, kiosk: Box, counter: Box, width: int) -> None:
    ticket, _ = kiosk.ticket("11")
    kiosk.tell("by-screen", ticket=ticket)
    kiosk.tell("help-asked", help="h1", at="kiosk", window=None, ticket=ticket)
    kiosk.tell("device", name="ticket-printer", phase="stopped", reasons="media-empty")
    counter.press("sign-in")
    counter.press("call-next")
    guide.set_viewport_size({"width": width, "height": 800})
    for filled in ("#help-list li", "#walk-list li", "#supplies-list"):
        expect(guide.locator(filled).first).to_be_visible()
    assert guide.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert len(guide.evaluate(TEXTS)) > 20
    assert weakest(guide) > (4.5, "")
    for button in guide.locator("button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 60, button.inner_text()


def test_nothing_comes_from_outside_and_the_page_weighs_little(outside: Page, hall: GuidedHall) -> None:
    asked: list[str] = []
    troubles: list[str] = []
    outside.on("request", lambda request: asked.append(request.url))
    outside.on("console", lambda message: troubles.append(message.text))
    outside.on("pageerror", lambda error: troubles.append(str(error)))
    outside.reload()
    sign_in(outside)
    assert [url for url in asked if not url.startswith((hall.origin, "data:"))] == []
    assert troubles == []
    assert outside.evaluate("performance.getEntries().reduce((sum, e) => sum + (e.encodedBodySize || 0), 0)") < 300_000
