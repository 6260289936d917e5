"""A machine whose input devices exist at the level of records: what the kernel would say, byte for byte.

No uinput is needed: the node of a simulated keypad is a socket pair, so that a loop can watch it.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Collection, Mapping
from contextlib import suppress

from drivers import evdev_record as event
from drivers.evdev_record import Record

DIGIT_KEYS = frozenset({*event.KEYPAD_COLUMN.values(), *event.TOP_ROW.values(), 69})
MEDIA_KEYS = frozenset({113, 114, 115, 140})
MOUSE_BUTTONS = frozenset({0x110, 0x111, 0x112})
AT = (1_700_000_000, 500_000)
"""Some moment; nothing may hang on it."""


def key(code: int, value: int) -> Record:
    return Record(*AT, event.EV_KEY, code, value)


REPORT = Record(*AT, event.EV_SYN, event.SYN_REPORT, 0)
DROPPED = Record(*AT, event.EV_SYN, event.SYN_DROPPED, 0)


def stroke(code: int) -> list[Record]:
    """A key down and up, as the kernel says it."""
    scan = Record(*AT, event.EV_MSC, 4, 0x70000 + code)
    return [scan, key(code, event.DOWN), REPORT, scan, key(code, event.UP), REPORT]


class Keypad:
    """One event node of a keypad that is plugged in."""

    def __init__(self, phys: str, keys: frozenset[int] = DIGIT_KEYS) -> None:
        self.phys = phys
        self.keys = keys
        self.held: set[int] = set()
        self.switches: dict[int, bool] = {}
        self.grabbed_elsewhere = False
        self.grabbed = False
        self.open_nodes = 0
        self.refuses: list[OSError] = []
        """What the next openings end in."""
        self._ends: list[socket.socket] = []

    def say(self, *records: Record) -> None:
        """To whoever has it open."""
        self.say_in_pieces(event.SIZE * max(1, len(records)), *records)

    def say_in_pieces(self, size: int, *records: Record) -> None:
        """So many bytes at a time."""
        for record in records:
            if record.type == event.EV_KEY:
                (self.held.discard if record.value == event.UP else self.held.add)(record.code)
            elif record.type == event.EV_SW:
                self.switches[record.code] = bool(record.value)
        said = b"".join(record.encode() for record in records)
        for end in self._ends:
            with suppress(BrokenPipeError):  # closed by its reader
                for at in range(0, len(said), size):
                    end.send(said[at : at + size])

    def type(self, *codes: int) -> None:
        for code in codes:
            self.say(*stroke(code))

    def open(self) -> Node:
        if self.refuses:
            raise self.refuses.pop(0)
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setblocking(False)
        self._ends.append(ours)
        self.open_nodes += 1
        return Node(self, theirs)

    def unplug(self) -> None:
        for end in self._ends:
            end.close()
        self._ends.clear()


class Node:
    """The keypad as one program has it (a drivers.input_node.Node)."""

    def __init__(self, keypad: Keypad, end: socket.socket) -> None:
        self.keys = keypad.keys
        self._keypad = keypad
        self._end = end

    def fileno(self) -> int:
        return self._end.fileno()

    def read(self) -> bytes:
        data = self._end.recv(64 * event.SIZE)
        if not data:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        return data

    def switches(self) -> Mapping[int, bool]:
        return dict(self._keypad.switches)

    def active_keys(self) -> Collection[int]:
        return list(self._keypad.held)

    def grab(self) -> None:
        if self._keypad.grabbed_elsewhere or self._keypad.grabbed:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        self._keypad.grabbed = True

    def close(self) -> None:
        self._keypad.open_nodes -= 1
        self._keypad.grabbed = False
        self._end.close()


class Machine:
    """Keypads by the path of their node (a drivers.input_node.Devices)."""

    def __init__(self, **plugged: Keypad) -> None:
        self.plugged = {f"/dev/input/{name}": keypad for name, keypad in plugged.items()}

    def present(self) -> Mapping[str, str]:
        return {path: keypad.phys for path, keypad in self.plugged.items()}

    def open(self, path: str) -> Node:
        return self.plugged[path].open()

    def unplug(self, *names: str) -> None:
        for name in names:
            self.plugged.pop(f"/dev/input/{name}").unplug()

    def close(self) -> None:
        for keypad in self.plugged.values():
            keypad.unplug()
