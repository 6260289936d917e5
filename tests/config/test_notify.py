"""What a daemon tells systemd, and what it hears from it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from config.notify import Notify
from tests.service_manager import manager


async def test_each_state_is_one_datagram_and_a_status_only_when_it_changes(tmp_path: Path) -> None:
    with manager(tmp_path) as told:
        notify = Notify(told.environment())
        notify.ready()
        notify.status("one\nline")
        notify.status("one\nline")
        notify.feed()
        notify.stopping()
        await told.until("STOPPING=1")
        assert told.told == ["READY=1", "STATUS=one line", "WATCHDOG=1", "STOPPING=1"]


def test_without_a_manager_nobody_is_told_and_nothing_fails() -> None:
    notify = Notify({"WATCHDOG_USEC": "1000000"})
    notify.ready()
    assert (notify.listened, notify.watchdog_s) == (False, 0.0)


def test_a_manager_that_is_gone_is_no_fault_of_the_daemon(tmp_path: Path) -> None:
    Notify({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).ready()


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "40000000"}, 40.0),
        ({"WATCHDOG_USEC": "40000000", "WATCHDOG_PID": str(os.getpid())}, 40.0),
        ({"WATCHDOG_USEC": "40000000", "WATCHDOG_PID": "1"}, 0.0),
        ({"WATCHDOG_USEC": "soon"}, 0.0),
        ({}, 0.0),
    ],
)
def test_the_watchdogs_limit_is_this_processs_own(environment: dict[str, str], seconds: float) -> None:
    assert Notify({"NOTIFY_SOCKET": "/run/notify", **environment}).watchdog_s == seconds


def test_an_abstract_socket_is_told_too() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + f"yichuang-test-{os.getpid()}")
        Notify({"NOTIFY_SOCKET": f"@yichuang-test-{os.getpid()}"}).ready()
        assert listening.recv(100) == b"READY=1"
