"""Eight hours of board traffic, compressed: the page is as large at the end as after two hours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.screens.board_day import HOURS, Day
from tests.screens.board_scene import board_state
from tests.screens.stand_in import StandIn

pytestmark = pytest.mark.browser

LIMIT_MS = 60_000
MUCH_BYTES = 300_000
"""A twelfth of a page's heap. Eight hours of states are 200 MB, their texts alone 20 MB."""

LOOKED_MS = 20_000
"""Of each minute the page's own timers run for so long: pages turn, notices take turns, the daemon is missed."""

SHOWS = """time => new Promise(resolve => {
  const clock = document.getElementById('clock');
  const looking = new MutationObserver(() => look());
  const look = () => { if (clock.textContent === time) { looking.disconnect(); resolve(); } };
  looking.observe(clock, { childList: true, characterData: true, subtree: true });
  look();
})"""
"""Resolves when the board's clock shows this."""

LEAK = "{ const parse = JSON.parse; const kept = []; JSON.parse = (text) => kept[kept.push(parse(text)) - 1]; }"
"""Keeps every state that the page is told."""


class Size(NamedTuple):
    """What must not grow, after a collection."""

    heap: float
    nodes: float
    listeners: float


def size_of(devtools: CDPSession) -> Size:
    for _ in range(2):
        devtools.send("HeapProfiler.collectGarbage")
    found = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    return Size(found["JSHeapUsedSize"], found["Nodes"], found["JSEventListeners"])


@pytest.fixture
def page(chromium: Browser, stand_in: StandIn) -> Iterator[Page]:
    stand_in.states["board"] = board_state(calls=[])
    with chromium.new_context(viewport={"width": 1080, "height": 1920}, locale="zh-CN") as context:
        page = context.new_page()
        page.set_default_timeout(LIMIT_MS)
        page.clock.install()
        yield page


def live(page: Page, stand_in: StandIn, minutes: int) -> tuple[Size, Size]:
    """Live through so many minutes of the day; the size after a quarter of them and at their end."""
    page.goto(f"{stand_in.origin}/board")
    expect(page.locator("#hall-name")).to_contain_text("云溪县政务服务大厅")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    sizes = []
    for minute, told in enumerate(Day().minutes(), 1):
        for state in told:
            stand_in.tell("board", **state)
        seconds = told[-1]["now_ms"] // 1000 + 8 * 3600
        page.evaluate(SHOWS, f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}")
        page.clock.run_for(LOOKED_MS)
        if minute in (minutes // 4, minutes):
            sizes.append(size_of(devtools))
        if minute == minutes:
            break
    return sizes[0], sizes[1]


def test_eight_hours_leave_the_page_as_large_as_two_did(page: Page, stand_in: StandIn) -> None:
    after_two, after_eight = live(page, stand_in, HOURS * 60)
    assert after_eight.heap - after_two.heap < MUCH_BYTES, (after_two, after_eight)
    assert after_eight.nodes <= after_two.nodes + 200, (after_two, after_eight)
    assert after_eight.listeners <= after_two.listeners + 5, (after_two, after_eight)


def test_a_page_that_kept_what_it_is_told_would_be_found_out(page: Page, stand_in: StandIn) -> None:
    page.add_init_script(LEAK)
    after_a_quarter, after_an_hour = live(page, stand_in, 60)
    assert after_an_hour.heap - after_a_quarter.heap > MUCH_BYTES
