"""Takes the README's picture: `.venv/bin/python -m tests.system.picture docs/bench.png`."""

from __future__ import annotations

import re
import sys

from playwright.sync_api import expect

from tests.system.bench import Bench, bench_page
from tests.system.running import Demo


def take(file: str) -> None:
    """A hall in the middle of its morning."""
    with Demo() as demo:
        demo.until("http://")
        with bench_page(demo.base) as page:
            windows = [Bench(page, window) for window in (1, 2, 3)]
            for window in (*windows, windows[0]):
                window.take_number()
            for window in windows:
                window.sign_in()
                window.clerk.locator("[data-act='next']").click()
                expect(window.display).to_have_attribute("alt", re.compile("请"))
            page.locator("#tabs [data-window='2']").click()
            for act, phase in (("start", "办理中"), ("finish", "空闲")):
                windows[1].clerk.locator(f"[data-act='{act}']").click()
                expect(windows[1].clerk.locator("#phase")).to_have_text(re.compile(phase))
            page.locator("#tabs [data-window='1']").click()
            windows[0].touch()
            expect(windows[0].kiosk.locator("#view-result")).to_be_visible()
            expect(windows[0].clerk.locator("#number")).not_to_be_empty()
            page.screenshot(path=file)


if __name__ == "__main__":
    take(sys.argv[1])
