"""The clerk's page without the hall: numbers are typed or scanned, and everything else says why it must wait."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from config.wording import both
from tests.screens import scene
from tests.screens.conftest import PRESS

if TYPE_CHECKING:
    from tests.screens.stand_in import StandIn

pytestmark = pytest.mark.browser

HELD = scene.held("A12001")
SLIP = (
    "排队号 A12001 本码供工作人员扫描\n"
    "kiosk-1/00000000000000aa/9|12001|1|2025-11-21\n"
    "Ed25519:abcDEF-_nsfrmptciu0123456789\n"
)
HEARD = SLIP.encode("ascii", "ignore").decode().strip()


@pytest.fixture
def alone(at_work: Page, stand_in: StandIn) -> Page:
    stand_in.tell("window", link="down", alone=True)
    expect(at_work.locator("#alone")).to_be_visible()
    return at_work


def stand(page: Page, stand_in: StandIn, phase: str, steps: int, **changes: Any) -> None:
    window = scene.window(phase, steps=steps, **changes)
    stand_in.tell("window", window=window)
    expect(page.locator("#phase")).to_have_class(f"phase {phase}")


def pressable(page: Page) -> set[str]:
    buttons = page.locator("main [data-act]:not([aria-disabled=true])").all()
    return {str(button.get_attribute("data-act")) for button in buttons}


def scan(page: Page) -> None:
    """Type a slip's code at a scanner's pace: the page's clock stands still meanwhile, however slow this machine is."""
    now = page.evaluate("Date.now()") / 1000
    page.clock.pause_at(datetime.fromtimestamp(now + 1, UTC))
    page.keyboard.type(SLIP)
    page.clock.run_for(500)
    page.clock.resume()


def deeds(stand_in: StandIn, count: int = 1) -> list[dict[str, Any]]:
    return [{k: v for k, v in post.body.items() if k != "press"} for post in stand_in.wait_for(count, PRESS)]


def test_the_page_says_that_the_hall_is_away_and_what_to_do(alone: Page) -> None:
    expect(alone.locator("#alone")).to_contain_text("请按 C 输入号码，或扫描小票上的二维码")
    expect(alone.locator("#link")).to_contain_text("大厅连接断开")
    expect(alone.locator("#waiting-here")).to_have_text("–")


def test_a_recovering_hall_is_told_from_one_that_is_away(alone: Page, stand_in: StandIn) -> None:
    stand_in.tell("window", recovering=True)
    expect(alone.locator("#link")).to_contain_text("大厅正在恢复数据")
    expect(alone.locator("#alone")).to_contain_text("大厅正在恢复数据")
    stand_in.tell("window", recovering=False, alone=False, link="up")
    expect(alone.locator("#alone")).to_be_hidden()


@pytest.mark.parametrize(
    ("phase", "changes", "acts"),
    [
        ("idle", {"parked": [HELD]}, {"next", "call-number"}),
        ("called", {"held": HELD}, {"next", "call-number", "recall", "start", "finish", "missed", "invite"}),
        ("serving", {"held": HELD}, {"next", "call-number", "finish", "invite"}),
    ],
)
def test_only_what_needs_no_hall_can_be_pressed(
    alone: Page, stand_in: StandIn, phase: str, changes: dict[str, Any], acts: set[str]
) -> None:
    stand(alone, stand_in, phase, 1, **changes)
    assert pressable(alone) == acts


def test_next_without_the_hall_asks_for_the_number(alone: Page, stand_in: StandIn) -> None:
    alone.keyboard.press("n")
    expect(alone.locator("#digits")).to_be_focused()
    expect(alone.locator("#call-number")).to_contain_text("也可以直接扫描")
    alone.keyboard.type("12001")
    alone.keyboard.press("Enter")
    assert deeds(stand_in) == [{"act": "call-number", "digits": "12001"}]


def test_next_finishes_what_is_served_and_says_how_to_go_on(alone: Page, stand_in: StandIn) -> None:
    text = both("refusal", "numbers-by-hand")
    stand(alone, stand_in, "serving", 1, held=HELD)
    emptied = {**stand_in.states["window"]["window"], "phase": "idle", "held": None, "steps": 2}
    refused = {"outcome": "refused", "reason": "hall-unreachable", "text": text, "window": emptied}
    stand_in.answers[PRESS] = (200, refused)
    alone.keyboard.press("n")
    expect(alone.locator("#message")).to_contain_text(text["zh-CN"])
    expect(alone.locator("#phase")).to_have_class("phase idle")


@pytest.mark.parametrize("focus", ["[data-act=next]", "[data-act=call-number]", "#sign-out", "body"])
def test_a_scanner_presses_nothing_on_its_way_and_its_whole_code_is_one_deed(
    alone: Page, stand_in: StandIn, focus: str
) -> None:
    alone.locator(focus).focus()
    scan(alone)
    assert deeds(stand_in) == [{"act": "scan", "text": HEARD}]
    expect(alone.locator("#work-view")).to_be_visible()
    expect(alone.locator("#call-number")).to_be_hidden()


def test_a_slip_scanned_into_the_number_field_is_a_scan(at_work: Page, stand_in: StandIn) -> None:
    at_work.keyboard.press("c")
    expect(at_work.locator("#digits")).to_be_focused()
    scan(at_work)
    assert deeds(stand_in) == [{"act": "scan", "text": HEARD}]
    expect(at_work.locator("#call-number")).to_be_hidden()


def test_a_scanner_knows_nothing_of_a_locked_shift(alone: Page, stand_in: StandIn) -> None:
    alone.evaluate(
        """text => [...text].forEach(each => {
          const key = each === each.toLowerCase() ? each.toUpperCase() : each.toLowerCase();
          const init = { key: each === '\\n' ? 'Enter' : key, modifierCapsLock: true, bubbles: true };
          document.body.dispatchEvent(new KeyboardEvent('keydown', init));
        })""",
        HEARD,
    )
    assert deeds(stand_in) == [{"act": "scan", "text": HEARD}]


def test_keys_that_come_fast_are_still_the_clerks(alone: Page, stand_in: StandIn) -> None:
    stand(alone, stand_in, "called", 1, held=HELD)
    alone.keyboard.press("s")
    alone.keyboard.press("x")
    assert deeds(stand_in) == [{"act": "start"}]


def test_enter_and_space_press_the_button_that_has_the_focus(alone: Page, stand_in: StandIn) -> None:
    stand(alone, stand_in, "called", 1, held=HELD)
    alone.locator("[data-act=start]").focus()
    alone.keyboard.press("Enter")
    assert deeds(stand_in) == [{"act": "start"}]
    expect(alone.locator("#work-view")).to_have_attribute("aria-busy", "false")
    alone.locator("[data-act=finish]").focus()
    alone.keyboard.press("Space")
    assert deeds(stand_in, 2)[1] == {"act": "finish"}


def test_of_two_states_with_one_version_the_one_of_more_steps_is_shown(alone: Page, stand_in: StandIn) -> None:
    stand(alone, stand_in, "called", 2, held=HELD)
    older = {**stand_in.states["window"]["window"], "steps": 1, "phase": "idle", "held": None}
    stand_in.tell("window", window=older, link="up", waiting_here=5)
    expect(alone.locator("#waiting-here")).to_have_text("5")
    expect(alone.locator("#number")).to_contain_text("A12001")


def test_a_daemon_that_was_started_anew_is_believed_though_it_counts_its_steps_anew(
    alone: Page, stand_in: StandIn
) -> None:
    stand(alone, stand_in, "called", 5, held=HELD)
    stand_in.stop()
    expect(alone.locator("#lost")).to_be_visible()
    stand_in.states["window"]["window"] = {**stand_in.states["window"]["window"], "steps": 0, "phase": "serving"}
    stand_in.start()
    alone.clock.run_for(3000)
    expect(alone.locator("#phase")).to_have_class("phase serving")
