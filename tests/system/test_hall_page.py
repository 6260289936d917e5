"""The hall's own page, in a browser: how it is, and the reference of its calls; nothing comes from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import chromium
from tests.system.running import Demo

pytestmark = [pytest.mark.system, pytest.mark.browser]


@pytest.fixture
def page(demo: Demo) -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_context(ignore_https_errors=True, locale="zh-CN").new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda request: said.append(request.url) if not _own(request.url, demo) else None)
        page.goto(f"https://127.0.0.1:{demo.base + 10}/")
        yield page
        assert said == []


def _own(url: str, demo: Demo) -> bool:
    return url.startswith((f"https://127.0.0.1:{demo.base + 10}/", "data:"))


def test_it_shows_services_windows_and_every_call_in_both_languages(page: Page) -> None:
    expect(page.locator("h1")).to_contain_text("政务服务中心")
    for text in ("社保登记与缴费", "Social insurance registration", "未开窗", "Closed"):
        expect(page.locator("main")).to_contain_text(text)
    for call in ("/device/reserve", "/device/commands", "/device/facts", "/api/tickets", "/api/ratings"):
        expect(page.locator("main")).to_contain_text(call)
    expect(page.locator("header")).to_have_attribute("data-mode", re.compile("demo"))
