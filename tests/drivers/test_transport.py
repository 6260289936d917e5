"""The serial transport on real ptys: bytes both ways, deadlines, and every way a port can be lost."""

from __future__ import annotations

import asyncio
import os
import termios
import time
import tty
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.contract import Gone, Silent
from drivers.deadline import Deadline
from drivers.transport import UNREAD_CAP, SerialTransport, Settings

pytestmark = pytest.mark.wire
LIMIT = 5.0


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@dataclass
class Pty:
    """A port whose other end is ``device``, a descriptor."""

    device: int
    port: str
    _slave: int

    def unplug(self) -> None:
        for fd in (self.device, self._slave):
            if fd >= 0:
                os.close(fd)
        self.device = self._slave = -1

    async def hear(self, count: int) -> bytes:
        """Exactly ``count`` bytes from the transport, within the limit."""
        data = b""
        async with asyncio.timeout(LIMIT):
            while len(data) < count:
                data += await asyncio.to_thread(os.read, self.device, count - len(data))
        return data


@pytest.fixture
def pty() -> Iterator[Pty]:
    device, slave = os.openpty()
    tty.setraw(slave)
    port = Pty(device, os.ttyname(slave), slave)
    yield port
    port.unplug()


async def opened(pty: Pty, baud: int = 9600) -> SerialTransport:
    transport = SerialTransport(Settings(pty.port, baud))
    await transport.open(Deadline.after(LIMIT))
    return transport


async def test_bytes_go_both_ways_unchanged(pty: Pty) -> None:
    transport = await opened(pty)
    every_byte = bytes(range(256))
    await transport.write(every_byte, Deadline.after(LIMIT))
    assert await pty.hear(256) == every_byte
    os.write(pty.device, every_byte)
    heard = b""
    while len(heard) < 256:
        heard += await transport.read(Deadline.after(LIMIT))
    assert heard == every_byte
    await transport.close()


async def test_the_port_is_set_to_its_speed(pty: Pty) -> None:
    transport = await opened(pty, 115_200)
    assert termios.tcgetattr(pty.device)[4:6] == [termios.B115200, termios.B115200]
    assert transport.wire_time(1152) == pytest.approx(0.1)
    await transport.close()


async def test_a_port_open_here_cannot_be_opened_by_another(pty: Pty) -> None:
    first, second = await opened(pty), SerialTransport(Settings(pty.port))
    with pytest.raises(Gone):
        await second.open(Deadline.after(LIMIT))
    await first.close()
    await second.open(Deadline.after(LIMIT))
    await second.close()


async def test_a_missing_port_is_gone(tmp_path: Path) -> None:
    with pytest.raises(Gone):
        await SerialTransport(Settings(str(tmp_path / "ttyUSB9"))).open(Deadline.after(LIMIT))


async def test_what_is_no_serial_port_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"")
    with pytest.raises(Gone):
        await SerialTransport(Settings(str(file))).open(Deadline.after(LIMIT))


async def test_a_failed_opening_leaves_no_descriptor_behind(tmp_path: Path) -> None:
    before = descriptors()
    await test_what_is_no_serial_port_is_gone(tmp_path)
    assert descriptors() == before


async def test_a_closed_transport_leaves_no_descriptor_behind(pty: Pty) -> None:
    before = descriptors()
    await (await opened(pty)).close()
    assert descriptors() == before


async def test_no_byte_by_the_deadline_is_silent(pty: Pty) -> None:
    transport = await opened(pty)
    with pytest.raises(Silent):
        await transport.read(Deadline.after(0.02))
    await transport.close()


async def test_a_read_that_waits_for_ever_is_woken_by_the_byte(pty: Pty) -> None:
    transport = await opened(pty)
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
        reading = group.create_task(transport.read(None))
        asyncio.get_running_loop().call_later(0.02, os.write, pty.device, b"\x0c")
    assert reading.result() == b"\x0c"
    await transport.close()


async def test_a_read_that_waits_for_ever_is_woken_by_close(pty: Pty) -> None:
    transport = await opened(pty)
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
        reading = group.create_task(_gone(transport))
        await asyncio.sleep(0)
        await transport.close()
    assert reading.result()


async def test_a_read_that_waits_for_ever_is_woken_when_the_port_is_unplugged(pty: Pty) -> None:
    transport = await opened(pty)
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
        reading = group.create_task(_gone(transport))
        asyncio.get_running_loop().call_later(0.02, pty.unplug)
    assert reading.result()


async def _gone(transport: SerialTransport) -> bool:
    try:
        await transport.read(None)
    except Gone:
        return True
    return False


async def test_what_came_before_the_unplugging_is_still_read(pty: Pty) -> None:
    transport = await opened(pty)
    os.write(pty.device, b"\x12")
    assert await transport.read(Deadline.after(LIMIT)) == b"\x12"
    pty.unplug()
    with pytest.raises(Gone):
        await transport.read(Deadline.after(LIMIT))


async def test_writing_to_an_unplugged_port_is_gone_and_nothing_left(pty: Pty) -> None:
    transport = await opened(pty)
    pty.unplug()
    with pytest.raises(Gone) as gone:
        await transport.write(b"x", Deadline.after(LIMIT))
    assert gone.value.sent is False


async def test_writing_to_a_transport_never_opened_is_gone_and_nothing_left(pty: Pty) -> None:
    with pytest.raises(Gone) as gone:
        await SerialTransport(Settings(pty.port)).write(b"x", Deadline.after(LIMIT))
    assert gone.value.sent is False


async def test_a_line_that_takes_no_more_is_silent_by_the_deadline_and_some_has_left(pty: Pty) -> None:
    transport = await opened(pty)
    with pytest.raises(Silent) as silent:
        await transport.write(bytes(1_000_000), Deadline.after(0.1))
    assert silent.value.sent is True
    await transport.close()


async def test_a_line_that_drains_slowly_gets_everything(pty: Pty) -> None:
    transport = await opened(pty)
    data = bytes(range(256)) * 400
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
        group.create_task(transport.write(data, Deadline.after(LIMIT)))
        hearing = group.create_task(pty.hear(len(data)))
    assert hearing.result() == data
    await transport.close()


async def test_discard_takes_what_has_arrived_and_never_waits(pty: Pty) -> None:
    transport = await opened(pty)
    os.write(pty.device, b"late")
    assert transport.discard() == b"late"
    assert transport.discard() == b""
    await transport.close()


async def test_a_driver_that_does_not_read_costs_no_more_than_the_cap(pty: Pty) -> None:
    transport = await opened(pty)
    sent = 0
    async with asyncio.timeout(LIMIT):
        while sent < 2 * UNREAD_CAP:
            sent += await asyncio.to_thread(os.write, pty.device, bytes(2048))
    await asyncio.sleep(0)
    assert len(transport.discard()) <= UNREAD_CAP
    await transport.close()


async def test_only_one_at_a_time_has_the_turn(pty: Pty) -> None:
    transport = await opened(pty)
    order: list[str] = []

    async def talk(name: str) -> None:
        async with transport.turn():
            order.append(f"{name} begins")
            await asyncio.sleep(0)
            order.append(f"{name} ends")

    async with asyncio.TaskGroup() as group:
        group.create_task(talk("a"))
        group.create_task(talk("b"))
    assert order == ["a begins", "a ends", "b begins", "b ends"]
    await transport.close()


async def test_closing_twice_and_opening_again_works(pty: Pty) -> None:
    transport = await opened(pty)
    await transport.close()
    await transport.close()
    await transport.open(Deadline.after(LIMIT))
    os.write(pty.device, b"\x12")
    assert await transport.read(Deadline.after(LIMIT)) == b"\x12"
    await transport.close()


async def test_an_idle_port_costs_no_processor_time(pty: Pty) -> None:
    transport = await opened(pty)
    before = time.process_time()
    with pytest.raises(Silent):
        await transport.read(Deadline.after(0.3))
    assert time.process_time() - before < 0.02
    await transport.close()
