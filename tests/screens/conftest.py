"""A browser with its screens, and a daemon for the pages to talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.chromium import chromium as launched
from tests.screens.matters import DIRECTORY, matters_state
from tests.screens.scene import CLERK, kiosk_state, window_state
from tests.screens.stand_in import LIMIT_S, StandIn

PRESS = "/window/3/press"


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    daemon = StandIn({"kiosk": kiosk_state(), "window": window_state()})
    yield daemon
    daemon.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def touch_screen(chromium: Browser) -> Iterator[BrowserContext]:
    """A kiosk's screen, 1080 × 1920, with fingers."""
    with chromium.new_context(viewport={"width": 1080, "height": 1920}, has_touch=True, locale="zh-CN") as context:
        yield context


@pytest.fixture
def desk(chromium: Browser) -> Iterator[BrowserContext]:
    """A clerk's screen."""
    with chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN") as context:
        yield context


@pytest.fixture
def kiosk(touch_screen: BrowserContext, stand_in: StandIn) -> Page:
    """The kiosk page with a clock that tests may move."""
    page = touch_screen.new_page()
    page.set_default_timeout(LIMIT_S * 1000)
    page.clock.install()
    page.goto(f"{stand_in.origin}/kiosk")
    page.locator("#view-home").wait_for()
    return page


@pytest.fixture
def matters(touch_screen: BrowserContext, stand_in: StandIn) -> Page:
    """The kiosk page of a hall that lists its matters, with a clock that tests may move."""
    stand_in.states |= {"kiosk": matters_state(), "directory": DIRECTORY}
    page = touch_screen.new_page()
    page.set_default_timeout(LIMIT_S * 1000)
    page.clock.install()
    page.goto(f"{stand_in.origin}/kiosk")
    page.locator("#eight .choice").first.wait_for()
    return page


@pytest.fixture
def counter(desk: BrowserContext, stand_in: StandIn) -> Page:
    """The clerk's page, not signed in."""
    stand_in.answers["/window/3/sign-in"] = (200, {"token": "t-1", "clerk": CLERK})
    page = desk.new_page()
    page.set_default_timeout(LIMIT_S * 1000)
    page.clock.install()
    page.goto(f"{stand_in.origin}/window/3")
    page.locator("#sign-in-view").wait_for()
    return page


@pytest.fixture
def chromium_page(desk: BrowserContext) -> Page:
    """An empty page."""
    return desk.new_page()


@pytest.fixture
def at_work(counter: Page, stand_in: StandIn) -> Page:
    """Signed in, nobody called yet; every press is done."""
    stand_in.answers[PRESS] = (200, {"outcome": "done", "reason": None, "text": None, "window": None})
    sign_in(counter)
    expect(counter.locator("#work-view")).to_be_visible()
    return counter


def sign_in(page: Page, pin: str = "2468") -> None:
    page.locator("#name").fill("李晓梅")
    page.locator("#pin").fill(pin)
    page.keyboard.press("Enter")
