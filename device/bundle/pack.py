"""A bundle as one ``.tar.gz``: the same parts give the same bytes, and never more than LARGEST."""

from __future__ import annotations

import gzip
import io
import tarfile
from datetime import UTC, datetime

from device.bundle.parts import Parts

LARGEST = 2 * 1024 * 1024
"""Bytes: it goes through the hall in one answer, base64 makes four thirds of it."""
SHORTENED = ("frames.json", "log.txt")
"""In this order, and from their beginning: what is newest stays."""


def pack(parts: Parts, largest: int = LARGEST) -> bytes:
    """All parts by name; logs and frames lose their older half until it is small enough."""
    parts = dict(parts)
    while len(packed := _tar(parts)) > largest:
        long = next((name for name in SHORTENED if len(parts.get(name, b"")) > 1024), None)
        if long is None:
            break
        parts[long] = _newer_half(parts[long])
    return packed


def unpack(packed: bytes) -> Parts:
    """The parts of a bundle."""
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as tar:
        return {member.name: _read(tar, member) for member in tar.getmembers() if member.isfile()}


def name_of(box: str, now_ms: int) -> str:
    """What to call it: ``yichuang-kiosk-1-20260105T013000Z.tar.gz``."""
    return f"yichuang-{box}-{datetime.fromtimestamp(now_ms / 1000, UTC):%Y%m%dT%H%M%SZ}.tar.gz"


def _tar(parts: Parts) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(parts):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(parts[name]), 0o644
            tar.addfile(member, io.BytesIO(parts[name]))
    return gzip.compress(raw.getvalue(), mtime=0)


def _newer_half(text: bytes) -> bytes:
    """From a whole line on."""
    half = text[len(text) // 2 :]
    return b"(shortened)\n" + half[half.find(b"\n") + 1 :]


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    found = tar.extractfile(member)
    return found.read() if found is not None else b""
