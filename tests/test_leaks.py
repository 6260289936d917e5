"""The checks that every test leaves nothing behind do notice what is left."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.conftest import leaving_no_task, listening_ports


async def test_a_left_over_task_fails_a_test() -> None:
    left: list[asyncio.Task[bool]] = []

    async def leaves_a_task() -> None:
        left.append(asyncio.get_running_loop().create_task(asyncio.Event().wait()))

    with pytest.raises(AssertionError, match="left-over tasks"):
        await leaving_no_task(leaves_a_task)()
    left[0].cancel()


async def test_a_left_over_timer_fails_a_test() -> None:
    left: list[asyncio.TimerHandle] = []

    async def leaves_a_timer() -> None:
        left.append(asyncio.get_running_loop().call_later(60, print))

    with pytest.raises(AssertionError, match="left-over timers"):
        await leaving_no_task(leaves_a_timer)()
    left[0].cancel()


def test_a_port_of_this_process_is_seen_while_it_listens() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        assert listener.getsockname()[1] in listening_ports()
        port = listener.getsockname()[1]
    assert port not in listening_ports()
