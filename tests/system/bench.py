"""The bench page of a demonstration, in a person's hands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

LIMIT_MS = 15_000
SERVICE = "社保登记与缴费"
CLERKS = (("王小明", "1111"), ("李小红", "2222"), ("张小兰", "3333"))


class Bench:
    """What a person sees and presses on the bench page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.kiosk: FrameLocator = page.frame_locator("#kiosk")
        self.clerk: FrameLocator = page.frame_locator("#clerk")
        self.counter: Locator = page.locator("#counters [data-window='1']")
        self.facts: Locator = page.locator("#facts")

    def sign_in(self, window: int) -> None:
        """Turn to a window (0 is the first) and let its clerk sign in."""
        self.turn_to(window)
        name, pin = CLERKS[window]
        self.clerk.locator("#name").fill(name)
        self.clerk.locator("#pin").fill(pin)
        self.clerk.locator("#sign-in-do").click()
        expect(self.clerk.locator("#work-view")).to_be_visible()

    def turn_to(self, window: int) -> None:
        """Show a window's clerk page (0 is the first)."""
        self.page.locator("#tabs button").nth(window).click()

    def touch(self, service: str = SERVICE) -> str:
        """Touch a service and read the number on the kiosk's screen."""
        self.home()
        self.kiosk.get_by_role("button", name=service).click()
        number = self.kiosk.locator("#view-result:not([hidden]) #result-number")
        expect(number).to_have_text(re.compile(r"[A-Z]\d+"))
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


@contextmanager
def bench_page(browser: Browser, base: int) -> Iterator[Bench]:
    """The bench page of the demonstration at this port, 1600 × 1000."""
    with browser.new_context(viewport={"width": 1600, "height": 1000}, locale="zh-CN") as context:
        page = context.new_page()
        page.set_default_timeout(LIMIT_MS)
        expect.set_options(timeout=LIMIT_MS)
        page.goto(f"http://127.0.0.1:{base}/")
        yield Bench(page)
