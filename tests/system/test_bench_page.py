"""The bench page, as a person uses it: one whole visit on real processes, and what breaks before their eyes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect, sync_playwright

from simulators.demo.settings import CLERKS
from tests.system.running import Demo

pytestmark = [pytest.mark.system, pytest.mark.browser]

LIMIT_MS = 15_000
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def running() -> Iterator[Demo]:
    with Demo() as demo:
        demo.until("http://")
        yield demo


@dataclass(frozen=True)
class Bench:
    """The page, seen from one window; each test has a window of its own in the same hall."""

    page: Page
    window: int

    @property
    def kiosk(self) -> FrameLocator:
        return self.page.frame_locator("#kiosk")

    @property
    def clerk(self) -> FrameLocator:
        return self.page.frame_locator("#clerk")

    @property
    def counter(self) -> Locator:
        return self.page.locator(f".counter[data-window='{self.window}']")

    @property
    def display(self) -> Locator:
        return self.counter.locator(".led img")

    @property
    def pad(self) -> Locator:
        return self.counter.locator(".pad")

    def sign_in(self) -> None:
        person = CLERKS[self.window - 1]
        self.page.locator(f"#tabs [data-window='{self.window}']").click()
        self.clerk.locator("#name").fill(person.name)
        self.clerk.locator("#pin").fill(person.pin)
        self.clerk.locator("#sign-in-do").click()
        expect(self.clerk.locator("#work-view")).to_be_visible()

    def take_number(self) -> str:
        """Touch this window's first service; the digits on the new slip."""
        self.touch()
        expect(self.kiosk.locator("#view-result")).to_be_visible()
        digits = re.sub(r"\D", "", self.kiosk.locator("#result-number").inner_text())
        expect(self.page.locator("#paper figcaption", has_text=digits)).to_be_visible()
        self.kiosk.locator("#result-done").click()
        return digits

    def touch(self) -> None:
        self.kiosk.locator(f"[data-code='{self.window}1']").click()

    def press(self, key: str) -> None:
        self.counter.locator(".keys").get_by_role("button", name=key).first.click()

    def switch(self, line: str, fault: str) -> None:
        self.page.locator(f"[data-line='{line}'] [data-fault='{fault}']").click()

    def fact(self, text: str) -> Locator:
        return self.page.locator("#facts li", has_text=text).first


@pytest.fixture
def page(running: Demo) -> Iterator[Page]:
    """The page at 1600 × 1000."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        opened = browser.new_page(viewport={"width": 1600, "height": 1000})
        opened.set_default_timeout(LIMIT_MS)
        expect.set_options(timeout=LIMIT_MS)
        opened.goto(f"http://127.0.0.1:{running.base}/")
        yield opened
        browser.close()


def test_a_whole_visit_ticks_off_the_list(page: Page) -> None:
    bench = Bench(page, 1)
    bench.sign_in()
    digits = bench.take_number()
    bench.press("呼叫")
    expect(bench.display).to_have_attribute("alt", re.compile(digits))
    bench.press("开始")
    expect(bench.clerk.locator("#phase")).to_have_text(re.compile("办理中"))
    bench.clerk.locator("[data-act='finish']").click()
    expect(bench.pad).to_have_class(re.compile("lit"))
    bench.pad.locator("[data-grade='4']").click()
    expect(bench.pad).not_to_have_class(re.compile("lit"))
    expect(page.locator("#hall-rated")).to_have_text("1")
    expect(bench.fact(f"{digits} 评价：非常满意")).to_be_visible()
    expect(page.locator("#try .done")).to_have_count(5)


def test_a_number_whose_paper_ran_out_is_never_called_and_the_kiosk_says_so_in_both_languages(page: Page) -> None:
    bench = Bench(page, 2)
    bench.sign_in()
    bench.switch("printer", "paper-out-mid")
    bench.touch()
    expect(bench.kiosk.locator("#view-void")).to_be_visible()
    for language in ("zh-CN", "en"):
        expect(bench.kiosk.locator(f"#void-title [lang='{language}']")).to_have_text(re.compile(r"\d{4,}"))
    expect(page.locator("#paper figure.torn")).to_be_visible()
    expect(bench.fact("作废：纸用完了")).to_be_visible()
    bench.press("呼叫")
    expect(bench.fact("2 号窗口按键：叫下一位")).to_be_visible()
    expect(bench.clerk.locator("#phase")).to_have_text(re.compile("空闲"))
    expect(bench.display).not_to_have_attribute("alt", re.compile(r"\d{4,}"))
    page.locator("#refill").click()
    expect(page.locator("[data-fault='paper-out']")).to_have_attribute("aria-pressed", "false")


def test_a_display_shows_the_current_number_after_its_line_was_cut(page: Page) -> None:
    bench = Bench(page, 3)
    bench.sign_in()
    first, second = bench.take_number(), bench.take_number()
    bench.press("呼叫")
    expect(bench.display).to_have_attribute("alt", re.compile(first))
    bench.switch("displays", "cut-line")
    bench.clerk.locator("[data-act='next']").click()
    expect(bench.clerk.locator("#number")).to_have_text(re.compile(second))
    expect(bench.display).not_to_have_attribute("alt", re.compile(second))
    bench.switch("displays", "cut-line")
    expect(bench.display).to_have_attribute("alt", re.compile(second))


def test_without_the_hall_the_kiosk_goes_on_from_its_band_and_all_is_told_afterwards(page: Page) -> None:
    bench = Bench(page, 1)
    hall = page.locator("[data-process='hall']")
    hall.get_by_role("button", name="停").click()
    expect(hall).to_have_class(re.compile("stopped"))
    expect(bench.kiosk.locator("#notice-going-on")).to_be_visible()
    digits = bench.take_number()
    assert digits.startswith("111")  # service 11, kiosk 1
    hall.get_by_role("button", name="启动").click()
    expect(bench.fact(f"发号 {digits}")).to_be_visible()
