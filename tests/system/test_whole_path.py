"""A ticket's whole way, by hand in a browser on the bench page: touch, slip, call, display, start, finish, rating.

And what goes wrong on it: paper that ends in the middle, a cut line, a hall that stops. One demonstration serves all
tests of this file, in their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.chromium import chromium
from tests.system.running import Demo

pytestmark = [pytest.mark.system, pytest.mark.browser]

LIMIT_MS = 15_000
SERVICE = "社保登记与缴费"
CLERK, PIN = "王小明", "1111"


class Bench:
    """What a person sees and presses on the bench page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.kiosk: FrameLocator = page.frame_locator("#kiosk")
        self.clerk: FrameLocator = page.frame_locator("#clerk")
        self.counter: Locator = page.locator("#counters [data-window='1']")
        self.facts: Locator = page.locator("#facts")

    def touch(self) -> str:
        """Touch the service and read the number on the kiosk's screen."""
        self.home()
        self.kiosk.get_by_role("button", name=SERVICE).click()
        number = self.kiosk.locator("#view-result:not([hidden]) #result-number")
        expect(number).to_have_text(re.compile(r"A\d+"))
        return number.inner_text()

    def home(self) -> None:
        """Whatever the kiosk shows, back to its first page."""
        for button in ("#result-done", "#void-back", "#refused-back"):
            if self.kiosk.locator(button).is_visible():
                self.kiosk.locator(button).click()
        expect(self.kiosk.locator("#view-home")).to_be_visible()

    def press(self, act: str) -> None:
        """A button of the clerk's page."""
        self.clerk.locator(f"[data-act={act}]").click()

    def key(self, name: str) -> None:
        """A key of the caller."""
        self.counter.locator(".keys").get_by_role("button", name=name).click()

    def shows(self, text: str | re.Pattern[str]) -> None:
        """The display above window 1 shows this."""
        expect(self.counter.locator(".led img")).to_have_attribute("alt", text)

    def fault(self, line: str, name: str) -> None:
        """Switch a fault on or off."""
        self.page.locator(f"[data-line={line}] [data-fault={name}]").click()

    def process(self, name: str, what: str) -> None:
        """Start or stop a process."""
        self.page.locator(f"[data-process={name}]").get_by_role("button", name=what).click()


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with Demo() as demo, chromium() as browser:
        demo.until("http://")
        with browser.new_context(viewport={"width": 1600, "height": 1000}, locale="zh-CN") as context:
            page = context.new_page()
            page.set_default_timeout(LIMIT_MS)
            expect.set_options(timeout=LIMIT_MS)
            page.goto(f"http://127.0.0.1:{demo.base}/")
            bench = Bench(page)
            bench.clerk.locator("#name").fill(CLERK)
            bench.clerk.locator("#pin").fill(PIN)
            bench.clerk.locator("#sign-in-do").click()
            expect(bench.clerk.locator("#work-view")).to_be_visible()
            yield bench


def test_from_touch_to_rating(bench: Bench) -> None:
    number = bench.touch()
    expect(bench.page.locator("#paper img").first).to_be_visible()
    expect(bench.clerk.locator("#waiting-here")).to_have_text("1")
    bench.key("呼叫")
    bench.shows(f"请{number}到1号窗口")
    expect(bench.clerk.locator("#number [lang='zh-CN']")).to_have_text(number)
    bench.press("start")
    bench.shows(f"{number} 办理中")
    bench.press("finish")
    expect(bench.counter.locator(".pad")).to_have_class(re.compile("lit"))
    bench.counter.locator("[data-grade='4']").click()
    expect(bench.page.locator("#hall-rated")).to_have_text("1")
    expect(bench.counter.locator(".pad")).not_to_have_class(re.compile("lit"))


def test_a_number_whose_paper_ended_in_the_middle_is_void_in_both_languages_and_never_called(bench: Bench) -> None:
    bench.fault("printer", "paper-out-mid")
    bench.home()
    bench.kiosk.get_by_role("button", name=SERVICE).click()
    void = bench.kiosk.locator("#view-void")
    expect(void).to_contain_text("已作废")
    expect(void).to_contain_text("void")
    bench.page.locator("#refill").click()
    expect(bench.clerk.locator("#waiting-here")).to_have_text("0")
    bench.press("next")
    expect(bench.clerk.locator("#message")).to_contain_text("没有人等候")
    bench.shows("1号窗口 空闲")


def test_a_display_that_was_cut_off_shows_what_is_true_now(bench: Bench) -> None:
    first, second = bench.touch(), bench.touch()
    bench.press("next")
    bench.shows(f"请{first}到1号窗口")
    bench.fault("displays", "cut-line")
    bench.press("start")
    bench.press("next")
    expect(bench.clerk.locator("#number [lang='zh-CN']")).to_have_text(second)
    bench.press("start")
    expect(bench.clerk.locator("#devices")).to_contain_text("没有应答")
    bench.fault("displays", "cut-line")
    bench.shows(f"{second} 办理中")
    bench.press("finish")


def test_while_the_hall_is_stopped_the_kiosk_goes_on_and_all_is_told_when_it_is_back(bench: Bench) -> None:
    bench.process("hall", "停")
    expect(bench.clerk.locator("#link")).to_have_class(re.compile("down"))
    number = bench.touch()
    assert re.fullmatch(r"A111\d{3}", number), number  # service 11, then the kiosk's digit 1
    bench.process("hall", "启动")
    expect(bench.clerk.locator("#link")).not_to_have_class(re.compile("down"))
    expect(bench.clerk.locator("#waiting-here")).to_have_text("1")
    bench.press("next")
    bench.shows(f"请{number}到1号窗口")
