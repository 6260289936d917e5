"""The citizen's screen and the clerk's page on one box."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.screens.customer.scene import SIZES
from tests.screens.customer_box import CustomerBox
from tests.screens.stand_in import LIMIT_S


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def box(tmp_path: Path, photos: Path) -> Iterator[CustomerBox]:
    data = tmp_path / "data"
    data.mkdir()
    daemon = CustomerBox(data, photos)
    yield daemon
    daemon.stop()


@pytest.fixture(params=["small"])
def screen(chromium: Browser, box: CustomerBox, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The citizen's, with fingers; its clock may be moved."""
    width, height = SIZES[request.param]
    with chromium.new_context(viewport={"width": width, "height": height}, has_touch=True, locale="zh-CN") as context:
        page = context.new_page()
        page.set_default_timeout(LIMIT_S * 1000)
        page.clock.install()
        page.goto(f"{box.origin}/customer/1")
        expect(page.locator("#view-idle")).to_be_visible()
        yield page


@pytest.fixture
def clerk(desk: BrowserContext, box: CustomerBox, screen: Page) -> Page:
    """The clerk's page of the same window, signed in."""
    page = desk.new_page()
    page.set_default_timeout(LIMIT_S * 1000)
    page.goto(f"{box.origin}/window/1")
    page.locator("#name").fill("王小明")
    page.locator("#pin").fill("2468")
    page.keyboard.press("Enter")
    expect(page.locator("#customer")).to_be_visible()
    return page
