"""The second view of a demonstration's bench page, in a person's hands."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import FrameLocator, Locator, Page, expect

from simulators.demo.settings import MORE_CLERKS, MORE_WINDOWS
from tests.system.bench import Bench


@dataclass(frozen=True)
class MoreBench:
    """The page, with one family of devices chosen."""

    page: Page

    def choose(self, family: str) -> Locator:
        """Its panel, once the box answers for its devices."""
        self.page.locator("#views [data-view='more']").click()
        self.page.locator(f"#families [data-family='{family}']").click()
        panel = self.page.locator(f"#panels > [data-family='{family}']")
        expect(panel).to_be_visible()
        return panel

    def hall(self) -> None:
        self.page.locator("#views [data-view='hall']").click()

    @property
    def clerk(self) -> FrameLocator:
        return self.page.frame_locator("#more-clerk")

    def station(self, window: int) -> Locator:
        return self.page.locator(f".station[data-window='{window}']")

    def display(self, window: int) -> Locator:
        return self.station(window).locator(".led img")

    def key(self, window: int, name: str) -> None:
        self.station(window).locator(f".keys [data-key='{name}']").click()

    def unfold(self, window: int) -> None:
        """Checks and faults of a window's devices."""
        fold = self.station(window).locator("details")
        if fold.get_attribute("open") is None:
            fold.locator("summary").click()
        expect(fold).to_have_attribute("open", "")

    def sign_in(self, window: int) -> None:
        """Who is there already stays."""
        person = MORE_CLERKS[MORE_WINDOWS.index(window)]
        if self._has_a_clerk(window):
            return
        self.clerk.locator("#name").fill(person.name)
        self.clerk.locator("#pin").fill(person.pin)
        self.clerk.locator("#sign-in-do").click()
        expect(self.clerk.locator("#work-view")).to_be_visible()

    def sign_out(self, window: int) -> None:
        """Whoever sits there leaves; nobody may."""
        if self._has_a_clerk(window):
            self.clerk.locator("#sign-out").click()
        expect(self.clerk.locator("#sign-in-view")).to_be_visible()

    def _has_a_clerk(self, window: int) -> bool:
        """Turns to the page of this window."""
        self.page.locator(f".tabs [data-window='{window}']").click()
        expect(self.clerk.locator("h1")).to_contain_text(f"{window} 号窗口")  # or the page before it is typed at
        leave, sign_in = self.clerk.locator("#sign-out"), self.clerk.locator("#sign-in-view")
        expect(leave.or_(sign_in).filter(visible=True).first).to_be_visible()
        return leave.is_visible()

    def take_number(self, window: int) -> str:
        """At the kiosk, for a service of this window; the second view is seen again afterwards."""
        self.hall()
        digits = Bench(self.page, window).take_number()
        self.choose("windows")
        return digits

    def box_says(self, device: str) -> Locator:
        return self.page.locator(f".box-says[data-device='{device}'] [lang='zh-CN']")

    def answer(self, device: str) -> Locator:
        return self.page.locator(f".check[data-device='{device}'] .answer [lang='zh-CN']")

    def ask(self, device: str, level: str) -> None:
        self.page.locator(f".check[data-device='{device}'] [data-check='{level}']").click()

    def fault(self, line: str, name: str) -> Locator:
        return self.page.locator(f"#panels [data-line='{line}'] [data-fault='{name}']")

    def switch(self, line: str, name: str, on: bool) -> None:
        """Turn it, and see that the device has it."""
        button = self.fault(line, name).first
        expect(button).to_have_attribute("aria-pressed", str(not on).lower())
        button.click()
        expect(button).to_have_attribute("aria-pressed", str(on).lower())
