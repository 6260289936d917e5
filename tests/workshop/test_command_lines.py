"""The technician's command lines as processes: what they find, their exit codes, what they leave behind."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.ports import is_simulator
from workshop import cli

pytestmark = pytest.mark.system

LIMIT = 60.0
ENDING = 5.0
COMMAND = (sys.executable, "-m", "yichuang")
ROOT = Path(__file__).parents[2]


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TMPDIR": str(folder)}
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=LIMIT, env=environment, check=False
    )


def descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text(encoding="ascii").split()):
            yield child
            yield from descendants(child)


def has_ended(pidfd: int) -> bool:
    """Whether this process is no more, or is by the limit."""
    try:
        return bool(select.select([pidfd], [], [], ENDING)[0])
    finally:
        os.close(pidfd)


@pytest.fixture
def short_path() -> Iterator[Path]:
    """Sockets within it: a folder of the tests' own has a path too long for them where several run at once."""
    with tempfile.TemporaryDirectory(prefix="yichuang-") as folder:
        yield Path(folder)


def test_the_bench_is_found_by_its_own_bytes_and_its_settings_are_printed(short_path: Path) -> None:
    done = run("probe", "--simulated", "--json", "--language", "en", folder=short_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    ports = {port["port"].rpartition("/")[2]: port for port in told["ports"]}
    models = {
        name: (port["outcome"], port["baud"], [(device["model"], device["address"]) for device in port["devices"]])
        for name, port in ports.items()
    }
    assert models == {
        "printer": ("answered", 115200, [("escpos", None)]),
        "id-card": ("answered", 115200, [("sdt-reader", None)]),
        "displays": ("answered", 9600, [("onbon-bx5k", 1), ("onbon-bx5k", 2), ("onbon-bx5k", 3)]),
        "dots": ("answered", 57600, [("onbon-bx5e", 7)]),
        "lumen": ("answered", 115200, [("cpower5200", 2)]),
        "registers": ("answered", 9600, [("modbus-text", 1)]),
        "pads": ("heard", 9600, models["pads"][2]),
        "strip": ("silent", None, []),
        "typing-1": ("present", None, [("usb-keypad", None)]),
    }
    assert set(models["pads"][2]) == {("ff68-caller", 1), ("ff68-keypad", 129)}
    assert {"word": "identity", "text": "YICHUANG SIMULATED-80 1.00 000000"} in ports["printer"]["devices"][0]["tells"]
    settings = tomllib.loads(told["settings"])
    assert len(settings["device"]) == sum(len(port["devices"]) for port in told["ports"])
    assert all(line["simulated"] for line in settings["line"])
    assert "1 s: asking" in done.stderr
    assert list(short_path.iterdir()) == []


def test_stopped_by_ctrl_c_in_the_middle_it_leaves_nothing_running(short_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(short_path)}
    with subprocess.Popen(
        [*COMMAND, "probe", "--simulated"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline()  # it is at work for a second
        children = [os.pidfd_open(child) for child in descendants(process.pid)]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LIMIT)
    assert process.returncode == 130
    assert children
    assert all(has_ended(child) for child in children)
    assert list(short_path.iterdir()) == []


def test_a_port_that_another_process_has_is_not_asked_and_its_holder_is_named(tmp_path: Path) -> None:
    master, slave = os.openpty()
    path = os.ttyname(slave)
    holder = subprocess.Popen([sys.executable, "-c", "input()"], stdin=slave)
    os.close(slave)
    try:
        done = run("probe", path, "--json", folder=tmp_path)
        (port,) = json.loads(done.stdout)["ports"]
        os.set_blocking(master, False)
        with pytest.raises(BlockingIOError):
            os.read(master, 1)
    finally:
        holder.kill()
        holder.wait()
        os.close(master)
    assert (done.returncode, port["outcome"], port["holder"]["pid"]) == (3, "taken", holder.pid)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("probe", "pcsc:0"), 2, "give a serial port"),
        (("probe", "--baud", "fast"), 2, "--baud"),
        (("probe", "/dev/nothing-here"), 3, "/dev/nothing-here"),
        (("monitor",), 2, "required"),
        (("monitor", "/dev/nothing-here"), 1, "/dev/nothing-here"),
        (("monitor", "/dev/x", "--model", "typo"), 2, "name one of"),
        (("monitor", "--replay", "nothing-here"), 2, "--into"),
        (("monitor", "--replay", "nothing-here", "--into", "/dev/null"), 2, "simulator"),
        (("monitor", "--replay", "nothing-here", "--into", "tcp:127.0.0.1:9"), 1, "--record"),
    ],
)
def test_what_cannot_be_done_ends_with_its_code_and_its_reason(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, said: str
) -> None:
    assert is_simulator("tcp:127.0.0.1:9")
    assert ended(*arguments, "--language", "en") == code
    told = capsys.readouterr()
    assert said in told.out + told.err


@pytest.mark.parametrize("command", ["probe", "monitor"])
def test_help_tells_the_exit_codes(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert ended(command, "--help") == 0
    assert "exit code: 0" in " ".join(capsys.readouterr().out.split())


def ended(command: str, *arguments: str) -> int:
    """With which code this command line ends."""
    try:
        return {"probe": cli.probe, "monitor": cli.monitor}[command](arguments)
    except SystemExit as over:
        return int(over.code or 0)


def test_whoever_reads_along_and_has_read_enough_gets_no_traceback() -> None:
    reads, writes = os.pipe()
    os.close(reads)
    try:
        done = subprocess.run(
            [*COMMAND, "config", "explain", "config/examples/counter.toml", "box.mode"],
            stdout=writes, stderr=subprocess.PIPE, text=True, timeout=LIMIT, check=False, cwd=ROOT,
        )  # fmt: skip
    finally:
        os.close(writes)
    assert (done.returncode, done.stderr) == (1, "")
