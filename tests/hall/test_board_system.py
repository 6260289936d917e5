"""A hall, a board's box and its page in a browser: the whole way of a call and of an alarm, and each of them killed."""

from __future__ import annotations

import http.client
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from hall import cli
from hall.contract import Fact
from tests.chromium import chromium as launched
from tests.free_ports import free_port
from tests.hall.process import Daemon, Process, get, post
from tests.hall.served import command, hello

pytestmark = [pytest.mark.system, pytest.mark.browser]

BOX = """\
[box]
name = "stranger-1"
mode = "demo"
port = {port}
data = "data-of-board"

[hall]
url = "https://127.0.0.1:{hall}"
ca = "certs/ca.pem"
certificate = "certs/stranger-1.pem"
key = "certs/stranger-1.key"

[board]
"""
LIMIT_MS = 15_000
TOLD_S = 2.0
LOST_S = 5.0


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def hall(settings_file: Path) -> Iterator[Process]:
    text = settings_file.read_text(encoding="utf-8")
    settings_file.write_text(text + '\n[[box]]\nname = "stranger-1"\nboard = ["*"]\n', encoding="utf-8")
    process = Process(settings_file)
    yield process
    process.end()


@pytest.fixture
def box(hall: Process) -> Iterator[Daemon]:
    file, port = hall.folder / "board.toml", free_port()
    file.write_text(BOX.format(port=port, hall=hall.port), encoding="utf-8")
    daemon = Daemon(["device", str(file)], "box runs", {})
    daemon.origin = f"http://127.0.0.1:{port}"  # type: ignore[attr-defined]
    yield daemon
    daemon.end()


@pytest.fixture
def board(chromium: Browser, box: Daemon) -> Iterator[Page]:
    with chromium.new_context(viewport={"width": 1080, "height": 1920}, locale="zh-CN") as context:
        page = context.new_page()
        page.set_default_timeout(LIMIT_MS)
        expect.set_options(timeout=LIMIT_MS)
        page.goto(f"{box.origin}/board")  # type: ignore[attr-defined]
        expect(page.locator("#hall-name")).to_contain_text("云溪县政务服务大厅")
        expect(page.locator("#stale")).to_be_hidden()
        yield page


@contextmanager
def calling(hall: Process) -> Iterator[http.client.HTTPSConnection]:
    """A counter where a clerk sits."""
    counter = hall.caller("counter-1")
    post(counter, "/device/hello", hello())
    who = {"type": "sign-in", "request": f"s{hall.process.pid}", "window": 1, "name": "林一帆", "pin": "2468"}
    post(counter, "/device/commands", {**who, "mode": "demo"})
    yield counter
    counter.close()


def take(hall: Process, tickets: int) -> None:
    """A kiosk tells of tickets from its own band."""
    kiosk = hall.caller("kiosk-1")
    date = post(kiosk, "/device/hello", hello("kiosk-1", journal="aa"))["business_date"]
    told: list[Any] = []
    prev = ""
    for number in range(1, tickets + 1):
        ticket = f"kiosk-1/aa/{len(told) + 1}"
        digits = f"111{number:03d}"
        happened: list[tuple[str, dict[str, Any]]] = [
            ("requested", {"service": "11", "touch": "t"}),
            ("issued", {"ticket": ticket, "service": "11", "number": digits, "source": "band", "date": date}),
            ("printed", {"ticket": ticket, "evidence": "gs-h"}),
        ]
        for kind, data in happened:
            fact = Fact(
                seq=len(told) + 1,
                prev=prev,
                kind=kind,
                at_ms=1,
                trust="unknown",
                boot="b1",
                mono_ms=900 + len(told),
                mode="demo",
                data=data,
            )
            prev = fact.digest()
            told.append(msgspec.to_builtins(fact))
    batch = {"device": "kiosk-1", "journal": "aa", "boot": "b1", "mono_ms": 1000, "facts": told}
    assert post(kiosk, "/device/facts", batch)["high"] == len(told)
    kiosk.close()


def own(hall: Process) -> str:
    return str(hall.folder / "own.toml")


def seconds_until(page: Page, selector: str, *, visible: bool = True) -> float:
    begun = time.monotonic()
    page.locator(selector).wait_for(state="visible" if visible else "hidden")
    return time.monotonic() - begun


def test_a_call_and_those_who_are_next_stand_on_the_board(hall: Process, board: Page) -> None:
    take(hall, 7)
    expect(board.locator("#themes li").first.locator(".number")).to_have_count(5)
    assert board.locator("#themes li").first.locator(".number").first.text_content() == "A111001"
    with calling(hall) as counter:
        expect(board.locator("#open")).to_contain_text("社保医保综合窗口")
        post(counter, "/device/commands", command("call-next"))
        row = board.locator("#calls li")
        expect(row).to_have_class("called flash")
        expect(row.locator(".number")).to_have_text("A111001")
        expect(row.locator(".figure")).to_have_text("1")
        expect(board.locator("#themes li").first.locator(".number").first).to_have_text("A111002")
        expect(board.locator("#themes li").first.locator(".people")).to_contain_text("6 人")
        post(counter, "/device/commands", command("start"))
        expect(row).to_have_class("serving")
        post(counter, "/device/commands", command("finish"))
        expect(board.locator("#no-calls")).to_be_visible()


def test_an_alarm_stands_on_the_board_within_two_seconds_and_survives_a_kill_of_the_hall(
    hall: Process, board: Page
) -> None:
    begun = time.monotonic()
    assert cli.hall(["alarm", own(hall), "evacuate", "请走最近的出口"]) == 0
    seconds_until(board, "#alarm")
    assert time.monotonic() - begun < TOLD_S
    expect(board.locator("#alarm")).to_contain_text("请马上离开大厅")
    expect(board.locator("#calls-title")).to_be_hidden()
    hall.end()
    hall.start()
    caller = hall.caller("observer-1")
    assert get(caller, "/api/news")["alarm"]["kind"] == "evacuate"
    caller.close()
    expect(board.locator("#alarm")).to_be_visible()
    assert cli.hall(["alarm", own(hall), "over"]) == 0
    expect(board.locator("#alarm")).to_have_count(0)
    expect(board.locator("#calls-title")).to_be_visible()


def test_a_board_that_is_cut_off_keeps_what_stood_and_says_since_when(hall: Process, board: Page) -> None:
    take(hall, 2)
    with calling(hall) as counter:
        post(counter, "/device/commands", command("call-next"))
        expect(board.locator("#calls .number")).to_have_text("A111001")
    hall.end()
    expect(board.locator("#stale")).to_contain_text("起没有更新")
    expect(board.locator("#calls .number")).to_have_text("A111001")
    hall.start()
    expect(board.locator("#stale")).to_be_hidden()
    expect(board.locator("#calls .number")).to_have_text("A111001")


@pytest.mark.parametrize("how", ["kill", "freeze"])
def test_a_board_that_has_lost_its_daemon_says_so_within_five_seconds_and_comes_back(
    hall: Process, box: Daemon, board: Page, how: str
) -> None:
    begun = time.monotonic()
    if how == "kill":
        box.end()
    else:
        box.process.send_signal(signal.SIGSTOP)
    seconds_until(board, "#stale")
    assert time.monotonic() - begun < LOST_S
    expect(board.locator("#stale")).to_contain_text("正在自动恢复")
    if how == "kill":
        box.start()
    else:
        box.process.send_signal(signal.SIGCONT)
    expect(board.locator("#stale")).to_be_hidden()
    expect(board.locator("body")).to_have_class("board")
