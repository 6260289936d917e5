"""Input devices as the kernel has them: which there are, and one that is open.

Two kinds: the kernel's own nodes by python-evdev, and a simulated keypad behind a Unix socket that says the same
24-byte records (a container or a test machine has no /dev/uinput, so simulation begins at the record, not at the key).
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from collections.abc import Collection, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from drivers import evdev_record as event
from drivers.framing import Framer

if TYPE_CHECKING:
    from evdev import InputDevice

READ_SIZE = 64 * event.SIZE
SWITCH_BYTES = 8
EVIOCGSW = 2 << 30 | SWITCH_BYTES << 16 | ord("E") << 8 | 0x1B
"""_IOC(_IOC_READ, 'E', 0x1b, 8): how the switches stand, a bit each (linux/input.h)."""


class Node(Protocol):
    """One event node, open. Every method raises OSError as the kernel does: ENODEV after unplugging."""

    keys: frozenset[int]
    """Codes of the keys and buttons that it can send."""

    def switches(self) -> Mapping[int, bool]:
        """How its switches stand now, by code; none where it has none."""

    def fileno(self) -> int:
        """To be watched for reading."""

    def read(self) -> bytes:
        """Records that have come; b"" when it was unplugged. Raises BlockingIOError when there are none."""

    def active_keys(self) -> Collection[int]:
        """The keys that are down now."""

    def grab(self) -> None:
        """Take all events for ourselves (EVIOCGRAB). Raises OSError EBUSY when somebody else has it."""

    def close(self) -> None:
        """Let go; this ends the grab too. Never raises."""


class Devices(Protocol):
    """The input devices of a machine."""

    def present(self) -> Mapping[str, str]:
        """Event nodes now there: path → ``phys``, which names the socket they are plugged into."""

    def open(self, path: str) -> Node:
        """Open one. Raises OSError."""


class KernelDevices:
    """The kernel's nodes. ``phys`` is read from sysfs: to know whose a node is, it need not be opened."""

    def __init__(self, sysfs: Path = Path("/sys/class/input"), nodes: Path = Path("/dev/input")) -> None:
        self._sysfs = sysfs
        self._nodes = nodes

    def present(self) -> Mapping[str, str]:
        """Event nodes now there."""
        found: dict[str, str] = {}
        for entry in sorted(self._sysfs.glob("event*")):
            with suppress(OSError):  # unplugged while we look
                found[str(self._nodes / entry.name)] = (entry / "device" / "phys").read_text(encoding="utf-8").strip()
        return found

    def open(self, path: str) -> Node:
        """Open one for reading, not waiting. Raises OSError."""
        from evdev import InputDevice  # here: a box without such keypads needs no python-evdev

        return _KernelNode(InputDevice(path))


class _KernelNode:
    def __init__(self, device: InputDevice[str]) -> None:
        self._device = device
        try:
            # EV_KEY's and EV_SW's capabilities; a node without keys has none of the first.
            able = device.capabilities()
            self.keys = frozenset(able.get(event.EV_KEY, ()))
            self._switches = frozenset(able.get(event.EV_SW, ()))
        except OSError:
            self.close()
            raise

    def fileno(self) -> int:
        """python-evdev opens without waiting (O_NONBLOCK)."""
        fd: int = self._device.fd
        return fd

    def read(self) -> bytes:
        """Whole records: the kernel never cuts one."""
        return os.read(self.fileno(), READ_SIZE)

    def switches(self) -> Mapping[int, bool]:
        """How they stand (EVIOCGSW)."""
        if not self._switches:
            return {}
        bits = fcntl.ioctl(self.fileno(), EVIOCGSW, bytes(SWITCH_BYTES))
        return {code: bool(bits[code // 8] >> code % 8 & 1) for code in self._switches if code < 8 * SWITCH_BYTES}

    def active_keys(self) -> Collection[int]:
        """The keys that are down now (EVIOCGKEY)."""
        keys: list[int] = self._device.active_keys()
        return keys

    def grab(self) -> None:
        """EVIOCGRAB."""
        self._device.grab()

    def close(self) -> None:
        """Closing ends the grab (kernel, input_release_device)."""
        with suppress(OSError):
            self._device.close()


def why_not_here() -> str | None:
    """Why the kernel's input devices cannot be used on this machine, with the remedy; None when they can."""
    if find_spec("evdev") is None:
        return "python-evdev is not installed → install python3-evdev, or pip install 'yichuang[hardware]'"
    if struct.calcsize("@llHHi") != event.SIZE:
        return "this is a 32-bit system, whose event records are shorter → use a 64-bit one"
    return None


class SimulatedDevices:
    """One simulated keypad: the Unix socket at ``path``. It is one node, and unplugged when nobody listens there."""

    def __init__(self, path: str) -> None:
        self._path = os.path.realpath(path)

    def present(self) -> Mapping[str, str]:
        """The socket while it is there."""
        return {self._path: f"simulated-{self._path}/input0"} if Path(self._path).is_socket() else {}

    def open(self, path: str) -> Node:
        """Connect. Raises OSError."""
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            link.setblocking(False)
            link.connect(path)
        except OSError:
            link.close()
            raise
        return SimulatedNode(link)


ARROWS = frozenset({103, 108, 138})
"""KEY_UP, KEY_DOWN, KEY_HELP: what a simulated keypad has beside a plain one's keys."""


class SimulatedNode:
    """A keypad whose records come from a socket. It knows the keys that are down from what was said."""

    def __init__(self, link: socket.socket) -> None:
        self.keys = frozenset((*event.KEYPAD_COLUMN.values(), *event.TOP_ROW.values(), *ARROWS))
        self._link = link
        self._framer = Framer(event.scan, event.CAP)
        self._down: set[int] = set()
        self._switches: dict[int, bool] = {}

    def fileno(self) -> int:
        """The socket's."""
        return self._link.fileno()

    def read(self) -> bytes:
        """Records that have come whole."""
        data = self._link.recv(READ_SIZE)
        if not data:
            return b""
        records = list(self._framer.feed(data))
        if not records:
            raise BlockingIOError
        for record in map(event.decode, records):
            if record.type == event.EV_KEY:
                (self._down.discard if record.value == event.UP else self._down.add)(record.code)
            elif record.type == event.EV_SW:
                self._switches[record.code] = bool(record.value)
        return b"".join(records)

    def switches(self) -> Mapping[int, bool]:
        """As they were said to stand; a simulated keypad says it as soon as it is opened."""
        return dict(self._switches)

    def active_keys(self) -> Collection[int]:
        """The keys that are down now."""
        return frozenset(self._down)

    def grab(self) -> None:
        """The simulator talks to one reader at a time anyway."""

    def close(self) -> None:
        """Hang up."""
        self._link.close()
