"""The verb *bundle*: of a running box, of one that runs for maintenance alone, and of one that does not run."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from config.box import BoxSettings
from config.loader import Loaded
from config.logs import recent_lines
from device.bundle import parts as part
from device.bundle.pack import name_of, pack
from device.bundle.parts import Parts
from device.clock import Clock
from hall.contract.maintenance import BoxReport, Bundle, Frames

LISTEN_S = 3.0
"""How long lines are listened to when nobody has listened before: a poll of each device, and its answer."""


class Reports(Protocol):
    """Says how the box is (device.maintenance.report)."""

    async def report(self) -> BoxReport:
        """The whole box."""


class Lines(Protocol):
    """Reads along (device.maintenance.frames)."""

    async def watch(self, seconds: float) -> list[Frames]:
        """What passes on every line for so long, with what was kept before."""


def bundling(loaded: Loaded[BoxSettings], clock: Clock) -> Callable[[Reports, Lines], Callable[[], Awaitable[Bundle]]]:
    """What answers the verb, once it is told whom to ask."""

    def with_these(reports: Reports, lines: Lines) -> Callable[[], Awaitable[Bundle]]:
        async def tell() -> Bundle:
            frames = await lines.watch(LISTEN_S)
            packed = await asyncio.to_thread(_packed, loaded, await reports.report(), frames)
            box = loaded.values.box.name
            return Bundle(name=name_of(box, clock.wall_ms()), data=base64.b64encode(packed).decode())

        return tell

    return with_these


def _packed(loaded: Loaded[BoxSettings], report: BoxReport, frames: Iterable[Frames]) -> bytes:
    vocabulary = part.vocabulary_of(loaded)
    told = {**part.report_part(report, vocabulary), **part.frames_part(frames)}
    return pack({**standing(loaded), **told, **part.log_part(recent_lines(), vocabulary)})


def standing(loaded: Loaded[BoxSettings]) -> Parts:
    """What can be told of a box without asking it."""
    data = loaded.beside(loaded.values.box.data)
    return {**part.settings_part(loaded), **part.system_part(data), **part.journal_part(data)}
