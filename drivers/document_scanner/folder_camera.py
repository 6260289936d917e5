"""A folder of pictures in place of a camera: what another program takes, or pictures for a demonstration."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

from drivers.contract import CompletionCode, Garbled, Gone, Refused, Remedy
from drivers.deadline import Deadline
from drivers.document_scanner import jpeg, png
from drivers.document_scanner.measure import MOST_BYTES, Measure

KINDS = (".jpg", ".jpeg", ".png")
LOOK_SECONDS = 0.1
"""Between two looks for a picture that is still being written, or has not come yet."""

Take = Literal["newest", "next", "coming"]


class FolderCamera:
    """A drivers.document_scanner.frame_source.FrameSource.

    ``take``: the ``newest`` picture; the ``next`` one by name, behind the last the first again; or the first one that
    is ``coming`` after it was asked for. One that is still being written is waited for.
    """

    def __init__(self, folder: Path, take: Take) -> None:
        self._folder = folder
        self._take = take
        self._last = ""

    async def open(self, deadline: Deadline) -> None:
        """See that the folder is there. Raises Gone."""
        await self.check(deadline)

    async def check(self, deadline: Deadline) -> None:
        """See that the folder is there. Raises Gone, Silent."""
        async with deadline.limit(f"{self._folder} does not answer"):
            await asyncio.to_thread(self._pictures)

    async def still(self, deadline: Deadline) -> bytes:
        """The picture. Raises Gone; Refused when there is none; Garbled when it does not become whole in time."""
        before = await asyncio.to_thread(self._pictures) if self._take == "coming" else {}
        while True:
            taken = await asyncio.to_thread(self._whole, before)
            if isinstance(taken, bytes):
                return taken
            if deadline.left() <= LOOK_SECONDS:
                raise taken
            await asyncio.sleep(LOOK_SECONDS)

    async def close(self) -> None:
        """Nothing is held."""

    def _whole(self, before: dict[str, int]) -> bytes | Refused | Garbled:
        """The picture, or why there is none yet. Raises Gone; Refused where waiting is of no use."""
        file = self._chosen(before)
        if file is None:
            nothing = Refused(f"no picture in {self._folder}", CompletionCode.USER_ERROR, Remedy.NONE)
            if self._take == "coming":
                return nothing
            raise nothing
        try:
            data = file.read_bytes() if file.stat().st_size <= MOST_BYTES else b""
            measured(data)
        except Garbled as fault:
            return fault
        except OSError:
            return Garbled(f"{file.name} cannot be read")
        self._last = file.name
        return data

    def _chosen(self, before: dict[str, int]) -> Path | None:
        there = self._pictures()
        if self._take == "next":
            names = sorted(there)
            after = [name for name in names if name > self._last]
            name = next(iter(after or names), None)
        else:
            new = {name: at for name, at in there.items() if before.get(name) != at}
            name = max(new, key=lambda each: (new[each], each), default=None)
        return None if name is None else self._folder / name

    def _pictures(self) -> dict[str, int]:
        """Names, and when each was last written, in ns. Raises Gone."""
        found = {}
        try:
            for file in self._folder.iterdir():
                if file.suffix.lower() in KINDS and not file.name.startswith(".") and file.is_file():
                    found[file.name] = file.stat().st_mtime_ns
        except FileNotFoundError as failure:
            if not self._folder.is_dir():
                raise Gone(f"{self._folder} is not there") from failure
        except OSError as failure:
            raise Gone(f"{self._folder} cannot be read: {failure.strerror}") from failure
        return found


def measured(data: bytes) -> Measure:
    """Of a JPEG or a PNG. Raises Garbled when it is neither, or not whole."""
    return png.measure(data) if data.startswith(png.SIGNATURE) else jpeg.measure(data)
