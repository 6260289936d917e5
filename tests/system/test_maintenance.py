"""A box that runs for its technician alone: real processes, simulators on ptys, the socket."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.device.hall_certificates import make_certificates
from tests.device.maintenance_terminal import Terminal, holding
from tests.free_ports import free_port
from tests.hall.process import Daemon
from tests.system.running import START_SECONDS

pytestmark = pytest.mark.system

LIMIT_S = 20.0
BOX = """\
[box]
name = "counter-1"
mode = "demo"
port = {port}
data = "data"

[hall]
url = "https://127.0.0.1:9"
ca = "ca.pem"
certificate = "box.pem"
key = "box.key"

[[window]]
number = 1

[[line]]
name = "displays"
port = "displays/port"
simulated = true

[[line]]
name = "nowhere"
port = "nothing-is-here"
simulated = true

[[device]]
name = "display-1"
model = "onbon-bx5k"
line = "displays"
address = 1
window = 1

[[device]]
name = "display-2"
model = "onbon-bx5k"
line = "displays"
address = 9

[[device]]
name = "printer"
model = "escpos"
line = "nowhere"
"""


def until(holds: Callable[[], Any]) -> Any:
    """Ask the box again until it is so: each question is a round trip to it."""
    deadline = time.monotonic() + LIMIT_S
    while not (found := holds()):
        assert time.monotonic() < deadline, "never came true"
    return found


def keywords(device: Any) -> set[str]:
    return {reason["keyword"] for reason in device["reasons"]}


def settings(folder: Path) -> Path:
    file = folder / "box.toml"
    file.write_text(BOX.format(port=free_port()), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A box that runs for maintenance; its displays are found as soon as they are there. Each test gives back."""
    folder = tmp_path_factory.mktemp("box")
    make_certificates(folder)  # the others here do without
    where = ["--link", str(folder / "displays" / "port"), "--control", str(folder / "displays" / "control.sock")]
    simulate = [sys.executable, "-m", "yichuang", "simulate", "displays", *where, "--addresses", "1,2", "--no-pictures"]
    with subprocess.Popen(simulate) as displays:
        try:
            daemon = Daemon(["device", "--maintenance", str(settings(folder))], "maintenance runs", {}, START_SECONDS)
            try:
                yield Terminal(folder / "data" / "run" / "maintenance.sock")
            finally:
                daemon.end()
        finally:
            displays.terminate()


def test_what_does_not_answer_is_a_finding_and_what_does_is_checked_and_read_along(box: Terminal) -> None:
    until(lambda: "link-lost" not in keywords(box.device("display-1")))
    report = box.report()
    assert (report["flows"], report["link"]["hall"]) == (False, "down")
    assert report["link"]["certificate_days"] > 10_000
    found = {device["name"]: device for device in report["devices"]}
    assert found["display-1"]["heard_ms"] < LIMIT_S * 1000
    assert found["display-2"].get("heard_ms") is None
    assert "link-lost" in keywords(found["display-2"]) & keywords(found["printer"])

    status, first = box.ask("frames", line="displays")
    assert (status, first["frames"]) == (200, [])
    _, taken = box.ask("lease", who="Wu", devices=["display-1"])
    status, told = box.ask("check", device="display-1", level="external", lease=taken["lease"]["id"])
    assert (status, told["outcome"], told["text"]["en"]) == (200, "sound", "works")
    _, passed = box.ask("frames", line="displays", after=first["mark"])
    ways = {(frame["way"], frame["model"], frame["sound"]) for frame in passed["frames"]}
    assert ways >= {("to-device", "onbon-bx5k", True), ("from-device", "onbon-bx5k", True)}
    assert any("测试" in frame["text"] for frame in passed["frames"])
    assert box.ask("lease", who="Wu", id=taken["lease"]["id"], give_back=True) == (200, {"lease": None})


def test_a_terminal_that_is_killed_gives_its_devices_back_at_once(box: Terminal) -> None:
    terminal = subprocess.Popen(
        holding(box.path, "Wu", "display-1"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with terminal:
        assert terminal.stdout is not None
        assert terminal.stdout.readline().startswith("200 ")
        taken = box.device("display-1")
        assert (taken["leased"], "in-maintenance" in keywords(taken)) == (True, True)
        status, refused = box.ask("lease", who="Li", devices=["display-1"])
        assert (status, refused["error"]) == (409, "leased")
        assert refused["text"]["en"].startswith("Wu is at work on display-1")
        began = time.monotonic()
        terminal.kill()
        until(lambda: not box.device("display-1")["leased"])
        assert time.monotonic() - began < 10  # LEASE_S would be 15
    assert "in-maintenance" not in keywords(box.device("display-1"))
    status, taken = box.ask("lease", who="Li", devices=["display-1"])
    assert status == 200
    box.ask("lease", who="Li", id=taken["lease"]["id"], give_back=True)


def test_two_programs_never_share_a_line(box: Terminal) -> None:
    for how in ([], ["--maintenance"]):
        second = [sys.executable, "-m", "yichuang", "device", *how, str(box.path.parents[2] / "box.toml")]
        ran = subprocess.run(second, capture_output=True, text=True, timeout=LIMIT_S, check=False)
        assert ran.returncode == 1
        assert "stop the service first" in ran.stderr
    assert box.ask("report")[0] == 200


def test_settings_with_a_mistake_are_refused_as_ever(tmp_path: Path) -> None:
    file = settings(tmp_path)
    file.write_text(file.read_text().replace('model = "escpos"', 'model = "escposs"'))
    command = [sys.executable, "-m", "yichuang", "device", "--maintenance", str(file)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert ran.returncode == 2
    assert "escposs" in ran.stderr


@pytest.mark.parametrize("journal", ["not a database", None], ids=["of another kind", "in place of its folder"])
def test_a_journal_that_cannot_be_opened_stops_no_technician(tmp_path: Path, journal: str | None) -> None:
    file = settings(tmp_path)
    (tmp_path / "data").mkdir()
    if journal is None:
        (tmp_path / "data" / "journal.db").mkdir()
    else:
        text = file.read_text(encoding="utf-8")
        first = Daemon(["device", "--maintenance", str(file)], "maintenance runs", {}, START_SECONDS)
        first.end()
        file.write_text(text.replace('name = "counter-1"', 'name = "counter-2"'), encoding="utf-8")  # another box's
    daemon = Daemon(["device", "--maintenance", str(file)], "maintenance runs", {}, START_SECONDS)
    try:
        report = Terminal(tmp_path / "data" / "run" / "maintenance.sock").report()
        assert report.get("journal") is None
        assert [device["name"] for device in report["devices"]] == ["display-1", "display-2", "printer"]
    finally:
        daemon.end()
