"""What is plugged in, each port once, and who holds it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workshop.probe.machine import Holder, Machine


def file(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="ascii")
    return path


def a_box(folder: Path) -> Machine:
    return Machine(folder / "dev", folder / "sys", folder / "proc", folder / "lock")


def test_ports_are_named_by_their_socket_and_each_once(tmp_path: Path) -> None:
    machine = a_box(tmp_path)
    for name in ("ttyUSB0", "ttyUSB1", "ttyACM0", "ttyS0", "ttyS1"):
        file(machine.dev / name)
    by_path = machine.dev / "serial" / "by-path"
    by_path.mkdir(parents=True)
    for name in ("pci-0-usb-0:2:1.0-port0", "pci-0-usbv2-0:2:1.0-port0"):
        (by_path / name).symlink_to(machine.dev / "ttyUSB0")
    file(machine.sys / "class/tty/ttyS0/type", "4\n")
    file(machine.sys / "class/tty/ttyS1/type", "0\n")
    assert machine.serial_ports() == [
        str(by_path / "pci-0-usb-0:2:1.0-port0"),
        str(machine.dev / "ttyS0"),
        str(machine.dev / "ttyACM0"),
        str(machine.dev / "ttyUSB1"),
    ]


def test_a_machine_without_ports_has_none(tmp_path: Path) -> None:
    assert a_box(tmp_path).serial_ports() == []


def test_the_kernels_console_is_not_to_be_asked(tmp_path: Path) -> None:
    machine = a_box(tmp_path)
    port = file(machine.dev / "ttyS0")
    file(machine.proc / "consoles", "ttyS0                -W- (EC  p a)    4:64\n")
    assert machine.holder(str(port)) == Holder(0, "console")


def test_a_terminal_programs_lock_file_counts_while_it_lives(tmp_path: Path) -> None:
    machine = a_box(tmp_path)
    port = file(machine.dev / "ttyUSB0")
    file(machine.proc / "4711/comm", "minicom\n")
    file(machine.locks / "LCK..ttyUSB0", "      4711\n")
    assert machine.holder(str(port)) == Holder(4711, "minicom")
    file(machine.locks / "LCK..ttyUSB0", "      4712\n")
    assert machine.holder(str(port)) is None


def test_a_lock_of_another_process_counts(tmp_path: Path) -> None:
    machine = a_box(tmp_path)
    port = file(machine.dev / "ttyUSB0")
    found = port.stat()
    device = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    file(machine.proc / "4711/comm", "yichuang\n")
    file(machine.proc / "locks", f"1: FLOCK  ADVISORY  WRITE 4711 {device} 0 EOF\n")
    assert machine.holder(str(port)) == Holder(4711, "yichuang")
    file(machine.proc / "locks", f"1: FLOCK  ADVISORY  WRITE {os.getpid()} {device} 0 EOF\n")
    assert machine.holder(str(port)) is None


def test_a_port_that_is_not_there_is_held_by_nobody(tmp_path: Path) -> None:
    assert a_box(tmp_path).holder(str(tmp_path / "ttyUSB0")) is None


@contextmanager
def another_process(script: str, path: str, *within: str) -> Iterator[int]:
    """One that has done its part once it has said so, and lives as long as the block."""
    program = f"import os, sys\n{script}\nprint('ready', flush=True)\nsys.stdin.read()"
    with subprocess.Popen(
        [*within, sys.executable, "-c", program, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process.pid
        finally:
            process.communicate()


@pytest.mark.wire
def test_a_port_that_another_process_has_open_is_found_with_its_name() -> None:
    master, slave = os.openpty()
    path = os.ttyname(slave)
    os.close(slave)
    try:
        with another_process("fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)", path) as pid:
            holder = Machine().holder(path)
            assert holder is not None
            assert (holder.pid, holder.name.startswith("python")) == (pid, True)
        assert Machine().holder(path) is None
    finally:
        os.close(master)


@pytest.mark.wire
def test_a_simulators_own_near_end_is_no_holder(tmp_path: Path) -> None:
    link = tmp_path / "port"
    script = "m, s = os.openpty(); os.symlink(os.ttyname(s), sys.argv[1])"
    with another_process(script, str(link)):
        assert Machine().holder(str(link)) is None


@pytest.mark.wire
def test_a_pseudo_terminal_of_a_container_is_another_one_though_it_has_the_same_number(tmp_path: Path) -> None:
    master, slave = os.openpty()
    path = os.ttyname(slave)
    os.close(slave)
    script = """
import fcntl
mounted = os.system(f"mount -t devpts -o newinstance,ptmxmode=0666 none {sys.argv[1]}")
assert mounted == 0
wanted, held = int(os.environ["WANTED"]), []
while not os.path.exists(f"{sys.argv[1]}/{wanted}"):
    held.append(os.open(f"{sys.argv[1]}/ptmx", os.O_RDWR | os.O_NOCTTY))
fcntl.ioctl(held[-1], 0x40045431, b"\\0\\0\\0\\0")  # TIOCSPTLCK: unlock it
held.append(os.open(f"{sys.argv[1]}/{wanted}", os.O_RDWR | os.O_NOCTTY))
os.close(held[-2])
"""
    inside = ("unshare", "--mount", "env", f"WANTED={path.rpartition('/')[2]}")
    try:
        with another_process(script, str(tmp_path), *inside):
            assert Machine().holder(path) is None
    finally:
        os.close(master)
