"""Why a box said no, or nothing, or what came cannot be used: in words, in the language chosen when it is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from screens.diagnostics.client import Lost, RefusedVerb
from screens.diagnostics.colours import BOLD
from screens.diagnostics.lines import Row, hanging, mark
from screens.diagnostics.tongue import Tongue


class Garbled(Exception):
    """What came is not whole."""


class Unsaved(Exception):
    """A file could not be written."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(why)
        self.folder = folder
        self.why = why


Failure = Lost | RefusedVerb | Garbled | Unsaved


def words(failure: Failure, tongue: Tongue) -> str:
    """In its own words where it sent some."""
    match failure:
        case RefusedVerb():
            return tongue.of(failure.texts) or tongue.say("refused-unsaid", error=failure.error)
        case Lost():
            return tongue.of(failure.texts) or tongue.say("check-lost")
        case Unsaved():
            return tongue.say("bundle-unsaved", folder=failure.folder, why=failure.why)
        case Garbled():
            return tongue.say("garbled")


def told(failure: Failure | None, tongue: Tongue, width: int) -> Iterator[Row]:
    """A row, where there is a failure."""
    if failure is not None:
        yield Row(hanging((mark("error", ""),), words(failure, tongue), BOLD, width))
