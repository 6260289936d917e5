"""Takes the README's pictures: `.venv/bin/python -m tests.system.pictures docs`."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from simulators.demo.places import Ports
from simulators.demo.settings import CLERKS, GUIDE, LOBBY, WINDOWS
from tests.chromium import chromium
from tests.system.bench import Bench, bench_page
from tests.system.running import Demo

PORTRAIT, LANDSCAPE, DESK = (1080, 1920), (1920, 1080), (1280, 900)
SHOWN = 640
"""Pixels that a picture is wide."""
VISITORS = 9


def bench(file: Path) -> None:
    """A hall in the middle of its morning, on the bench page."""
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


def screens(folder: Path) -> None:
    """Everyone's screens, of one hall at work."""
    with Demo() as demo, chromium() as browser:
        demo.until("http://")
        httpx.post(f"http://127.0.0.1:{demo.base}/process", json={"name": LOBBY, "do": "start"}, timeout=30)
        ports = Ports(demo.base)
        with ready(browser, f"http://127.0.0.1:{ports.kiosk}/kiosk", PORTRAIT, "#eight button") as kiosk:
            clerks = [at_work(browser, ports, window) for window in WINDOWS]
            for visitor in range(VISITORS):
                kiosk.locator("#eight button").nth(visitor % 8).tap()
                kiosk.locator("#take").tap()
                kiosk.locator("#result-done").tap()
            for clerk in clerks:
                clerk.keyboard.press("n")
                expect(clerk.locator("#number")).not_to_be_empty()
            clerks[0].locator("[data-act='start'][aria-disabled='false']").click()
            expect(clerks[0].locator("#phase")).to_have_text(re.compile("办理中"))
            keep(kiosk, folder / "kiosk.png")
            kiosk.locator("#eight button").first.tap()
            for way in ("elder", "contrast"):
                kiosk.locator(f"[data-way='{way}']").tap()
            keep(kiosk, folder / "kiosk-elder.png")
            kiosk.locator("#ask-help").tap()
            expect(kiosk.locator("#help-came")).to_be_visible()
        lobby = f"http://127.0.0.1:{ports.lobby}"
        seen: list[tuple[str, str, tuple[int, int], str, Callable[[Page], None]]] = [
            ("board", f"{lobby}/board", PORTRAIT, "#calls li", lambda _: None),
            ("query", f"{lobby}/query", PORTRAIT, "#view-home", lambda _: None),
            ("customer", f"http://127.0.0.1:{ports.counter}/customer/1", LANDSCAPE, "main", lambda _: None),
            ("guide", f"https://127.0.0.1:{ports.hall}/guide", DESK, "#sign-in-view", guide),
        ]
        for name, url, size, there, steps in seen:
            with ready(browser, url, size, there) as page:
                steps(page)
                keep(page, folder / f"{name}.png")


@contextmanager
def ready(browser: Browser, url: str, size: tuple[int, int], there: str) -> Iterator[Page]:
    """A page that has come, on a screen of this size."""
    viewport = {"width": size[0], "height": size[1]}
    page = browser.new_page(viewport=viewport, has_touch=True, locale="zh-CN", ignore_https_errors=True)  # type: ignore[arg-type]
    page.goto(url)
    page.locator(there).first.wait_for()
    yield page
    page.close()


def at_work(browser: Browser, ports: Ports, window: int) -> Page:
    """A clerk who has signed in."""
    page = browser.new_page(viewport={"width": DESK[0], "height": DESK[1]}, locale="zh-CN")
    page.goto(f"http://127.0.0.1:{ports.counter}/window/{window}")
    page.locator("#name").fill(CLERKS[window - 1].name)
    page.locator("#pin").fill(CLERKS[window - 1].pin)
    page.locator("#sign-in-do").click()
    page.locator("#work-view").wait_for()
    return page


def guide(page: Page) -> None:
    """A guide who has signed in."""
    page.locator("#name").fill(GUIDE.name)
    page.locator("#pin").fill(GUIDE.pin)
    page.keyboard.press("Enter")
    page.locator("#work-view").wait_for()


def keep(page: Page, file: Path) -> None:
    """The page as it looks, once it has come to rest, small enough for a page of text."""
    page.wait_for_timeout(1500)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.thumbnail((SHOWN, SHOWN * 2))
    picture.quantize(64).save(file, optimize=True)


if __name__ == "__main__":
    docs = Path(sys.argv[1])
    bench(docs / "bench.png")
    screens(docs)
