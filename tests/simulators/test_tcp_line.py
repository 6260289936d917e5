"""The network form of a simulated device: one host at a time, the same faults as on a serial line."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

import pytest

from simulators.cli import _parser
from simulators.control import Fault
from simulators.printer.printer import Printer
from simulators.printer.tray import Tray
from simulators.process import simulate_on_network
from simulators.tcp_line import TcpLine
from tests.simulators.host import LIMIT, Heard

pytestmark = pytest.mark.wire

STATUS = b"\x10\x04\x01"
SLIP = b"\x1b@\x1d!\x11A1001\n\x1dVB\x00\x1d(H\x06\x0000AB12"

Host = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def printing() -> AsyncIterator[tuple[TcpLine, Printer, Heard]]:
    line, heard = TcpLine("127.0.0.1", 0), Heard()
    line.open()
    with closing(line), closing(Printer(line, Tray(None, heard.emit), heard.emit)) as printer:
        yield line, printer, heard


@asynccontextmanager
async def connected(line: TcpLine) -> AsyncIterator[Host]:
    reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):  # cut off by the device
            await writer.wait_closed()


async def said(host: Host, asked: bytes, count: int) -> bytes:
    reader, writer = host
    writer.write(asked)
    async with asyncio.timeout(LIMIT):
        return await reader.readexactly(count)


async def test_a_printer_on_the_network_prints_and_says_so() -> None:
    async with printing() as (line, _, heard), connected(line) as host:
        assert await said(host, STATUS, 1) == b"\x12"
        assert await said(host, SLIP, 7) == b"\x37\x22AB12\x00"
        assert (await heard.next("slip"))["numbers"] == ["A1001"]


async def test_whoever_comes_second_is_heard_once_the_first_has_left() -> None:
    async with printing() as (line, _, _heard):
        async with connected(line) as first:
            assert await said(first, STATUS, 1) == b"\x12"
            second = await asyncio.open_connection("127.0.0.1", line.port)
            second[1].write(STATUS)
            assert await said(first, STATUS, 1) == b"\x12"
        assert await said(second, b"", 1) == b"\x12"
        second[1].close()
        await second[1].wait_closed()


async def test_without_power_nobody_listens_and_the_host_is_cut_off() -> None:
    async with printing() as (line, printer, _):
        async with connected(line) as host:
            assert await said(host, STATUS, 1) == b"\x12"
            printer.do(Fault(name="unplug", on=True))
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await said(host, b"", 1)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", line.port)
        printer.do(Fault(name="unplug", on=False))
        async with connected(line) as host:
            assert await said(host, STATUS, 1) == b"\x12"


async def test_garbled_bytes_have_no_fixed_bits_left() -> None:
    async with printing() as (line, printer, _), connected(line) as host:
        printer.do(Fault(name="garble", on=True))
        assert await said(host, STATUS, 1) == b"\x93"


async def test_slow_and_byte_by_byte_it_says_the_same_later() -> None:
    async with printing() as (line, printer, _), connected(line) as host:
        printer.do(Fault(name="slow", on=True))
        printer.do(Fault(name="byte-by-byte", on=True))
        begun = asyncio.get_running_loop().time()
        assert await said(host, SLIP, 7) == b"\x37\x22AB12\x00"
        assert asyncio.get_running_loop().time() - begun >= 0.15 + 7 * 0.003


async def test_with_its_cable_cut_nothing_is_heard() -> None:
    async with printing() as (line, printer, heard), connected(line) as host:
        assert await said(host, STATUS, 1) == b"\x12"
        printer.do(Fault(name="cut-line", on=True))
        host[1].write(SLIP)
        await host[1].drain()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await host[0].read(1)
        assert heard.all("slip") == []


async def test_the_command_line_puts_a_printer_at_an_address_until_it_is_told_to_stop(tmp_path: Path) -> None:
    with socket.socket() as any_socket:
        any_socket.bind(("127.0.0.1", 0))
        address = any_socket.getsockname()
    control = tmp_path / "printer.sock"
    words = ["printer", "--tcp", f"127.0.0.1:{address[1]}", "--control", str(control), "--roll", "58", "--no-pictures"]
    options = _parser().parse_args(words)
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
        running = group.create_task(simulate_on_network(options.tcp, control, options.build(options)))
        await asyncio.sleep(0)  # its first step: it listens
        reader, writer = await asyncio.open_connection(*options.tcp)
        assert await said((reader, writer), STATUS, 1) == b"\x12"
        writer.close()
        await writer.wait_closed()
        os.kill(os.getpid(), signal.SIGTERM)
        await running
    assert not control.exists()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(*address)


def test_a_printer_is_on_a_line_or_on_the_network_and_not_on_both(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        _parser().parse_args(["printer", "--link", "p", "--tcp", "127.0.0.1:9100", "--control", "c"])
    assert "not allowed with" in capsys.readouterr().err
