"""Takes the README's picture: `.venv/bin/python -m tests.system.picture docs/bench.png`."""

from __future__ import annotations

import sys

from playwright.sync_api import expect

from tests.chromium import chromium
from tests.system.bench import bench_page
from tests.system.running import Demo

SERVICES = ("社保登记与缴费", "养老待遇与社保卡", "企业开办与变更", "不动产登记", "居民身份证")


def take(file: str) -> None:
    """A hall in the middle of its morning."""
    with Demo() as demo, chromium() as browser:
        demo.until("http://")
        with bench_page(browser, demo.base) as bench:
            for service in SERVICES:
                bench.touch(service)
            for window in range(3):
                bench.sign_in(window)
                bench.press("next")
                expect(bench.clerk.locator("#number")).not_to_be_empty()
                if window < 2:
                    bench.press("start")
                if window == 1:
                    bench.press("finish")
            bench.turn_to(0)
            expect(bench.clerk.locator("#number")).not_to_be_empty()
            digits = bench.touch("医疗保险").removeprefix("A")
            expect(bench.page.locator("#paper")).to_contain_text(digits)
            bench.page.screenshot(path=file)


if __name__ == "__main__":
    take(sys.argv[1])
