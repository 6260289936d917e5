"""The transport over TCP, on real sockets: bytes both ways, deadlines, and every way a connection can be lost."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.contract import Gone, Silent
from drivers.deadline import Deadline
from drivers.descriptor import UNREAD_CAP
from drivers.tcp_transport import TcpSettings, TcpTransport
from drivers.transport import SerialTransport, transport_for
from tests.drivers.devices import nowhere
from tests.drivers.tcp_device import TcpDevice, listening

pytestmark = pytest.mark.wire
LIMIT = 5.0


class Echo:
    """Says what it hears, and keeps it."""

    def __init__(self) -> None:
        self.say: Callable[[bytes], None] = nowhere
        self.heard = bytearray()
        self.more = asyncio.Event()
        self.answers = True

    def hear(self, data: bytes) -> None:
        self.heard += data
        self.more.set()
        if self.answers:
            self.say(data)


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def opened(device: TcpDevice, lost_seconds: int = 8) -> TcpTransport:
    transport = TcpTransport(TcpSettings("127.0.0.1", device.port, lost_seconds))
    await transport.open(Deadline.after(LIMIT))
    return transport


async def heard(transport: TcpTransport, count: int) -> bytes:
    data = b""
    while len(data) < count:
        data += await transport.read(Deadline.after(LIMIT))
    return data


def take_all(host: socket.socket) -> None:
    while host.recv(1 << 20):
        pass


def unused_port() -> int:
    with socket.socket() as any_socket:
        any_socket.bind(("127.0.0.1", 0))
        port: int = any_socket.getsockname()[1]
        return port


async def test_bytes_go_both_ways_unchanged() -> None:
    async with listening(Echo()) as device:
        transport = await opened(device)
        every_byte = bytes(range(256))
        await transport.write(every_byte, Deadline.after(LIMIT))
        assert await heard(transport, 256) == every_byte
        assert transport.wire_time(1000) == 0.0
        await transport.close()


async def test_where_nobody_listens_it_is_gone_at_once_and_nothing_is_left() -> None:
    before = descriptors()
    with pytest.raises(Gone, match="Connect call failed"):
        await TcpTransport(TcpSettings("127.0.0.1", unused_port())).open(Deadline.after(LIMIT))
    assert descriptors() == before


async def test_a_device_that_takes_no_connection_is_silent_by_the_deadline_and_nothing_is_left() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        full = [socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) for _ in range(3)]
        for one in full:
            one.connect_ex(listener.getsockname())
        before = descriptors()
        with pytest.raises(Silent):
            await TcpTransport(TcpSettings("127.0.0.1", listener.getsockname()[1])).open(Deadline.after(0.1))
        assert descriptors() == before
        for one in full:
            one.close()


async def test_a_closed_transport_leaves_no_descriptor_behind() -> None:
    before = descriptors()
    async with listening(Echo()) as device:
        transport = await opened(device)
        await transport.close()
    assert descriptors() == before


async def test_no_byte_by_the_deadline_is_silent() -> None:
    async with listening(Echo()) as device:
        transport = await opened(device)
        with pytest.raises(Silent):
            await transport.read(Deadline.after(0.02))
        await transport.close()


async def test_a_connection_that_the_device_closes_is_gone_after_what_came_before() -> None:
    async with listening(Echo()) as device:
        transport = await opened(device)
        await transport.write(b"\x12", Deadline.after(LIMIT))
        assert await heard(transport, 1) == b"\x12"
        device.hang_up()
        with pytest.raises(Gone, match="closed by the device"):
            await transport.read(Deadline.after(LIMIT))
        await transport.open(Deadline.after(LIMIT))
        await transport.write(b"\x13", Deadline.after(LIMIT))
        assert await heard(transport, 1) == b"\x13"
        await transport.close()


async def test_a_read_that_waits_for_ever_is_woken_when_the_device_loses_its_power() -> None:
    async with listening(Echo()) as device:
        transport = await opened(device)
        await transport.write(b"x", Deadline.after(LIMIT))
        await heard(transport, 1)
        asyncio.get_running_loop().call_later(0.02, device.lose_power)
        async with asyncio.timeout(LIMIT):
            with pytest.raises(Gone):
                await transport.read(None)


async def test_writing_to_a_connection_known_to_be_lost_is_gone_and_nothing_left() -> None:
    async with listening(Echo()) as device:
        transport = await opened(device)
        await transport.write(b"x", Deadline.after(LIMIT))
        await heard(transport, 1)
        device.lose_power()
        with pytest.raises(Gone):
            await transport.read(Deadline.after(LIMIT))
        with pytest.raises(Gone) as gone:
            await transport.write(b"x", Deadline.after(LIMIT))
        assert gone.value.sent is False


async def test_writing_to_a_transport_never_opened_is_gone_and_nothing_left() -> None:
    with pytest.raises(Gone) as gone:
        await TcpTransport(TcpSettings("127.0.0.1", 9100)).write(b"x", Deadline.after(LIMIT))
    assert gone.value.sent is False


async def test_a_half_open_connection_is_found_while_nothing_is_sent() -> None:
    async with listening(Echo()) as device:
        transport = await opened(device, lost_seconds=4)
        await transport.write(b"x", Deadline.after(LIMIT))
        await heard(transport, 1)
        device.vanish()
        async with asyncio.timeout(3 * LIMIT):
            with pytest.raises(Gone):
                await transport.read(None)


async def test_a_half_open_connection_is_found_while_something_is_sent() -> None:
    async with listening(Echo()) as device:
        transport = await opened(device, lost_seconds=4)
        await transport.write(b"x", Deadline.after(LIMIT))
        await heard(transport, 1)
        device.vanish()
        await transport.write(b"a job", Deadline.after(LIMIT))  # the kernel took it: it may have left
        async with asyncio.timeout(3 * LIMIT):
            with pytest.raises(Gone):
                await transport.read(None)


async def test_a_device_that_takes_no_more_is_silent_by_the_deadline_and_some_has_left() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        transport = TcpTransport(TcpSettings("127.0.0.1", listener.getsockname()[1]))
        await transport.open(Deadline.after(LIMIT))
        with pytest.raises(Silent) as silent:
            await transport.write(bytes(20_000_000), Deadline.after(0.2))
        assert silent.value.sent is True
        await transport.close()


async def test_what_the_device_has_not_taken_is_thrown_away_with_the_connection() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        transport = TcpTransport(TcpSettings("127.0.0.1", listener.getsockname()[1]))
        await transport.open(Deadline.after(LIMIT))
        host, _ = listener.accept()
        with host:
            with pytest.raises(Silent):
                await transport.write(bytes(20_000_000), Deadline.after(0.2))
            await transport.close()
            host.settimeout(LIMIT)
            with pytest.raises(ConnectionResetError):
                take_all(host)


async def test_what_the_device_has_taken_is_its_own_when_the_connection_ends() -> None:
    echo = Echo()
    echo.answers = False
    async with listening(echo) as device:
        transport = await opened(device)
        await transport.write(b"a whole job", Deadline.after(LIMIT))
        async with asyncio.timeout(LIMIT):
            while len(echo.heard) < 11:
                echo.more.clear()
                await echo.more.wait()
        await transport.close()
        assert bytes(echo.heard) == b"a whole job"


async def test_a_second_host_is_served_once_the_first_has_left() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        first, second = (TcpTransport(TcpSettings("127.0.0.1", listener.getsockname()[1])) for _ in range(2))
        await first.open(Deadline.after(LIMIT))
        host, _ = listener.accept()
        await second.open(Deadline.after(LIMIT))  # the device's kernel takes it, the device does not
        with pytest.raises(Silent):
            await second.read(Deadline.after(0.05))
        host.close()
        await first.close()
        host, _ = listener.accept()
        host.send(b"\x12")
        assert await second.read(Deadline.after(LIMIT)) == b"\x12"
        host.close()
        await second.close()


async def test_a_driver_that_does_not_read_costs_no_more_than_the_cap() -> None:
    async with listening(Echo()) as device:
        transport = await opened(device)
        for _ in range(4):
            await transport.write(bytes(UNREAD_CAP // 2), Deadline.after(LIMIT))
        await heard(transport, 1)
        assert len(transport.discard()) <= UNREAD_CAP
        await transport.close()


@pytest.mark.parametrize(
    ("port", "settings"),
    [
        ("tcp:192.0.2.7:9100", TcpSettings("192.0.2.7", 9100)),
        ("tcp:[2001:db8::7]:9100", TcpSettings("2001:db8::7", 9100)),
    ],
)
def test_an_address_is_read_as_it_is_written(port: str, settings: TcpSettings) -> None:
    assert TcpSettings.of(port) == settings


@pytest.mark.parametrize(
    "port",
    [
        "tcp:",
        "tcp:192.0.2.7",
        "tcp:192.0.2.7:",
        "tcp:192.0.2.7:0",
        "tcp:192.0.2.7:65536",
        "tcp:192.0.2.7:９１００",
        "tcp:192.0.2.7:9100:1",
        "tcp:192.0.2:9100",
        "tcp://192.0.2.7:9100",
        "tcp:printer.local:9100",
        "tcp:2001:db8::7:9100",
        "tcp:[192.0.2.7]:9100",
        "tcp::9100",
    ],
)
def test_a_wrong_address_is_refused_with_the_form_of_a_right_one(port: str) -> None:
    with pytest.raises(ValueError, match=r"→ give tcp:ADDRESS:PORT"):
        transport_for(port, 9600)


def test_any_other_port_is_a_serial_one() -> None:
    assert isinstance(transport_for("/dev/ttyS0", 9600)(), SerialTransport)
    assert isinstance(transport_for("tcp:192.0.2.7:9100", 9600)(), TcpTransport)


def test_too_short_a_patience_is_refused_with_its_remedy() -> None:
    with pytest.raises(ValueError, match="→"):
        TcpSettings("192.0.2.7", 9100, lost_seconds=1)
