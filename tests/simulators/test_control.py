"""The control socket, and a simulator as a process of its own."""

from __future__ import annotations

import asyncio
import json
import shlex
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulators.cli import simulate
from tests.simulators.host import LIMIT, Host

pytestmark = pytest.mark.system


class Client:
    """One who has connected to a control socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, line: bytes) -> None:
        self._writer.write(line + b"\n")

    async def line(self) -> dict[str, Any]:
        async with asyncio.timeout(LIMIT):
            message: dict[str, Any] = json.loads(await self._reader.readline())
        return message

    async def event(self, kind: str) -> dict[str, Any]:
        while (message := await self.line()).get("event") != kind:
            pass
        return message

    async def answer(self) -> dict[str, Any]:
        while "ok" not in (message := await self.line()):
            pass
        return message

    async def ended(self) -> bool:
        async with asyncio.timeout(LIMIT):
            while await self._reader.readline():
                pass
        return True

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


@dataclass(frozen=True)
class Running:
    """A simulator started by its own command line."""

    folder: Path
    process: asyncio.subprocess.Process

    @property
    def link(self) -> Path:
        return self.folder / "port"

    @property
    def control(self) -> Path:
        return self.folder / "control.sock"

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        client = Client(*await asyncio.open_unix_connection(str(self.control)))
        try:
            yield client
        finally:
            await client.close()


@asynccontextmanager
async def running(folder: Path, kind: str, *options: str, link: bool = True) -> AsyncIterator[Running]:
    where = (*(("--link", str(folder / "port")) if link else ()), "--control", str(folder / "control.sock"))
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "yichuang", "simulate", kind, *where, *options)
    it = Running(folder, process)
    try:
        async with asyncio.timeout(LIMIT):
            while not await _answers(it.control):
                assert process.returncode is None
        yield it
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(LIMIT):
            await process.wait()


async def _answers(control: Path) -> bool:
    try:
        _, writer = await asyncio.open_unix_connection(str(control))
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    writer.close()
    await writer.wait_closed()
    return True


@pytest.mark.parametrize("kind", ["printer", "displays", "keypads", "id-card-reader"])
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_it_stops_within_two_seconds_and_leaves_nothing(tmp_path: Path, kind: str, how: signal.Signals) -> None:
    async with running(tmp_path, kind) as simulator, simulator.client() as client:
        assert simulator.link.readlink().parent == Path("/dev/pts")
        assert (await client.line())["event"] == "state"
        simulator.process.send_signal(how)
        async with asyncio.timeout(2):
            assert await simulator.process.wait() == 0
        assert await client.ended()
        assert not simulator.link.is_symlink()
        assert not simulator.control.exists()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_several_in_one_process_are_each_where_they_were_wanted_and_stop_together(
    tmp_path: Path, how: signal.Signals
) -> None:
    each = [
        ("displays", "--kind", "strip-a090", "--addresses", "5"),
        ("ascii-pad",),
        ("scanner", "--http", "127.0.0.1:0"),
    ]
    sockets = [tmp_path / f"{number}.sock" for number, _ in enumerate(each)]
    links = [("--link", str(tmp_path / "strip")), ("--link", str(tmp_path / "pad")), ()]
    lines = [
        shlex.join([*kind, *link, "--control", str(control)])
        for kind, link, control in zip(each, links, sockets, strict=True)
    ]
    command = (sys.executable, "-m", "yichuang", "simulate", "together", *lines)
    process = await asyncio.create_subprocess_exec(*command)
    try:
        async with asyncio.timeout(LIMIT):
            while not all([await _answers(control) for control in sockets]):
                assert process.returncode is None
        process.send_signal(how)
        async with asyncio.timeout(2):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert _left(tmp_path) == {"0-pictures"}


def _left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_of_several_in_one_process_one_that_cannot_begin_ends_all(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("no link")
    lines = [
        shlex.join(["ascii-pad", "--link", str(tmp_path / name), "--control", str(tmp_path / f"{name}.sock")])
        for name in ("free", "taken")
    ]
    command = (sys.executable, "-m", "yichuang", "simulate", "together", *lines)
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    assert process.returncode == 1
    assert b"taken is no link" in said
    assert not (tmp_path / "free").is_symlink()


async def test_everybody_who_listens_hears_everything(tmp_path: Path) -> None:
    async with running(tmp_path, "printer", "--paper", str(tmp_path / "paper")) as simulator:
        async with simulator.client() as one, simulator.client() as two:
            for client in (one, two):
                assert (await client.event("state"))["paper"] == "ok"
            one.send(b'{"do": "fault", "name": "paper-low", "on": true}')
            assert await one.answer() == {"ok": True}
            assert (await two.event("state"))["paper"] == "low"
            two.send(b'{"do": "refill"}')
            assert await two.answer() == {"ok": True}
        assert (tmp_path / "paper" / "paper.png").exists()


NONSENSE = [
    b"no json",
    b'{"do": "dance"}',
    b'{"do": "press", "address": 1}',
    b'{"do": "fault", "name": "no-such", "on": true}',
]


@pytest.mark.parametrize("line", NONSENSE)
async def test_what_makes_no_sense_is_refused_with_a_reason(tmp_path: Path, line: bytes) -> None:
    async with running(tmp_path, "keypads") as simulator, simulator.client() as client:
        client.send(line)
        answer = await client.answer()
        assert answer["ok"] is False
        assert answer["error"]
        client.send(b'{"do": "fault", "name": "slow", "on": true}')
        assert await client.answer() == {"ok": True}


async def test_a_simulator_takes_the_place_of_a_dead_one(tmp_path: Path) -> None:
    async with running(tmp_path, "keypads") as simulator:
        simulator.process.kill()
        await simulator.process.wait()
        assert simulator.link.is_symlink()
    async with running(tmp_path, "keypads", "--callers", "7") as simulator, simulator.client() as client:
        assert (await client.event("state"))["callers"][0]["address"] == 7
        client.send(b'{"do": "press", "address": 7, "keys": "call"}')
        with closing(Host(simulator.link, 9600)) as host:
            assert (await host.read(10))[5] == 7


async def test_a_card_is_laid_down_by_its_name(tmp_path: Path) -> None:
    async with running(tmp_path, "id-card-reader", "--read-seconds", "0.1") as simulator, simulator.client() as client:
        client.send(b'{"do": "lay-card", "card": "resident", "newest_address": "\xe4\xb8\x8a\xe6\xb5\xb7"}')
        assert await client.answer() == {"ok": True}
        with closing(Host(simulator.link, 115_200)) as host:
            host.write(bytes.fromhex("AA AA AA 96 69 00 03 20 01 22"))
            assert (await host.read(15))[9] == 0x9F
        client.send(b'{"do": "lift-card"}')
        assert await client.answer() == {"ok": True}


async def test_an_unplugged_port_comes_back_at_its_link(tmp_path: Path) -> None:
    async with running(tmp_path, "displays", "--addresses", "1") as simulator, simulator.client() as client:
        client.send(b'{"do": "fault", "name": "unplug", "on": true}')
        assert await client.answer() == {"ok": True}
        assert not simulator.link.is_symlink()
        client.send(b'{"do": "fault", "name": "unplug", "on": false}')
        assert await client.answer() == {"ok": True}
        with closing(Host(simulator.link, 9600)) as host:
            ping = "A5 01 00 00 80 00 00 00 00 00 00 FE 02 05 00 A2 00 01 00 00 68 F8 5A"
            host.write(bytes.fromhex(ping))
            assert (await host.read(30))[:8] == b"\xa5" * 8


async def test_a_place_that_is_taken_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("precious")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "yichuang", "simulate", "printer"),
        *("--link", str(tmp_path / "port"), "--control", str(tmp_path / "c.sock")),
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    assert b"port is no link" in said
    assert (tmp_path / "port").read_text() == "precious"


def test_a_control_socket_with_too_long_a_path_is_refused_with_its_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    control = tmp_path / ("x" * 108)
    assert simulate(["printer", "--link", str(tmp_path / "port"), "--control", str(control)]) == 1
    assert f"{control}: too long for a socket → give --control, or TMPDIR, a shorter path" in capsys.readouterr().err
