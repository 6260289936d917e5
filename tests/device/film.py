"""What a power cut leaves of a box: an image of its folder after each commit, taken while it works on."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from device.watch import Watch
from device.writer import Commit, Writer
from tests.device.inline_writer import InlineWriter

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Frame:
    """The box's folder, and what its world had seen of it by then."""

    folder: Path
    seen: Any


class Film:
    """Give ``writer`` to a journal in ``folder``: each commit adds a frame. ``look`` tells what the world has seen."""

    def __init__(self, folder: Path, images: Path, look: Callable[[], Any] = lambda: None) -> None:
        self.frames: list[Frame] = []
        self.look = look
        self._folder = folder
        self._images = images
        film = self

        class Filming(InlineWriter):
            def submit(self, work: Callable[[], T]) -> asyncio.Future[T]:
                written = super().submit(work)
                film.shoot()
                return written

            def __init__(
                self, commit: Commit, probe: Callable[[], None], settled: Watch, stopping: Watch, now: Callable[[], int]
            ) -> None:
                super().__init__(commit, probe, settled, stopping, now)
                film.shoot()

        self.writer: type[Writer] = Filming

    def shoot(self) -> None:
        image = self._images / f"{len(self.frames):03d}"
        shutil.copytree(self._folder, image)
        self.frames.append(Frame(image, self.look()))
