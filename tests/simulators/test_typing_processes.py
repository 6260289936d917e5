"""Simulated keypads that type, and serial pads, as processes of their own."""

from __future__ import annotations

import asyncio
import signal
import socket
from contextlib import closing
from pathlib import Path

import pytest

from tests.simulators.host import LIMIT, Host
from tests.simulators.test_control import running

pytestmark = pytest.mark.system

SIX_BYTE = ("--keys", "call=01 03 00 73 73 FF", "--number", "03 01 01 nn nn FF")


async def test_each_keypad_has_a_socket_of_its_own_and_nothing_is_left(tmp_path: Path) -> None:
    async with running(tmp_path, "usb-keypads", "--ports", "1,4") as simulator, simulator.client() as client:
        state = await client.event("state")
        assert [keypad["address"] for keypad in state["keypads"]] == [1, 4]
        with closing(socket.socket(socket.AF_UNIX)) as reader:
            reader.setblocking(False)
            reader.connect(str(tmp_path / "port-4"))
            assert (await client.event("state"))["keypads"][1]["taken"] is True
            client.send(b'{"do": "grade", "address": 4, "grade": 0}')
            async with asyncio.timeout(LIMIT):
                said = await asyncio.get_running_loop().sock_recv(reader, 72)
            assert said[24 + 16 : 24 + 20] == bytes.fromhex("01 00 4F 00")
            assert (await client.event("pressed"))["address"] == 4
        simulator.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(2):
            assert await simulator.process.wait() == 0
        assert await client.ended()
        assert {*simulator.folder.iterdir()} == set()


async def test_a_serial_caller_speaks_by_the_table_it_was_given(tmp_path: Path) -> None:
    async with running(tmp_path, "ascii-pad", "--address", "3", *SIX_BYTE) as simulator, simulator.client() as client:
        with closing(Host(simulator.link, 9600)) as host:
            client.send(b'{"do": "press", "address": 3, "keys": "call"}')
            assert await host.read(6) == bytes.fromhex("01 03 00 73 73 FF")
            host.write(bytes.fromhex("03 01 01 10 12 FF"))
            assert (await client.event("display"))["digits"] == "1012"
