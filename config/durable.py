"""A file is there whole or not at all, whatever happens to the power meanwhile."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_durably(file: Path, data: bytes, mode: int = 0o600) -> None:
    """Put ``data`` in the place of ``file``; what was there stays until the new one is on the disk. Raises OSError."""
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            os.fchmod(out.fileno(), mode)  # whatever the umask is
            os.fsync(out.fileno())
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """What was renamed or made in it survives a power cut. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
