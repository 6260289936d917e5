"""What a guide does for people, at a real hall in a process of its own: over TLS, by touch and by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.hall.guide_scene import STAFF_NO
from tests.screens.guide_hall import Box, GuidedHall, typed_by_a_scanner

pytestmark = pytest.mark.browser

# A scanner's pace, whatever else this machine is busy with: only by it is a scanner told from a person.
SCANNED = """keys => keys.forEach(key => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })))"""


@pytest.fixture
def hall(settings_file: Path) -> Iterator[GuidedHall]:
    hall = GuidedHall(settings_file)
    yield hall
    hall.close()


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
