"""A technician reads along on a running line: masked, by his own user alone, and the line never waits for him."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from config.box import load_box
from device.bus import Bus, Onlooker
from device.hardware import build_hardware
from device.line_monitor import Interpreter as Reading
from device.line_monitor import LineMonitor
from drivers.deadline import Deadline
from drivers.dialect.follow import Interpreter
from drivers.dialect.table import dialect_of
from drivers.id_card import sdt_codec as sdt
from tests.device.test_bus import Port, running

pytestmark = pytest.mark.wire

LIMIT = 5.0
STATUS = sdt.request(sdt.SAM_STATUS)
WELL = sdt.encode(b"\x00\x00\x90")
CARD = sdt.encode(b"\x00\x00\x90" + bytes(range(1, 29)))
HEADER: dict[str, Any] = {"line": "cards", "port": "/dev/x", "baud": 115200, "devices": []}


def of_reader() -> Interpreter:
    return Interpreter([dialect_of("sdt-reader")])


class WatchedBus(Bus):
    """Tells when somebody begins or ends listening."""

    def __init__(self, port: Port) -> None:
        super().__init__("cards", lambda: port, 0.0)
        self._changed = asyncio.Event()

    @contextmanager
    def overheard(self, onlooker: Onlooker) -> Iterator[None]:
        try:
            with super().overheard(onlooker):
                self._changed.set()
                yield
        finally:
            self._changed.set()

    async def until_listeners(self, count: int) -> None:
        async with asyncio.timeout(LIMIT):
            while len(self._onlookers) != count:
                self._changed.clear()
                await self._changed.wait()


class Scene:
    """A line at work, somebody's socket to it."""

    def __init__(self, folder: Path, interpret: Callable[[], Reading] = of_reader) -> None:
        self.port = Port()
        self.bus = WatchedBus(self.port)
        self.tap = self.bus.tap()
        self.path = folder / "run" / "cards.monitor"
        self.monitor = LineMonitor(self.bus, folder / "run", HEADER, interpret)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        async with running(self.bus), asyncio.TaskGroup() as group:
            task = group.create_task(self.monitor.run())
            await self.tap.open(Deadline.after(LIMIT))
            async with asyncio.timeout(LIMIT):
                await self.monitor.offered.wait()
            try:
                yield
            finally:
                task.cancel()
                await self.tap.close()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[asyncio.StreamReader]:
        reader, writer = await asyncio.open_unix_connection(self.path)
        assert await told(reader) == HEADER
        try:
            yield reader
        finally:
            writer.close()
            await writer.wait_closed()


async def told(reader: asyncio.StreamReader) -> Any:
    async with asyncio.timeout(LIMIT):
        return json.loads(await reader.readline())


async def test_both_ways_are_told_with_their_order_and_time(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.at_work(), scene.reading() as reader:
        await scene.tap.write(STATUS, Deadline.after(LIMIT))
        scene.port.arrive(WELL)
        asked, answered = await told(reader), await told(reader)
    assert (asked["way"], asked["bytes"], asked["word"]) == ("to-device", STATUS.hex(" "), "sdt-status")
    assert (answered["way"], answered["bytes"], answered["word"]) == ("from-device", WELL.hex(" "), "sdt-answer")
    assert 0 <= asked["t"] <= answered["t"] < LIMIT * 1000


async def test_what_a_card_says_leaves_the_process_masked_alone(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.at_work(), scene.reading() as reader:
        scene.port.arrive(CARD[:20])
        scene.port.arrive(CARD[20:])
        answer = await told(reader)
        scene.port.arrive(CARD[:25])  # torn away
        torn = await told(reader)
    assert answer["bytes"].split()[10:] == ["··"] * 29
    assert (torn["verdict"], set(torn["bytes"].split())) == ("bad", {"··"})


async def test_only_its_own_user_and_root_may_read_along(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    (tmp_path / "run").mkdir(mode=0o755)
    async with scene.at_work(), scene.reading():
        assert scene.path.stat().st_mode & 0o777 == 0o600
        assert scene.path.parent.stat().st_mode & 0o777 == 0o700
    assert not scene.path.exists()


@pytest.mark.parametrize("name", ["x" * 120, "file"], ids=["too long for a socket", "a file in its place"])
async def test_a_line_that_cannot_be_read_along_works_all_the_same(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with capture_logs() as logs:
        await Scene(tmp_path / name).monitor.run()
    assert [entry["event"] for entry in logs] == ["line is not monitored"]


async def test_nothing_is_looked_at_while_nobody_listens(tmp_path: Path) -> None:
    made: list[Interpreter] = []

    def counted() -> Interpreter:
        made.append(of_reader())
        return made[-1]

    scene = Scene(tmp_path, counted)
    async with scene.at_work():
        scene.port.arrive(WELL)
        assert await scene.tap.read(Deadline.after(LIMIT)) == WELL
        assert (made, scene.bus._onlookers) == ([], set())
        async with scene.reading():
            assert len(scene.bus._onlookers) == 1
        await scene.bus.until_listeners(0)
    assert len(made) == 1


async def test_a_reader_that_takes_nothing_is_let_go_and_the_line_goes_on(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.at_work():
        with socket.socket(socket.AF_UNIX) as lazy:
            lazy.connect(str(scene.path))
            await scene.bus.until_listeners(1)
            async with asyncio.timeout(LIMIT):
                while scene.bus._onlookers:
                    scene.port.arrive(CARD * 100)
                    assert await scene.tap.read(Deadline.after(LIMIT))


async def test_a_mistake_in_reading_along_ends_that_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Wrong:
        def hear(self, way: str, data: bytes, at: float) -> Sequence[Any]:
            raise ZeroDivisionError(data.hex())

        def rest(self) -> Sequence[Any]:
            return ()

        def told(self, piece: Any, since: float) -> dict[str, Any]:
            return {}

    scene = Scene(tmp_path, Wrong)
    async with scene.at_work():
        async with scene.reading() as reader:
            scene.port.arrive(WELL)
            assert await scene.tap.read(Deadline.after(LIMIT)) == WELL
            async with asyncio.timeout(LIMIT):
                with suppress(ConnectionError):
                    assert await reader.read() == b""
        await scene.bus.until_listeners(0)
        scene.port.arrive(STATUS)
        assert await scene.tap.read(Deadline.after(LIMIT)) == STATUS
    logged = capsys.readouterr().out
    assert "ZeroDivisionError at test_line_monitor.py:" in logged
    assert WELL.hex() not in logged


async def test_a_socket_that_cannot_be_made_stops_no_line(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("no folder")
    scene = Scene(tmp_path)
    await asyncio.wait_for(scene.monitor.run(), LIMIT)


BOX = """
[box]
name = "counter-1"
mode = "demo"
port = 8630
data = "data"
[hall]
url = "https://hall.test:8610"
ca = "ca.pem"
certificate = "c.pem"
key = "c.key"
[[window]]
number = 1
[[line]]
name = "strips"
port = "strips"
[[device]]
name = "strip"
model = "strip-a090"
line = "strips"
address = 4
options = { form = "single-colour" }
"""


def test_every_line_of_a_box_can_be_read_along_as_its_devices_speak(tmp_path: Path) -> None:
    file = tmp_path / "box.toml"
    file.write_text(BOX, encoding="utf-8")
    (monitor,) = build_hardware(load_box(file)).monitors
    assert monitor._path == tmp_path / "data" / "run" / "strips.monitor"
    assert monitor._header["port"] == str(tmp_path / "strips")
    single = bytes.fromhex("84 C0 44 41 31 1A")
    (piece,) = monitor.interpret().hear("to-device", single, 0.0)
    assert monitor.interpret().told(piece, 0.0)["fields"]["text"] == "A1"
