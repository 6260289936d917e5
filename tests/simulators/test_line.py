"""The line: every byte takes its time, and every way to spoil it can be switched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from simulators.line import Line
from tests.simulators.host import LIMIT, Host, quiet

pytestmark = pytest.mark.wire

FRAME = bytes(range(78))


class Far:
    """A device that keeps what it gets, with its times."""

    def __init__(self, line: Line) -> None:
        self.got: list[tuple[int, float]] = []
        self._more = asyncio.Event()
        line.receive = self._take

    def _take(self, byte: int, at: float) -> None:
        self.got.append((byte, at))
        self._more.set()

    async def bytes(self, count: int) -> bytes:
        async with asyncio.timeout(LIMIT):
            while len(self.got) < count:
                self._more.clear()
                await self._more.wait()
        return bytes(byte for byte, _ in self.got[:count])


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    line = Line(tmp_path / "port", 9600, half_duplex=True)
    line.open()
    with closing(line):
        yield line


@pytest.fixture
async def host(line: Line) -> AsyncIterator[Host]:
    with closing(Host(line.link, 9600)) as host:
        yield host


async def test_a_frame_of_78_bytes_takes_81_ms_at_9600(line: Line, host: Host) -> None:
    far, loop = Far(line), asyncio.get_running_loop()
    begun = host.write(FRAME)
    assert await far.bytes(78) == FRAME
    assert loop.time() - begun >= 0.08125
    last = far.got[-1][1] - begun
    assert 0.08125 <= last < 0.5
    assert far.got[-1][1] - far.got[0][1] == pytest.approx(77 / 960, abs=1e-9)


async def test_bytes_that_come_while_the_line_is_busy_queue_behind(line: Line, host: Host) -> None:
    far = Far(line)
    begun = host.write(FRAME * 4)
    await far.bytes(1)
    host.write(FRAME)
    assert await far.bytes(5 * 78) == FRAME * 5
    assert far.got[-1][1] - far.got[0][1] == pytest.approx((5 * 78 - 1) / 960, abs=1e-9)
    assert far.got[-1][1] - begun >= 5 * 0.08125


async def test_answers_take_their_time_too(line: Line, host: Host) -> None:
    at = asyncio.get_running_loop().time()
    passed = line.send(FRAME, at)
    assert passed == pytest.approx(at + 0.08125)
    assert await host.read(78) == FRAME
    assert host.reads[-1][0] >= passed


async def test_the_speed_is_the_one_the_host_sets(line: Line, host: Host) -> None:
    with closing(Host(line.link, 115200)) as faster:
        far = Far(line)
        faster.write(FRAME)
        await far.bytes(78)
        assert line.baud == 115200
        assert far.got[-1][1] - far.got[0][1] == pytest.approx(77 / 11520, abs=1e-9)


async def test_the_host_may_close_the_port_and_open_it_again(line: Line) -> None:
    far = Far(line)
    for round_ in (1, 2, 3):
        with closing(Host(line.link, 9600)) as host:
            host.write(b"A")
            await far.bytes(round_)
            line.send(b"B", far.got[-1][1])
            assert await host.read(1) == b"B"


async def test_a_cut_line_loses_both_ways_until_it_is_mended(line: Line, host: Host) -> None:
    far = Far(line)
    line.switch("cut-line", True)
    begun = host.write(b"lost")
    line.send(b"lost", begun)
    await quiet(line, begun)
    line.switch("cut-line", False)
    host.write(b"x")
    assert await far.bytes(1) == b"x"
    line.send(b"y", far.got[-1][1])
    assert await host.read(1) == b"y"


async def test_an_unplugged_line_is_gone_and_comes_back_under_the_same_link(line: Line) -> None:
    line.switch("unplug", True)
    assert not line.link.is_symlink()
    line.send(b"into the air", 0.0)
    line.switch("unplug", False)
    far = Far(line)
    with closing(Host(line.link, 9600)) as host:
        host.write(b"A")
        assert await far.bytes(1) == b"A"


async def test_bytes_may_come_one_by_one(line: Line, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[bytes] = []  # how many a busy host finds together when it comes to read is no doing of the line
    go = line._go

    def seen(data: bytes) -> None:
        handed.append(data)
        go(data)

    monkeypatch.setattr(line, "_go", seen)
    line.switch("byte-by-byte", True)
    line.send(b"one by one", 0.0)
    assert await host.read(10) == b"one by one"
    assert handed == [bytes([byte]) for byte in b"one by one"]


async def test_answers_may_come_late(line: Line, host: Host) -> None:
    line.switch("slow", True)
    at = asyncio.get_running_loop().time()
    line.send(b"late", at)
    await host.read(4)
    assert host.reads[0][0] - at >= 0.15


async def test_answers_may_be_garbled(line: Line, host: Host) -> None:
    line.switch("garble", True)
    line.send(b"\x12", 0.0)
    (byte,) = await host.read(1)
    assert byte & 0x93 != 0x12


async def test_who_talks_into_a_talking_line_destroys_both(line: Line, host: Host) -> None:
    far, collisions = Far(line), list[float]()
    line.on_collision = collisions.append
    line.send(FRAME, asyncio.get_running_loop().time())
    await host.read(20)
    host.write(b"interrupting")
    assert await far.bytes(12) != b"interrupting"
    assert await host.read(58) != FRAME[20:]
    assert len(collisions) == 1


async def test_whoever_waits_for_the_end_of_a_frame_hits_nobody(line: Line, host: Host) -> None:
    far, collisions = Far(line), list[float]()
    line.on_collision = collisions.append
    for count in range(1, 6):
        host.write(FRAME)
        await far.bytes(78 * count)
        line.send(FRAME, far.got[-1][1])
        assert await host.read(78) == FRAME
    assert collisions == []


async def test_something_else_in_the_links_place_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("precious")
    with pytest.raises(FileExistsError):
        Line(tmp_path / "port", 9600).open()
    assert (tmp_path / "port").read_text() == "precious"
