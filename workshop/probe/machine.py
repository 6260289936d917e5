"""What this machine has plugged in, and which other process holds it: read from /dev, /sys and /proc, nothing opened.

Serial ports are named by their socket (/dev/serial/by-path): the number of a ttyUSB changes with the order of plugging.
Boards' own ttyS are in no such folder; those that are real have a type in /sys.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_LOCK = re.compile(r"FLOCK\s+\S+\s+\S+\s+(\d+)\s+([0-9a-f]+):([0-9a-f]+):(\d+)")
_PTS = Path("/dev/pts")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a port open. ``pid`` 0: the kernel's own console."""

    pid: int
    name: str


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the kernel tells it."""

    dev: Path = Path("/dev")
    sys: Path = Path("/sys")
    proc: Path = Path("/proc")
    locks: Path = Path("/run/lock")

    def serial_ports(self) -> list[str]:
        """Paths of all serial ports, one each."""
        named = sorted(self.dev.glob("serial/by-path/*"), key=lambda path: ("usbv" in path.name, path.name))
        boards = [self.dev / name for name in self._boards_own()]
        loose = sorted([*self.dev.glob("ttyUSB*"), *self.dev.glob("ttyACM*")])
        ports: dict[str, str] = {}
        for path in (*named, *boards, *loose):
            ports.setdefault(os.path.realpath(path), str(path))
        return list(ports.values())

    def _boards_own(self) -> Iterator[str]:
        for entry in sorted(self.sys.glob("class/tty/ttyS*")):
            with suppress(OSError):
                if (entry / "type").read_text(encoding="ascii").strip() != "0":
                    yield entry.name

    def holder(self, path: str) -> Holder | None:
        """Another process that has this device open, or has locked it. What we may not look at is not found."""
        real = Path(os.path.realpath(path))
        try:
            wanted = real.stat()
        except OSError:
            return None
        if console := self._console(real.name):
            return console
        for pid in self._others():
            if self._has_open(pid, wanted, real.parent == _PTS) and not self._is_its_own_pty(pid, real):
                return Holder(pid, self._name(pid))
        return self._locker(wanted) or self._uucp(real.name)

    def _console(self, name: str) -> Holder | None:
        with suppress(OSError):
            for line in (self.proc / "consoles").read_text(encoding="ascii").splitlines():
                if line.split()[:1] == [name]:
                    return Holder(0, "console")
        return None

    def _others(self) -> list[int]:
        own = os.getpid()
        return sorted(
            int(entry.name) for entry in self.proc.iterdir() if entry.name.isdecimal() and entry.name != str(own)
        )

    def _has_open(self, pid: int, wanted: os.stat_result, is_pty: bool) -> bool:
        """A port has one number however it is reached; pseudo-terminals are counted anew in each container."""
        return any(
            found.st_rdev == wanted.st_rdev and (not is_pty or found.st_dev == wanted.st_dev)
            for found in self._open_devices(pid)
        )

    def _open_devices(self, pid: int) -> Iterator[os.stat_result]:
        with suppress(OSError):  # another user's, or it has ended
            for descriptor in (self.proc / str(pid) / "fd").iterdir():
                with suppress(OSError):
                    found = descriptor.stat()
                    if stat.S_ISCHR(found.st_mode):
                        yield found

    def _is_its_own_pty(self, pid: int, real: Path) -> bool:
        """Whether this process is the far end of a pty: a simulator keeps its own near end open."""
        if real.parent != _PTS:
            return False
        wanted = f"tty-index:\t{real.name}"
        with suppress(OSError):
            for descriptor in (self.proc / str(pid) / "fdinfo").iterdir():
                with suppress(OSError):
                    if wanted in descriptor.read_text(encoding="ascii").splitlines():
                        return True
        return False

    def _locker(self, wanted: os.stat_result) -> Holder | None:
        with suppress(OSError):
            for pid, major, minor, inode in _LOCK.findall((self.proc / "locks").read_text(encoding="ascii")):
                device = os.makedev(int(major, 16), int(minor, 16))
                if (device, int(inode)) == (wanted.st_dev, wanted.st_ino) and int(pid) != os.getpid():
                    return Holder(int(pid), self._name(int(pid)))
        return None

    def _uucp(self, name: str) -> Holder | None:
        """The lock files of terminal programs (LCK..ttyUSB0), of a process that lives."""
        with suppress(OSError, ValueError):
            pid = int((self.locks / f"LCK..{name}").read_text(encoding="ascii").split()[0])
            if (self.proc / str(pid)).exists():
                return Holder(pid, self._name(pid))
        return None

    def _name(self, pid: int) -> str:
        try:
            return (self.proc / str(pid) / "comm").read_text(encoding="utf-8").strip()
        except OSError:
            return "?"
