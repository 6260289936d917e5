"""The hall as its own process, started by its own command line."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hall.process import Process, post, reserve
from tests.hall.served import LIMIT_S

pytestmark = pytest.mark.system

STOP_S = 2.0


@pytest.fixture
def process(settings_file: Path) -> Iterator[Process]:
    process = Process(settings_file)
    yield process
    process.end()


def status(process: Process) -> Any:
    caller = process.caller("observer-1")
    caller.request("GET", "/api/status")
    told = json.loads(caller.getresponse().read())
    caller.close()
    return told


def test_a_stop_takes_two_seconds_at_most_with_boxes_connected(process: Process) -> None:
    caller, listener = process.caller("kiosk-1"), process.caller("counter-1")
    reserve(caller, 1)
    listener.request("GET", "/device/downlink")
    stream = listener.getresponse()
    assert stream.readline().startswith(b"event: window")
    begun = time.monotonic()
    process.process.terminate()
    assert process.process.wait(LIMIT_S) == 0
    assert time.monotonic() - begun < STOP_S
    assert b"event: bye" in stream.read()
    caller.close()
    listener.close()


def test_what_was_answered_survives_a_kill(process: Process) -> None:
    caller = process.caller("kiosk-1")
    numbers = [reserve(caller, seq) for seq in range(1, 30)]
    process.end()
    caller.close()
    process.start()
    caller = process.caller("kiosk-1")
    assert [reserve(caller, seq)["digits"] for seq in range(1, 30)] == [number["digits"] for number in numbers]
    assert reserve(caller, 30)["digits"] == "11030"
    caller.close()


def test_each_start_begins_a_term(process: Process) -> None:
    first = status(process)
    process.process.terminate()
    process.process.wait(LIMIT_S)
    process.end()
    process.start()
    second = status(process)
    assert second["term"]["n"] == first["term"]["n"] + 1
    assert second["term"]["draw"] != first["term"]["draw"]


def test_a_pin_stands_in_no_log(process: Process) -> None:
    caller = process.caller("counter-1")
    for pin in ("2468", "13579"):
        body = {"type": "sign-in", "request": pin[::-1], "window": 1, "name": "林一帆", "pin": pin, "mode": "demo"}
        post(caller, "/device/commands", body)
    caller.close()
    process.process.terminate()
    process.process.wait(LIMIT_S)
    log = process.log()
    assert "event=sign-in" in log
    assert "2468" not in log.replace("8642", "")
    assert "13579" not in log
    assert b"13579" not in (process.folder / "data" / "hall.db").read_bytes()


def test_a_taken_port_is_said_plainly(process: Process) -> None:
    second = subprocess.run(process.command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert second.returncode == 1
    assert f"cannot listen on 127.0.0.1:{process.port}" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_database_of_another_mode_is_left_alone(process: Process) -> None:
    process.process.terminate()
    process.process.wait(LIMIT_S)
    own = process.folder / "own.toml"
    own.write_text(own.read_text(encoding="utf-8").replace('mode = "demo"', 'mode = "live"'), encoding="utf-8")
    again = subprocess.run(process.command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert again.returncode == 2
    assert "mode demo" in again.stderr
    assert "→" in again.stderr
