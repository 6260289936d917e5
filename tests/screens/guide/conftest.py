"""A tablet in a guide's hand. Whose ``hall`` it is, each file of tests says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.hall.conftest import certificates, settings_file
from tests.screens.guide_hall import LIMIT_MS, Box, GuidedHall, sign_in

__all__ = ["certificates", "settings_file"]


@pytest.fixture
def kiosk(hall: GuidedHall) -> Box:
    return Box(hall, "kiosk-1")


@pytest.fixture
def counter(hall: GuidedHall) -> Box:
    return Box(hall, "counter-1")


@pytest.fixture
def tablet(chromium: Browser) -> Iterator[BrowserContext]:
    """A tablet in a hand; the hall's authority is not in its store, as in a first trial."""
    size = {"width": 768, "height": 1024}
    with chromium.new_context(viewport=size, has_touch=True, ignore_https_errors=True, locale="zh-CN") as context:  # type: ignore[arg-type]
        yield context


@pytest.fixture
def outside(tablet: BrowserContext, hall: GuidedHall) -> Page:
    """Not signed in."""
    page = tablet.new_page()
    page.set_default_timeout(LIMIT_MS)
    expect.set_options(timeout=LIMIT_MS)
    page.goto(f"{hall.origin}/guide")
    page.locator("#sign-in-view").wait_for()
    return page


@pytest.fixture
def guide(outside: Page) -> Page:
    sign_in(outside)
    return outside
