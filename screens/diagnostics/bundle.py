"""The support bundle: one file, saved where the terminal was started."""

from __future__ import annotations

import asyncio
import base64
import binascii
import os
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from textual.binding import Binding

from hall.contract.maintenance import Bundle
from screens.diagnostics import refusal
from screens.diagnostics.client import Lost, RefusedVerb
from screens.diagnostics.colours import BOLD, QUIET
from screens.diagnostics.lines import Row, hanging, heading, mark, text
from screens.diagnostics.progress import TICK_S, running
from screens.diagnostics.terminal import Terminal, Visit
from screens.diagnostics.view import KeyName, View

EXPECTED_S = 10.0
OWNER_ALONE = 0o600


class BundleView(View):
    """Begins at Enter; an earlier bundle is never written over."""

    TITLE_KEY = "bundle"
    BINDINGS = [Binding("enter", "begin", show=False, priority=True)]

    def __init__(self, terminal: Terminal, visit: Visit) -> None:
        super().__init__(terminal, visit)
        self._visit = visit
        self._began: float | None = None
        self._saved: tuple[Path, int] | None = None
        self._failure: refusal.Failure | None = None

    def on_mount(self) -> None:
        """Say what it is."""
        super().on_mount()
        self.set_interval(TICK_S, self._tick)

    def keys(self) -> Sequence[KeyName]:
        """What the foot names."""
        return (("Enter", "key-save"),) if self._began is None and self._saved is None else ()

    def action_begin(self) -> None:
        """Fetch and save it."""
        if self._began is None and self._saved is None:
            self._began, self._failure = self.terminal.clock(), None
            self.run_worker(self._fetch(), group="bundle", exclusive=True)
            self.redraw()

    def told(self, width: int) -> Iterable[Row]:
        """What is in it, how far it is, where it is."""
        say = self.tongue.say
        yield heading(say("bundle"), first=True)
        yield text(say("bundle-what"), width)
        yield text(say("bundle-masked"), width)
        yield Row(((),))
        if self._began is not None:
            yield running(self.terminal.clock() - self._began, EXPECTED_S, self.tongue)
        elif self._failure is not None:
            yield from refusal.told(self._failure, self.tongue, width)
        elif self._saved is not None:
            file, size = self._saved
            told = say("bundle-saved", size=self.tongue.share(size))
            yield Row(hanging((mark("fine", ""),), told, BOLD, width))
            yield text(str(file), width)
        else:
            yield text(say("bundle-where", folder=self.terminal.folder), width, QUIET)

    async def _fetch(self) -> None:
        try:
            bundle = await self._visit.client.bundle()
            self._saved = await asyncio.to_thread(save, bundle, self.terminal.folder)
        except (Lost, RefusedVerb) as failure:
            self._failure = failure
        except ValueError:
            self._failure = refusal.Garbled()
        except OSError as failure:
            self._failure = refusal.Unsaved(self.terminal.folder, failure.strerror or str(failure))
        self._began = None
        self.redraw()

    def _tick(self) -> None:
        if self._began is not None:
            self.redraw()


def save(bundle: Bundle, folder: Path) -> tuple[Path, int]:
    """Write it for its owner alone; the file and its size. Raises OSError, ValueError for what is no bundle."""
    try:
        data = base64.b64decode(bundle.data, validate=True)
    except binascii.Error as wrong:
        raise ValueError("base64") from wrong
    name = PurePosixPath(bundle.name).name or "bundle.tar.gz"  # a name from the wire names no folder
    stem, dot, ending = name.partition(".")
    number = 1
    while True:
        file = folder / (name if number == 1 else f"{stem}-{number}{dot}{ending}")
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ALONE)
        except FileExistsError:
            number += 1
            continue
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(data)
        return file, len(data)
