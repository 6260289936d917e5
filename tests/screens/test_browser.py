"""The keeper of a public screen's browser, with a real one: fed while the page lives, ended when it hangs."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from config.notify import Notify
from screens.browser.cli import KIOSK, browser
from screens.browser.keeper import Keeper
from tests.chromium import FLAGS

pytestmark = pytest.mark.browser
LIMIT_S = 30.0
PAGE = """<!doctype html><script>
const look = async () => { eval(await (await fetch("/do/%d")).text()); setTimeout(look, 100); };
look();
</script>"""


class Box:
    """What a box's port answers: its page, which does what stands in ``do``, once, where it is shown last."""

    def __init__(self) -> None:
        self.do = ""
        self.stopped = False
        self.shown = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.shown += self.path == "/kiosk"
                last = f"/do/{outer.shown}"
                said = {
                    "/kiosk": PAGE % outer.shown,
                    last: outer.do,
                    "/ready": json.dumps({"error": "stopped"} if outer.stopped else {}),
                }
                if self.path == last:
                    outer.do = ""
                self.send_response(200 if self.path in said else 404)
                self.send_header("content-type", "text/html")
                self.end_headers()
                self.wfile.write(said.get(self.path, "elsewhere").encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/kiosk"
        self.thread = threading.Thread(target=self.server.serve_forever)


@pytest.fixture
def box() -> Iterator[Box]:
    box = Box()
    box.thread.start()
    yield box
    box.server.shutdown()
    box.server.server_close()
    box.thread.join()


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        yield manager


def keeper_of(box: Box, tmp_path: Path) -> Keeper:
    notify = Notify({"NOTIFY_SOCKET": str(tmp_path / "notify")})
    command = ["/usr/bin/chromium", "--headless=new", *FLAGS, *KIOSK, f"--user-data-dir={tmp_path / 'profile'}"]
    return Keeper(box.url, command, notify, hangs_s=3.0)


async def until(manager: socket.socket, line: str) -> None:
    async with asyncio.timeout(LIMIT_S):
        while (await asyncio.get_running_loop().sock_recv(manager, 4096)).decode() != line:
            pass


async def test_the_page_is_shown_brought_back_and_ended_when_it_hangs(
    box: Box, told: socket.socket, tmp_path: Path
) -> None:
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(keeper_of(box, tmp_path).run())
        await until(told, "READY=1")
        await until(told, f"STATUS={box.url}")
        await until(told, "WATCHDOG=1")
        assert box.shown == 1
        box.do = "location.href = '/elsewhere'"
        while box.shown < 2:
            await until(told, "WATCHDOG=1")
        box.stopped = True
        await until(told, f"STATUS={box.url} (out of service)")
        assert box.shown == 3
        box.do = "for (;;);"
        async with asyncio.timeout(LIMIT_S):
            assert await keeping == "the page does not answer"


async def test_a_browser_that_ends_is_told(box: Box, told: socket.socket, tmp_path: Path) -> None:
    keeper = Keeper(box.url, ["/bin/false"], Notify({"NOTIFY_SOCKET": str(tmp_path / "notify")}))
    async with asyncio.timeout(LIMIT_S):
        assert (await keeper.run()).startswith("the browser is gone")


def test_a_public_screen_shows_no_other_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert browser(["http://hall.local/board"]) == 2
    assert "its own machine" in capsys.readouterr().err
