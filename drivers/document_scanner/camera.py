"""A document camera (高拍仪): what lies under its lens, as its own JPEG, byte for byte.

| the camera | becomes |
|---|---|
| node opened by another program (EBUSY), no USB bandwidth left (ENOSPC) | NotScanned, `scanner-busy` |
| no permission for the node | NotScanned, `access-denied` |
| unplugged (ENODEV, ENXIO, EIO, no node) | Gone |
| no MJPG, no node that captures, no V4L2 device | Refused, configuration |
| no frame by the deadline | Silent |
| frames, but none of them whole by the deadline | Garbled |
| feeder or duplex, grey or black-white asked for | Refused, unsupported_command |
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drivers.contract import (
    Colour,
    CompletionCode,
    MediaType,
    Page,
    Refused,
    Remedy,
    ScanRequest,
    Source,
    State,
)
from drivers.contract.document_scanner import unheard
from drivers.deadline import Deadline
from drivers.document_scanner import png
from drivers.document_scanner.cancelling import Cancelling
from drivers.document_scanner.folder_camera import FolderCamera, Take, measured
from drivers.document_scanner.frame_source import FrameSource
from drivers.document_scanner.v4l2_camera import V4l2Camera, Wanted

FORM = "v4l2:/dev/v4l/by-path/…-video-index0, or folder:PATH of a folder with pictures"


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """``width`` x ``height``: 0 for the largest that it has. ``settle_frames``: dropped until exposure and focus stand.

    ``mains_hz``: against stripes of lamps, 0 leaves the camera alone. ``autofocus``: None leaves it alone. ``take``:
    which picture of a folder (drivers/document_scanner/folder_camera.py).
    """

    width: int = 0
    height: int = 0
    settle_frames: int = 10
    mains_hz: int = 50
    autofocus: bool | None = None
    take: Take = "newest"

    def __post_init__(self) -> None:
        if bool(self.width) is not bool(self.height) or min(self.width, self.height) < 0:
            raise ValueError(f"width = {self.width}, height = {self.height} → give both, or neither for the largest")
        if not 0 <= self.settle_frames <= 100:
            raise ValueError(f"settle_frames = {self.settle_frames} → give 0 to 100")
        if self.mains_hz not in (0, 50, 60):
            raise ValueError(f"mains_hz = {self.mains_hz} → give 50, 60, or 0")


class DocumentCamera:
    """A drivers.contract.DocumentScanner with nothing but a flatbed, which knows no dpi."""

    Settings = CameraSettings
    family = "document_scanner"
    reads = "camera"
    poll_seconds = 5.0
    open_seconds = 5.0

    def __init__(self, settings: CameraSettings, source: FrameSource) -> None:
        del settings  # a frame source has been made from them
        self._source = source
        self._cancelling = Cancelling()

    @classmethod
    def at(cls, settings: CameraSettings, port: str) -> DocumentCamera:
        """The driver of the camera at a port, FORM. Raises ValueError, "what → remedy"."""
        kind, _, path = port.partition(":")
        if not path.startswith("/") or kind not in ("v4l2", "folder"):
            raise ValueError(f"{port} is no camera → give {FORM}")
        if kind == "folder":
            return cls(settings, FolderCamera(Path(path), settings.take))
        wanted = Wanted(settings.width, settings.height, settings.settle_frames, settings.mains_hz, settings.autofocus)
        return cls(settings, V4l2Camera(Path(path), wanted))

    async def open(self, deadline: Deadline) -> State:
        """Find it. Raises one of the four."""
        await self._source.open(deadline)
        return State.of()

    async def poll(self, deadline: Deadline) -> State:
        """See that it is still there. Raises one of the four."""
        await self._source.check(deadline)
        return State.of()

    async def scan(
        self, request: ScanRequest, deadline: Deadline, came: Callable[[Page], None] = unheard
    ) -> tuple[Page, ...]:
        """One page; ``dpi`` and ``area`` mean nothing here. Raises one of the four."""
        if request.source is not Source.FLATBED or request.colour is not Colour.COLOUR:
            what = "a camera takes what lies under it, in colour"
            raise Refused(what, CompletionCode.UNSUPPORTED_COMMAND, Remedy.NONE)
        async with self._cancelling.scanning():
            image = await self._source.still(deadline)
            size = await asyncio.to_thread(measured, image)
            kind = MediaType.PNG if image.startswith(png.SIGNATURE) else MediaType.JPEG
            page = Page(1, kind, image, size.width, size.height, None)
            came(page)
            return (page,)

    def cancel(self) -> None:
        """End the scan that runs."""
        self._cancelling.ask()

    async def close(self) -> None:
        """Let go of it."""
        await self._source.close()
