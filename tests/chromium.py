"""Headless Chromium for the tests: Debian's own, with nothing that looks for a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--touch-events=enabled",
    "--disable-pinch",
    "--overscroll-history-navigation=0",
    "--lang=zh-CN",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, closed at the end. Not inside a running event loop, and not across tests that need one."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()
