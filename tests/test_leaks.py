"""The checks that every test leaves nothing behind do notice what is left."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.conftest import leaving_nothing_in_the_loop, listening_ports


async def test_a_left_over_task_fails_a_test() -> None:
    with pytest.raises(AssertionError, match="left-over tasks"):
        async with leaving_nothing_in_the_loop():
            left = asyncio.get_running_loop().create_task(asyncio.Event().wait())
    left.cancel()


async def test_a_left_over_timer_fails_a_test() -> None:
    with pytest.raises(AssertionError, match="left-over timers"):
        async with leaving_nothing_in_the_loop():
            left = asyncio.get_running_loop().call_later(60, print)
    left.cancel()


def test_a_port_of_this_process_is_seen_while_it_listens() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        assert listener.getsockname()[1] in listening_ports()
        port = listener.getsockname()[1]
    assert port not in listening_ports()
