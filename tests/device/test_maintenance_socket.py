"""The socket of a technician's terminal: who may open it, what it takes, what it says to what it does not take."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from device.maintenance import alone
from device.maintenance.alone import RunsAlready, become_owner, must_be_alone
from device.maintenance.terminal_socket import TerminalSocket, answers, may_ask, socket_of
from device.maintenance.verbs import Answered
from tests.device.maintenance_terminal import Terminal

pytestmark = pytest.mark.wire

LIMIT_S = 10.0
NOBODY = 65_534


class Echo:
    """Says which verb it was asked, with which body, by whom; or takes for ever."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()

    async def do(self, verb: str, body: bytes, process: int | None = None) -> Answered:
        if verb == "for-ever":
            self.begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.ended.set()
        return Answered(200, b'{"verb": "%s", "size": %d, "process": %d}' % (verb.encode(), len(body), process or 0))


@asynccontextmanager
async def served(folder: Path, verbs: Echo | None = None) -> AsyncIterator[Terminal]:
    echo: Any = verbs or Echo()
    terminals = TerminalSocket(echo, folder)
    async with asyncio.timeout(LIMIT_S), asyncio.TaskGroup() as group:
        serving = group.create_task(terminals.run())
        await terminals.offered.wait()
        try:
            yield Terminal(terminals.path)
        finally:
            serving.cancel()


async def told(asking: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    return await asyncio.to_thread(lambda: asking(*arguments, **more))


async def test_only_its_own_user_and_root_reach_it(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o755)
    async with served(tmp_path) as terminal:
        assert terminal.path == tmp_path / "run" / "maintenance.sock"
        assert terminal.path.stat().st_mode & 0o777 == 0o600
        assert terminal.path.parent.stat().st_mode & 0o777 == 0o700
    assert not terminal.path.exists()


@pytest.mark.parametrize(
    ("uid", "own", "may"), [(0, 990, True), (990, 990, True), (1000, 990, False), (1000, 0, False)]
)
async def test_who_is_not_the_boxs_user_is_refused_even_where_the_folder_let_him_in(
    uid: int, own: int, may: bool
) -> None:
    assert may_ask(uid, own) is may


async def test_a_verb_is_told_its_body_and_which_process_asks(tmp_path: Path) -> None:
    async with served(tmp_path) as terminal:
        assert await told(terminal.ask, "echo") == (200, {"verb": "echo", "size": 2, "process": os.getpid()})


@pytest.mark.parametrize(
    ("path", "size", "headers", "status", "error"),
    [
        ("/maintenance/echo", 0, {"Origin": "http://127.0.0.1:8620"}, 403, "not-for-pages"),
        ("/maintenance/echo", 70_000, {}, 413, "too-long"),
        ("/kiosk/tickets", 0, {}, 404, "no-such-verb"),
    ],
)
async def test_what_it_does_not_take_is_refused_in_words(
    tmp_path: Path, path: str, size: int, headers: dict[str, str], status: int, error: str
) -> None:
    async with served(tmp_path) as terminal:
        got, refused = await told(terminal.post, path, b"x" * size, **headers)
    assert (got, refused["error"]) == (status, error)
    assert set(refused["text"]) == {"zh-CN", "en"}


async def test_a_box_that_stops_waits_for_no_terminal(tmp_path: Path) -> None:
    echo = Echo()
    async with served(tmp_path, echo) as terminal:
        asking = asyncio.get_running_loop().run_in_executor(None, _cut_off, terminal)
        await echo.begun.wait()
    assert echo.ended.is_set()
    assert await asking


def _cut_off(terminal: Terminal) -> bool:
    try:
        terminal.ask("for-ever")
    except OSError:
        return True
    return False


@pytest.mark.parametrize("name", ["x" * 120, "file"], ids=["too long for a socket", "a file in its place"])
async def test_a_counter_works_without_this_socket_too(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with capture_logs() as logs:
        await TerminalSocket(SimpleNamespace(), tmp_path / name).run()  # type: ignore[arg-type]
    assert [entry["event"] for entry in logs] == ["no maintenance socket"]


async def test_what_a_killed_process_left_there_is_no_other_program(tmp_path: Path) -> None:
    path = socket_of(tmp_path)
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    assert not answers(path)
    must_be_alone(tmp_path)
    async with served(tmp_path) as terminal:
        assert (await told(terminal.ask, "echo"))[0] == 200
        with pytest.raises(RunsAlready, match="stop the service first"):
            must_be_alone(tmp_path)


async def test_root_becomes_whoever_owns_the_box_before_it_writes_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    became: list[tuple[str, Any]] = []
    kernel = SimpleNamespace(
        geteuid=lambda: 0,
        initgroups=lambda name, gid: became.append(("groups", (name, gid))),
        setgroups=lambda groups: became.append(("groups", groups)),
        setgid=lambda gid: became.append(("gid", gid)),
        setuid=lambda uid: became.append(("uid", uid)),
    )
    monkeypatch.setattr(alone, "os", kernel)
    become_owner(tmp_path / "not-made-yet")
    owned: Any = SimpleNamespace(exists=lambda: True, stat=lambda: SimpleNamespace(st_uid=61_184, st_gid=61_185))
    become_owner(owned)
    assert became == [("groups", [61_185]), ("gid", 61_185), ("uid", 61_184)]


def test_whoever_becomes_the_owner_still_ends_with_the_terminal(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY, NOBODY)
    asked = (
        "import ctypes, pathlib, sys; from device.maintenance.alone import become_owner;"
        "become_owner(pathlib.Path(sys.argv[1])); told = ctypes.c_int();"
        "ctypes.CDLL(None).prctl(2, ctypes.byref(told)); print(told.value)"
    )
    ran = subprocess.run(
        ["setpriv", "--pdeathsig", "TERM", sys.executable, "-c", asked, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=True,
    )
    assert ran.stdout.split() == [str(int(signal.SIGTERM))]
