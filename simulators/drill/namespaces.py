"""A network and a file system of the drill's own, so that nothing it does can reach what runs beside it.

Linux only, and only where it is allowed (root, or CAP_SYS_ADMIN): unshare(2), mount(2), netdevice(7).
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWNET = 0x40000000
MS_NOSUID, MS_NODEV = 0x2, 0x4
MS_REC, MS_PRIVATE = 0x4000, 0x40000
MNT_DETACH = 2
SIOCSIFFLAGS = 0x8914
IFF_UP, IFF_RUNNING = 0x1, 0x40

_libc = ctypes.CDLL(None, use_errno=True)


def isolate() -> str:
    """Take namespaces of our own, with a loopback that is up and mounts nobody else sees.

    Call it before the first thread. Gives why it is not allowed; "" when it is done.
    """
    if _libc.unshare(CLONE_NEWNET | CLONE_NEWNS) != 0:
        return os.strerror(ctypes.get_errno())
    _checked(_libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING))
    return ""


def mount_disk(at: Path, megabytes: int) -> None:
    """A disk of this size in memory, which only our namespace sees. Raises OSError."""
    at.mkdir(parents=True, exist_ok=True)
    size = f"size={megabytes}m,mode=700".encode()
    _checked(_libc.mount(b"tmpfs", bytes(at), b"tmpfs", MS_NOSUID | MS_NODEV, size))


def unmount(at: Path) -> None:
    """Let go of a disk and everything on it. Raises OSError."""
    _checked(_libc.umount2(bytes(at), MNT_DETACH))


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
