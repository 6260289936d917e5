"""Real processes whose wall clocks are put wrong. libfaketime tells them lies: nobody else's clock moves."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hall.clock import SHANGHAI
from tests.free_ports import free_port
from tests.hall.process import Daemon, Process, get, post, reserve
from tests.hall.served import LIMIT_S

pytestmark = pytest.mark.system

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
YEAR_S = 365 * 24 * 3600
COUNTER = """\
[box]
name = "counter-1"
mode = "demo"
port = {port}
data = "counter-data"

[hall]
url = "https://127.0.0.1:{hall}"
ca = "certs/ca.pem"
certificate = "certs/counter-1.pem"
key = "certs/counter-1.key"

[[window]]
number = 1
"""


class WallClock:
    """What a process takes for the time: a file says how far it is from the true one."""

    def __init__(self, file: Path) -> None:
        assert LIBRARY.exists(), f"{LIBRARY} is missing: apt-get install libfaketime"
        self._file = file
        self.put(0)

    def put(self, seconds: int) -> None:
        """So many seconds ahead of the true time from now on; fewer than 0 for behind."""
        self._file.write_text(f"{seconds:+d}\n", encoding="ascii")

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }


@pytest.fixture
def clock(tmp_path: Path) -> WallClock:
    return WallClock(tmp_path / "wall-clock")


@pytest.fixture
def hall(settings_file: Path, clock: WallClock) -> Iterator[Process]:
    process = Process(settings_file, clock.environment)
    yield process
    process.end()


def hello(caller: http.client.HTTPSConnection) -> Any:
    body = {"device": "kiosk-1", "journal": "j", "boot": "b", "contract": 2, "mono_ms": 1, "wall_ms": 0, "mode": "demo"}
    return post(caller, "/device/hello", body)


def year(at_ms: int) -> int:
    return datetime.fromtimestamp(at_ms / 1000, SHANGHAI).year


def test_a_hall_whose_clock_is_put_ten_years_ahead_goes_on_with_its_day_and_its_queue(
    hall: Process, clock: WallClock
) -> None:
    caller = hall.caller("kiosk-1")
    day, first = hello(caller)["business_date"], reserve(caller, 1)
    clock.put(10 * YEAR_S)
    ahead, second = hello(caller), reserve(caller, 2)
    assert year(ahead["now_ms"]) >= int(day[:4]) + 9  # told to boxes, so that each can judge its own clock
    caller.close()
    hall.end()
    hall.start()  # a start looks at the clock, and knows by what has passed since it booted that this is no year
    caller = hall.caller("kiosk-1")
    again, third = hello(caller), reserve(caller, 3)
    caller.close()
    assert (ahead["business_date"], again["business_date"]) == (day, day)
    assert [ticket["date"] for ticket in (first, second, third)] == [day] * 3
    assert [ticket["digits"] for ticket in (first, second, third)] == ["11001", "11002", "11003"]
    places = [ticket["place_ms"] for ticket in (first, second, third)]
    assert places == sorted(places)
    assert places[2] - places[0] < LIMIT_S * 1000


def test_a_box_that_booted_in_1970_reaches_the_hall_and_what_it_tells_stands_at_the_true_time(
    hall: Process, clock: WallClock
) -> None:
    settings = hall.folder / "counter.toml"
    settings.write_text(COUNTER.format(port=free_port(), hall=hall.port), encoding="utf-8")
    booted = WallClock(hall.folder / "box-clock")
    booted.put(60 - int(time.time()))
    box = Daemon(["device", str(settings)], "hall is up", booted.environment)
    try:
        caller = hall.caller("observer-1")
        fact = get(caller, "/api/facts")[0]
        caller.close()
    finally:
        box.end()
    assert (fact["kind"], year(fact["at_ms"]), fact["trust"]) == ("opened", 1970, "unknown")
    assert abs(fact["hall_ms"] / 1000 - time.time()) < LIMIT_S
