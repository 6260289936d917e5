"""What would have sounded, as a WAV file whose time axis is real: silence stands in it where nothing was played.

For tests and demonstrations on machines without a sound card. Playing takes as long as on a card. What was said stands
beside it, a line a sound: where it begins and ends, in seconds, and the words, as Audacity reads label tracks.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from drivers.contract import Gone
from drivers.deadline import Deadline
from drivers.speaker.sound import RATE, SAMPLE_BYTES, seconds
from drivers.speaker.wav import HEADER_BYTES, header

MOST_BYTES = 1 << 31
"""Thirteen hours; the file is begun anew then. Silence takes no room on the disk (it is a hole)."""


class SoundFile:
    """A drivers.speaker.sink.Sink. The file is begun anew at the first opening; its header is right at any time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._began: float | None = None
        self._end = 0
        """Bytes of sound in the file."""

    async def check(self, deadline: Deadline) -> None:  # noqa: ARG002 - a file answers at once
        """Begin the file, or see that it is still there. Raises Gone."""
        if self._began is None:
            await self._on_disk(0, b"")
            labels(self._file).unlink(missing_ok=True)
            self._began = asyncio.get_running_loop().time()
        elif not await asyncio.to_thread(self._file.is_file):
            self._began, self._end = None, 0
            raise Gone(f"{self._file} is gone")

    async def play(self, pcm: bytes, deadline: Deadline, said: str = "") -> None:
        """Write it where it sounds, and wait as long. What was cut off has not sounded. Raises Gone, Silent."""
        await self.check(deadline)
        now = asyncio.get_running_loop().time()
        start = max(self._end, self._bytes_until(now))
        if start + len(pcm) > MOST_BYTES:
            self._began, start = now, 0
        await self._on_disk(start, pcm)
        self._end = start + len(pcm)
        try:
            async with deadline.limit(f"{self._file} still plays"):
                await asyncio.sleep(now + seconds(pcm) - asyncio.get_running_loop().time())
        except BaseException:
            self._end = min(self._end, max(start, self._bytes_until(asyncio.get_running_loop().time())))
            with suppress(OSError):
                _write(self._file, self._end, b"")
            raise
        finally:
            if said and self._end > start:
                with suppress(OSError):
                    _note(self._file, start, self._end, said)

    async def close(self) -> None:
        """Nothing is held; the file goes on when it is opened again."""

    def _bytes_until(self, now: float) -> int:
        return round((now - (self._began or now)) * RATE) * SAMPLE_BYTES

    async def _on_disk(self, start: int, pcm: bytes) -> None:
        try:
            await asyncio.to_thread(_write, self._file, start, pcm)
        except OSError as error:
            self._began, self._end = None, 0
            raise Gone(f"{self._file}: {error.strerror}") from None


def _write(file: Path, start: int, pcm: bytes) -> None:
    """The file ends with this sound, ``start`` bytes behind its header. Raises OSError."""
    flags = os.O_WRONLY | (os.O_CREAT if not start else 0)
    descriptor = os.open(file, flags, 0o644)
    try:
        os.ftruncate(descriptor, HEADER_BYTES + start)
        os.pwrite(descriptor, pcm, HEADER_BYTES + start)
        os.pwrite(descriptor, header(start + len(pcm)), 0)
    finally:
        os.close(descriptor)


def labels(file: Path) -> Path:
    """Where the words of a sound file stand."""
    return file.with_suffix(".txt")


def _note(file: Path, start: int, end: int, said: str) -> None:
    """Add what has sounded there. Raises OSError."""
    begins, ends = (at / SAMPLE_BYTES / RATE for at in (start, end))
    with labels(file).open("a" if start else "w", encoding="utf-8") as track:
        track.write(f"{begins:.3f}\t{ends:.3f}\t{' '.join(said.split())}\n")
