"""A clerk's own PC is paired by keys in a real browser, and works at its window; hall and box are processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from config.wording import both
from hall import ca
from tests.device.maintenance_terminal import Terminal
from tests.free_ports import free_port
from tests.hall.conftest import certificates, settings_file
from tests.hall.process import Daemon, Process
from tests.screens.test_looks import weakest

__all__ = ["certificates", "settings_file"]

pytestmark = pytest.mark.browser

LIMIT_MS = 10_000
LOST_MS = 5_000
STOPS_S = 5.0
CLERK, PIN = "林一帆", "2468"
BOX = """\
[box]
name = "counter-1"
mode = "demo"
port = {port}
data = "box"

[hall]
url = "https://127.0.0.1:{hall}"
ca = "certs/ca.pem"
certificate = "certs/counter-1.pem"
key = "certs/counter-1.key"

[pairing]
address = "127.0.0.1:{pcs}"
certificate = "pairing/127.0.0.1.pem"
key = "pairing/127.0.0.1.key"

[[window]]
number = 1
"""


class Counter:
    """A box that a technician sits at."""

    def __init__(self, folder: Path, hall: int) -> None:
        pcs = free_port()
        self.origin = f"https://127.0.0.1:{pcs}"
        ca.init(folder / "pairing")
        ca.issue(folder / "pairing", "127.0.0.1", "counter", 30)
        file = folder / "box.toml"
        file.write_text(BOX.format(port=free_port(), hall=hall, pcs=pcs), encoding="utf-8")
        self.daemon = Daemon(["device", str(file)], "hall is up", {})
        self._terminal = Terminal(folder / "box" / "run" / "maintenance.sock")

    def code(self) -> str:
        _, told = self._terminal.ask("pair", window=1)
        return str(told["code"])

    def undo(self) -> None:
        assert self._terminal.ask("pair", window=1, undo=True)[0] == 200


@pytest.fixture
def counter(settings_file: Path) -> Iterator[Counter]:
    hall = Process(settings_file)
    try:
        counter = Counter(settings_file.parent, hall.port)
        yield counter
        counter.daemon.end()
    finally:
        hall.end()


@pytest.fixture
def page(chromium: Browser, counter: Counter) -> Iterator[Page]:
    size = {"width": 1280, "height": 800}
    with chromium.new_context(viewport=size, ignore_https_errors=True, locale="zh-CN") as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.set_default_timeout(LIMIT_MS)
        page.goto(counter.origin)
        yield page


def test_a_pc_is_paired_by_keys_works_at_its_window_and_is_out_when_that_is_undone(
    page: Page, counter: Counter
) -> None:
    expect(page.locator("#code")).to_be_focused()
    assert weakest(page) > (4.5, "")
    page.keyboard.type("22222-22222")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_contain_text(both("pairing", "wrong")["zh-CN"])
    expect(page.locator("#code")).to_be_focused()
    assert weakest(page) > (4.5, "")
    page.keyboard.type(counter.code().lower())
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{counter.origin}/window/1", timeout=LIMIT_MS)

    expect(page.locator("#name")).to_be_focused(timeout=LIMIT_MS)
    page.keyboard.type(CLERK)
    page.keyboard.press("Tab")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page.locator("#work-view")).to_be_visible(timeout=LIMIT_MS)
    page.keyboard.press("n")
    expect(page.locator("#message")).to_contain_text(both("refusal", "nobody-waiting")["zh-CN"], timeout=LIMIT_MS)

    counter.undo()
    expect(page.locator("#code")).to_be_focused(timeout=LOST_MS)
    page.keyboard.type(counter.code())
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{counter.origin}/window/1", timeout=LIMIT_MS)


def test_a_box_with_an_open_page_at_a_pc_stops_when_it_is_told_to(page: Page, counter: Counter) -> None:
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(counter.code())
    page.keyboard.press("Enter")
    page.locator("#sign-in-view").wait_for()
    counter.daemon.process.terminate()
    assert counter.daemon.process.wait(STOPS_S) == 0
    expect(page.locator("#lost")).to_be_visible(timeout=LOST_MS)
