"""The bench page of a demonstration, in a person's hands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import FrameLocator, Locator, Page, expect

from simulators.demo.settings import CLERKS
from tests.chromium import chromium

LIMIT_MS = 15_000


MATTERS = {1: "card-lost", 2: "trader-new", 3: "birth-register", 4: "house-transfer"}
"""Of each window, one of the eight that stand on the kiosk's home."""
BY_THEME = {5: ("公用事业", "power-new")}
"""Of a window without one: its theme, and a matter there."""
ENDS = ("result", "doubtful", "on-screen", "void", "refused")


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
        expect(self.clerk.locator("h1")).to_contain_text(f"{self.window} 号窗口")  # or the page before it is typed at
        self.clerk.locator("#name").fill(person.name)
        self.clerk.locator("#pin").fill(person.pin)
        self.clerk.locator("#sign-in-do").click()
        expect(self.clerk.locator("#work-view")).to_be_visible()

    def take_number(self) -> str:
        """Take a number for a matter of this window; the digits on the new slip."""
        self.touch()
        expect(self.kiosk.locator("#view-result")).to_be_visible()
        digits = re.sub(r"\D", "", self.kiosk.locator("#result-number").inner_text())
        expect(self.page.locator("#paper figcaption", has_text=digits)).to_be_visible()
        self.kiosk.locator("#result-done").click()
        return digits

    def touch(self) -> None:
        """Two touches: one of the eight matters on home, then 取号; a third where a second slip is asked about."""
        self._find()
        self.kiosk.locator("#take").click()
        asked = self.kiosk.locator("#one-more-yes")
        expect(
            asked.or_(self.kiosk.locator(", ".join(f"#view-{end} h1" for end in ENDS))).locator("visible=true")
        ).to_be_visible()
        if asked.is_visible():
            asked.click()

    def _find(self) -> None:
        if self.window in MATTERS:
            self.kiosk.locator(f"#eight [data-item='{MATTERS[self.window]}']").click()
            return
        theme, matter = BY_THEME[self.window]
        self.kiosk.locator("[data-way='theme']").click()
        self.kiosk.locator(f"#list [data-theme='{theme}']").click()
        self.kiosk.locator(f"#list [data-item='{matter}']").click()

    def press(self, key: str) -> None:
        self.counter.locator(".keys").get_by_role("button", name=key).first.click()

    def switch(self, line: str, fault: str) -> None:
        self.page.locator(f"[data-line='{line}'] [data-fault='{fault}']").click()

    def fact(self, text: str) -> Locator:
        return self.page.locator("#facts li", has_text=text).first


@contextmanager
def bench_page(base: int) -> Iterator[Page]:
    """The bench page of the demonstration at this port, 1600 × 1000."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1600, "height": 1000}, locale="zh-CN")
        page.set_default_timeout(LIMIT_MS)
        expect.set_options(timeout=LIMIT_MS)
        page.goto(f"http://127.0.0.1:{base}/")
        yield page
