"""A kernel with one camera in it: metadata node and all, its structures read and written by their offsets alone."""

from __future__ import annotations

import errno
import mmap
import os
import struct
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

ERROR = 0x40
NAMES = {
    0x80685600: "QUERYCAP",
    0xC0405602: "ENUM_FMT",
    0xC0D05605: "S_FMT",
    0xC0145608: "REQBUFS",
    0xC0585609: "QUERYBUF",
    0xC058560F: "QBUF",
    0xC0585611: "DQBUF",
    0x40045612: "STREAMON",
    0x40045613: "STREAMOFF",
    0xC008561C: "S_CTRL",
    0xC02C564A: "ENUM_FRAMESIZES",
}


def put(data: bytearray, at: int, *numbers: int) -> None:
    struct.pack_into(f"<{len(numbers)}I", data, at, *numbers)


def number(data: bytes | bytearray, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


class Video:
    """A drivers.document_scanner.v4l2_kernel.Kernel. ``fails``: call → errno; ``frames``: (bytes, broken)."""

    def __init__(self, *frames: bytes, formats: tuple[bytes, ...] = (b"YUYV", b"MJPG")) -> None:
        self.formats = formats
        self.sizes = [(640, 480), (2592, 1944), (1600, 1200)]
        self.frames: deque[tuple[bytes, bool]] = deque((frame, False) for frame in frames)
        self.fails: dict[str, int] = {}
        self.calls: list[str] = []
        self.controls: dict[int, int] = {}
        self.before: Callable[[str], None] = lambda _call: None
        self.metadata = frozenset({"1"})
        """Last signs of the nodes that carry no picture."""
        self.opened: set[int] = set()
        self.streaming = False
        self.granted = (0, 0, 0)
        self._next = 3
        self._captures = False
        self._buffers: list[mmap.mmap] = []
        self._queued: deque[int] = deque()

    def open(self, node: Path) -> int:
        self._call("open")
        self._captures = str(node)[-1] not in self.metadata
        self._next += 1
        self.opened.add(self._next)
        return self._next

    def close(self, fd: int) -> None:
        self.opened.remove(fd)

    def wait(self, fd: int, seconds: float) -> bool:
        assert fd in self.opened
        return bool(self.frames) or "DQBUF" in self.fails

    def map(self, fd: int, length: int, offset: int) -> mmap.mmap:
        assert (fd in self.opened, length) == (True, 1 << 16)
        return self._buffers[offset >> 16]

    def ioctl(self, fd: int, request: int, data: bytearray) -> None:
        assert fd in self.opened
        name = NAMES[request]
        assert len(data) == (request >> 16) & 0x3FFF
        self._call(name)
        getattr(self, f"_{name.lower()}")(data)

    def _call(self, name: str) -> None:
        self.calls.append(name)
        self.before(name)
        if name in self.fails:
            raise OSError(self.fails[name], os.strerror(self.fails[name]))

    def _querycap(self, data: bytearray) -> None:
        data[16:24] = b"Camera 1"
        put(data, 84, 0x84A00001, 0x04200001 if self._captures else 0x04A00000)

    def _enum_fmt(self, data: bytearray) -> None:
        data[44:48] = self._at(self.formats, data)

    def _enum_framesizes(self, data: bytearray) -> None:
        assert data[4:8] == b"MJPG"
        put(data, 8, 1, *self._at(self.sizes, data))

    def _s_fmt(self, data: bytearray) -> None:
        width, height, pixel_format = (number(data, at) for at in (8, 12, 16))
        assert number(data, 0) == 1
        known = (width, height) if (width, height) in self.sizes else self.sizes[0]
        self.granted = (*known, pixel_format)
        put(data, 8, *self.granted)

    def _reqbufs(self, data: bytearray) -> None:
        assert (number(data, 4), number(data, 8)) == (1, 1)
        self._buffers = [mmap.mmap(-1, 1 << 16) for _ in range(number(data, 0))]
        self._queued.clear()

    def _querybuf(self, data: bytearray) -> None:
        assert (number(data, 4), number(data, 60)) == (1, 1)
        put(data, 64, number(data, 0) << 16, 0, 1 << 16)

    def _qbuf(self, data: bytearray) -> None:
        assert number(data, 60) == 1
        self._queued.append(number(data, 0))

    def _dqbuf(self, data: bytearray) -> None:
        if not self.streaming or not self.frames:
            raise BlockingIOError(errno.EAGAIN, "none yet")
        index, (frame, broken) = self._queued.popleft(), self.frames.popleft()
        self._buffers[index][: len(frame)] = frame
        put(data, 0, index, 1, len(frame), ERROR if broken else 0)

    def _streamon(self, data: bytearray) -> None:
        assert (number(data, 0), len(self._queued)) == (1, 4)
        self.streaming = True

    def _streamoff(self, _data: bytearray) -> None:
        self.streaming = False

    def _s_ctrl(self, data: bytearray) -> None:
        self.controls[number(data, 0)] = number(data, 4)

    @staticmethod
    def _at(listed: tuple[bytes, ...] | list[tuple[int, int]], data: bytearray) -> Any:
        if number(data, 0) >= len(listed):
            raise OSError(errno.EINVAL, "the end")
        return listed[number(data, 0)]
