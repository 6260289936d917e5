"""Every page of a hall at work, as eyes and assistive software find it: no grave fault, every letter at 4.5:1."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from simulators.demo.places import Ports
from simulators.demo.settings import CLERKS, GUIDE, LOBBY
from tests.chromium import chromium as launched
from tests.screens.looked_at import faintest, grave_faults
from tests.system.running import Demo

pytestmark = [pytest.mark.system, pytest.mark.browser]

LIMIT_MS = 15_000
LEAST = 4.5
"""WCAG 1.4.3; the pages' own bar is 7."""

PORTRAIT, LANDSCAPE, DESK, TABLET = (1080, 1920), (1920, 1080), (1280, 800), (768, 1024)

Steps = Callable[[Page], None]


def as_it_comes(_: Page) -> None:
    """Nothing is touched."""


def touching(*selectors: str) -> Steps:
    def steps(page: Page) -> None:
        for selector in selectors:
            page.locator(selector).first.tap()

    return steps


def in_modes(page: Page) -> None:
    for mode in ("elder", "contrast"):
        page.locator(f"[data-way='{mode}']").tap()
        expect(page.locator(f"[data-way='{mode}']")).to_have_attribute("aria-pressed", "true")


def clerk_at_work(page: Page) -> None:
    page.locator("#name").fill(CLERKS[0].name)
    page.locator("#pin").fill(CLERKS[0].pin)
    page.locator("#sign-in-do").click()
    expect(page.locator("#work-view")).to_be_visible()


def guide_at_work(page: Page) -> None:
    page.locator("#name").fill(GUIDE.name)
    page.locator("#pin").fill(GUIDE.pin)
    page.keyboard.press("Enter")
    expect(page.locator("#work-view")).to_be_visible()


SCREENS: dict[str, tuple[str, tuple[int, int], str, Steps]] = {
    "kiosk": ("kiosk/kiosk", PORTRAIT, "#eight button", as_it_comes),
    "kiosk: a matter": ("kiosk/kiosk", PORTRAIT, "#eight button", touching("#eight button")),
    "kiosk: not knowing": ("kiosk/kiosk", PORTRAIT, "#unsure", touching("#unsure")),
    "kiosk: large, in high contrast": ("kiosk/kiosk", PORTRAIT, "[data-way='elder']", in_modes),
    "clerk, signed out": ("counter/window/1", DESK, "#sign-in-view", as_it_comes),
    "clerk": ("counter/window/1", DESK, "#sign-in-view", clerk_at_work),
    "customer": ("counter/customer/1", LANDSCAPE, "main", as_it_comes),
    "board": ("lobby/board", PORTRAIT, "main", as_it_comes),
    "board, landscape": ("lobby/board", LANDSCAPE, "main", as_it_comes),
    "entrance": ("lobby/entrance", LANDSCAPE, "svg", as_it_comes),
    "query": ("lobby/query", PORTRAIT, "#view-home", as_it_comes),
    "guide, signed out": ("hall/guide", TABLET, "#sign-in-view", as_it_comes),
    "guide": ("hall/guide", TABLET, "#sign-in-view", guide_at_work),
}


@pytest.fixture(scope="module")
def running() -> Iterator[Demo]:
    with Demo() as demo:
        demo.until("http://")
        start = {"name": LOBBY, "do": "start"}
        assert httpx.post(f"http://127.0.0.1:{demo.base}/process", json=start, timeout=30).json() == {"running": True}
        yield demo


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.mark.parametrize("name", SCREENS)
def test_no_grave_fault_and_no_faint_letter(running: Demo, browser: Browser, name: str) -> None:
    path, (width, height), there, steps = SCREENS[name]
    with browser.new_context(
        viewport={"width": width, "height": height}, has_touch=True, locale="zh-CN", ignore_https_errors=True
    ) as context:
        page = context.new_page()
        page.set_default_timeout(LIMIT_MS)
        page.goto(address(running, path))
        page.locator(there).first.wait_for()
        steps(page)
        assert grave_faults(page) == []
        text = faintest(page)
        assert text.contrast >= LEAST, text


def address(running: Demo, path: str) -> str:
    ports = Ports(running.base)
    box, _, page = path.partition("/")
    boxes = {"kiosk": ports.kiosk, "counter": ports.counter, "lobby": ports.lobby, "hall": ports.hall}
    return f"{'https' if box == 'hall' else 'http'}://127.0.0.1:{boxes[box]}/{page}"
