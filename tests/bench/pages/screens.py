"""How soon a page is there, what it weighs, how fast it answers a finger: real boxes, headless Chromium, loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from simulators.bench.figures import Figure, at_most, median
from simulators.demo.places import Ports
from simulators.demo.stage import Stage, stage
from tests.chromium import FLAGS

LOADS = 9
TOUCHES = 30
PORTS = Ports(18900)

FIRST_PAINT_MS = 300
ANSWER_MS = 50
WEIGHT_KB = 300

PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
WEIGHT = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .reduce((bytes, entry) => bytes + entry.decodedBodySize, 0)"""

# From the finger to the picture that answers it, as the browser itself counts it (Event Timing), in steps of 8 ms. An
# event that was answered within 16 ms is told by no browser: it counts as 16.
WATCH = """() => {
  window.answers = [];
  new PerformanceObserver(list => window.answers.push(...list.getEntries().filter(e => e.name === 'pointerup')))
    .observe({type: 'event', durationThreshold: 16});
}"""
ANSWERS = "() => window.answers.map(entry => entry.duration)"


@dataclass(frozen=True, slots=True)
class Screen:
    """A page, how large its screen is, and what a finger touches there in turn ("" for a screen without touch)."""

    name: str
    path: str
    size: tuple[int, int] = (1080, 1920)
    touched: Sequence[str] = field(default=())


SCREENS = {
    "kiosk": (Screen("kiosk", "/kiosk", touched=("#eight button", "#view-matter [data-back]")),),
    "counter": (
        Screen("clerk's page", "/window/1", (1280, 800), ("#language",)),
        Screen("customer screen", "/customer/1", (1920, 1080), ("#language",)),
    ),
    "lobby": (
        Screen("hall board", "/board"),
        Screen("entrance screen", "/entrance", (1920, 1080)),
        Screen("query page", "/query", touched=("#language",)),
    ),
    "hall": (Screen("guide's page", "/guide", (768, 1024), ("#language",)),),
}
"""By the process that serves them."""


@dataclass(slots=True)
class Seen:
    """What was measured of a page, ms and bytes."""

    paints: list[float] = field(default_factory=list)
    weight: float = 0.0
    answers: list[float] = field(default_factory=list)

    def figures(self, name: str) -> list[Figure]:
        """Its rows."""
        rows = [
            Figure(f"{name}: first paint, median", median(self.paints), "ms", at_most(FIRST_PAINT_MS)),
            Figure(f"{name}: weight of all its files", self.weight / 1000, "kB", at_most(WEIGHT_KB)),
        ]
        if self.answers:
            rows.append(
                Figure(f"{name}: touch to picture, slowest of {TOUCHES}", max(self.answers), "ms", at_most(ANSWER_MS))
            )
        return rows


async def page_figures(folder: Path, share: float = 1.0) -> list[Figure]:
    """Every page of a demonstration's boxes. Raises DiedAtStart, NotReady."""
    figures: list[Figure] = []
    async with stage(PORTS, folder / "pages", lambda _: None) as here, async_playwright() as driver:
        await here.open_lobby()
        browser = await driver.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=FLAGS)
        try:
            for box, screens in SCREENS.items():
                for screen in screens:
                    seen = await _look(browser, _origin(here, box), screen, share)
                    figures += seen.figures(screen.name)
        finally:
            await browser.close()
    return figures


def _origin(here: Stage, box: str) -> str:
    urls = {"kiosk": here.kiosk_url, "counter": here.counter_url, "lobby": here.lobby_url, "hall": here.hall_url}
    return urls[box]


async def _look(browser: Browser, origin: str, screen: Screen, share: float) -> Seen:
    seen = Seen()
    for _ in range(max(1, round(LOADS * share))):
        width, height = screen.size
        context = await browser.new_context(
            viewport={"width": width, "height": height}, has_touch=True, locale="zh-CN", ignore_https_errors=True
        )
        page = await context.new_page()
        await page.goto(origin + screen.path)
        seen.paints.append(await _painted(page))
        seen.weight = max(seen.weight, await page.evaluate(WEIGHT))
        if len(seen.paints) == 1 and screen.touched:
            seen.answers = await _touch(page, screen.touched, max(2, round(TOUCHES * share)))
        await context.close()
    return seen


async def _painted(page: Page) -> float:
    painted: float | None = None
    while painted is None:
        painted = await page.evaluate(PAINTED)
        await asyncio.sleep(0.02)
    return painted


async def _touch(page: Page, touched: Sequence[str], times: int) -> list[float]:
    await page.locator(touched[0]).first.wait_for()
    await page.evaluate(WATCH)
    for turn in range(times):
        await page.locator(touched[turn % len(touched)]).first.tap()
    await page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 100)))")
    told: list[float] = await page.evaluate(ANSWERS)
    return told + [16.0] * (times - len(told))
