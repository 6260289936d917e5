"""The system calls that a camera takes, in one place, so that a camera can be played without a kernel that has one."""

from __future__ import annotations

import fcntl
import mmap
import os
import select
from contextlib import suppress
from pathlib import Path
from typing import Protocol


class Kernel(Protocol):
    """What V4l2Camera calls; every call may raise OSError."""

    def open(self, node: Path) -> int:
        """A descriptor that never waits by itself."""

    def ioctl(self, fd: int, request: int, data: bytearray) -> None:
        """Carry out; the answer stands in ``data``."""

    def map(self, fd: int, length: int, offset: int) -> mmap.mmap:
        """One buffer of the camera."""

    def wait(self, fd: int, seconds: float) -> bool:
        """Whether a frame, or trouble, is there by then."""

    def close(self, fd: int) -> None:
        """Let go."""


class LinuxKernel:
    """The real one."""

    def open(self, node: Path) -> int:
        """See Kernel."""
        return os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def ioctl(self, fd: int, request: int, data: bytearray) -> None:
        """See Kernel."""
        fcntl.ioctl(fd, request, data, True)

    def map(self, fd: int, length: int, offset: int) -> mmap.mmap:
        """See Kernel."""
        return mmap.mmap(fd, length, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE, offset=offset)

    def wait(self, fd: int, seconds: float) -> bool:
        """See Kernel."""
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def close(self, fd: int) -> None:
        """See Kernel."""
        with suppress(OSError):
            os.close(fd)
