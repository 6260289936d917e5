"""The last good settings: kept once a start has become ready, and what a box runs on when newer ones are refused.

``<data>/settings.good/`` holds the files as they were: the settings' own name, and its folder of drop-ins beside it.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import structlog

from config.box import BoxSettings, load_box
from config.loader import Loaded
from config.problem import SettingsError
from config.sources import drop_ins_of

T = TypeVar("T")
log = structlog.get_logger()

FOLDER, NEW, OLD = "settings.good", "settings.good.new", "settings.good.old"
"""``old`` is there only where the power went while they were exchanged."""

READY_LOOK_S = 0.5

_DATA = re.compile(r"""^\s*data\s*=\s*(["'])(?P<data>[^"']+)\1""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LastGood:
    """The copy of one settings file. ``home``: that file's own folder, where relative paths start."""

    file: Path
    home: Path

    @classmethod
    def of(cls, loaded: Loaded[BoxSettings]) -> LastGood:
        """The copy that goes with these settings."""
        folder = loaded.beside(loaded.values.box.data) / FOLDER
        return cls(folder / loaded.file.name, loaded.home)

    @classmethod
    def of_refused(cls, file: Path) -> LastGood | None:
        """The copy for a file that may not even be TOML; None when nobody can tell where its data would be.

        The unit's state folder (STATE_DIRECTORY, systemd.exec(5)) is looked into where the file names none.
        """
        texts = []
        for source in (file, *sorted(drop_ins_of(file).glob("*.toml"))):
            with suppress(OSError, UnicodeDecodeError):
                texts.append(source.read_text(encoding="utf-8"))
        named = [file.parent / found["data"] for text in reversed(texts) for found in _DATA.finditer(text)]
        named += [Path(folder) for folder in os.environ.get("STATE_DIRECTORY", "").split(":") if folder]
        kept = [cls(folder / name / file.name, file.parent) for folder in named for name in (FOLDER, OLD)]
        return next((copy for copy in kept if copy.file.is_file()), None)

    def load(self) -> Loaded[BoxSettings]:
        """Read it. Raises SettingsError."""
        return load_box(self.file, home=self.home)

    def keep(self, loaded: Loaded[BoxSettings]) -> None:
        """Put these in its place, whole or not at all: their texts as they were read. Raises OSError."""
        folder = self.file.parent
        fresh, old = folder.with_name(NEW), folder.with_name(OLD)
        for left_over in (fresh, old):
            shutil.rmtree(left_over, ignore_errors=True)
        base, *drop_ins = loaded.sources
        copy = fresh / self.file.name
        drop_ins_of(copy).mkdir(mode=0o700, parents=True)
        fresh.chmod(0o700)
        for place, text in [
            (copy, base.text),
            *((drop_ins_of(copy) / source.file.name, source.text) for source in drop_ins),
        ]:
            place.touch(mode=0o600)
            place.write_text(text, encoding="utf-8", newline="")
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
        shutil.rmtree(old, ignore_errors=True)


def or_last_good(file: Path, build: Callable[[Loaded[BoxSettings]], T]) -> tuple[Loaded[BoxSettings], T]:
    """The settings in ``file`` and what ``build`` makes of them, or the last good ones when either is refused.

    Raises SettingsError, of the settings as they stand, when there are none that were good, or those no longer hold.
    """
    try:
        loaded = load_box(file)
        return loaded, build(loaded)
    except SettingsError as refused:
        copy = LastGood.of_refused(file)
        if copy is None:
            raise
        try:
            good = copy.load()
            return replace(good, refused=tuple(refused.problems)), build(good)
        except SettingsError:
            raise refused from None


async def keep_once_ready(loaded: Loaded[BoxSettings], is_ready: Callable[[], bool]) -> None:
    """Keep these settings as the last good ones once the box is ready; those that are a copy need not be."""
    if loaded.refused:
        return
    while not is_ready():  # noqa: ASYNC110 - uvicorn tells by a flag that it has started
        await asyncio.sleep(READY_LOOK_S)
    try:
        await asyncio.to_thread(LastGood.of(loaded).keep, loaded)
    except OSError as failed:
        log.warning("settings not kept", why=str(failed.strerror))
