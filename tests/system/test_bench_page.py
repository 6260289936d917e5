"""The bench page, as a person uses it: one whole visit on real processes, and what breaks before their eyes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect, sync_playwright

from simulators.demo.settings import CLERKS
from tests.system.running import Demo

pytestmark = [pytest.mark.system, pytest.mark.browser]

LIMIT_MS = 15_000
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture
def bench(demo: Demo) -> Iterator[Page]:
    """The page at 1600 × 1000, window 1's clerk signed in."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.set_default_timeout(LIMIT_MS)
        expect.set_options(timeout=LIMIT_MS)
        page.goto(f"http://127.0.0.1:{demo.base}/")
        clerk = clerk_of(page)
        clerk.locator("#name").fill(CLERKS[0].name)
        clerk.locator("#pin").fill(CLERKS[0].pin)
        clerk.locator("#sign-in-do").click()
        expect(clerk.locator("#work-view")).to_be_visible()
        yield page
        browser.close()


def kiosk_of(page: Page) -> FrameLocator:
    return page.frame_locator("#kiosk")


def clerk_of(page: Page) -> FrameLocator:
    return page.frame_locator("#clerk")


def take_number(page: Page) -> str:
    """Touch the first service of window 1; the number on the new slip."""
    kiosk = kiosk_of(page)
    kiosk.locator("[data-code='11']").click()
    expect(kiosk.locator("#view-result")).to_be_visible()
    digits = re.sub(r"\D", "", kiosk.locator("#result-number").inner_text())
    expect(page.locator("#paper figcaption", has_text=digits)).to_be_visible()
    kiosk.locator("#result-done").click()
    return digits


def press_caller(page: Page, *keys: str) -> None:
    caller = page.locator(".counter[data-window='1'] .keys")
    for key in keys:
        caller.get_by_role("button", name=key, exact=False).first.click()


def display(page: Page) -> str:
    return page.locator(".counter[data-window='1'] .led img").get_attribute("alt") or ""


def expect_display(page: Page, digits: str) -> None:
    expect(page.locator(".counter[data-window='1'] .led img")).to_have_attribute("alt", re.compile(digits))


def switch(page: Page, line: str, fault: str) -> None:
    page.locator(f"[data-line='{line}'] [data-fault='{fault}']").click()


def test_a_whole_visit_ticks_off_the_list(bench: Page) -> None:
    digits = take_number(bench)
    press_caller(bench, "呼叫")
    expect_display(bench, digits)
    press_caller(bench, "开始")
    expect(clerk_of(bench).locator("#phase")).to_have_text(re.compile("办理中"))
    clerk_of(bench).locator("[data-act='finish']").click()
    pad = bench.locator(".counter[data-window='1'] .pad")
    expect(pad).to_have_class(re.compile("lit"))
    pad.locator("[data-grade='4']").click()
    expect(pad).not_to_have_class(re.compile("lit"))
    expect(bench.locator("#hall-rated")).to_have_text("1")
    expect(bench.locator("#facts li", has_text="评价：非常满意").first).to_be_visible()
    expect(bench.locator("#try .done")).to_have_count(5)


def test_a_number_whose_paper_ran_out_is_never_called_and_the_kiosk_says_so_in_both_languages(bench: Page) -> None:
    switch(bench, "printer", "paper-out-mid")
    kiosk = kiosk_of(bench)
    kiosk.locator("[data-code='11']").click()
    expect(kiosk.locator("#view-void")).to_be_visible()
    for language in ("zh-CN", "en"):
        expect(kiosk.locator(f"#void-title [lang='{language}']")).to_have_text(re.compile(r"\d{4,}"))
    expect(bench.locator("#paper figure.torn")).to_be_visible()
    expect(bench.locator("#facts li", has_text="作废").first).to_be_visible()
    press_caller(bench, "呼叫")
    expect(bench.locator("#facts li", has_text="按键：叫下一位").first).to_be_visible()
    assert not re.search(r"\d{4,}", display(bench))


def test_a_display_shows_the_current_number_after_its_line_was_cut(bench: Page) -> None:
    first, second = take_number(bench), take_number(bench)
    press_caller(bench, "呼叫")
    expect_display(bench, first)
    switch(bench, "displays", "cut-line")
    clerk_of(bench).locator("[data-act='next']").click()
    expect(clerk_of(bench).locator("#number")).to_have_text(re.compile(second))
    assert second not in display(bench)
    switch(bench, "displays", "cut-line")
    expect_display(bench, second)


def test_without_the_hall_the_kiosk_goes_on_from_its_band_and_all_is_told_afterwards(bench: Page) -> None:
    hall = bench.locator("[data-process='hall']")
    hall.get_by_role("button", name="停").click()
    expect(hall).to_have_class(re.compile("stopped"))
    expect(kiosk_of(bench).locator("#notice-going-on")).to_be_visible()
    digits = take_number(bench)
    assert digits.startswith("111")  # service 11, kiosk 1
    hall.get_by_role("button", name="启动").click()
    expect(bench.locator("#hall-waiting")).to_have_text("1")
    expect(bench.locator("#facts li", has_text=f"发号 {digits}")).to_be_visible()
