"""A recording: one JSON object a line, the header first. What was masked on the way is masked in the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from drivers.dialect.spoken import Dialect, Piece, as_object, from_object
from drivers.dialect.table import dialect_of

FORMAT = 1


class NoRecording(Exception):
    """A file that is none, or of another version. "what → remedy"."""


@dataclass(frozen=True, slots=True)
class Header:
    """Which line it is. ``devices``: model and options of each, which tell how it speaks."""

    port: str
    baud: int = 9600
    devices: tuple[tuple[str, Mapping[str, Any]], ...] = field(default=())

    def as_object(self) -> dict[str, Any]:
        """For the first line of a recording."""
        devices = [{"model": model, "options": dict(options)} for model, options in self.devices]
        return {"yichuang-monitor": FORMAT, "port": self.port, "baud": self.baud, "devices": devices}

    def dialects(self) -> list[Dialect]:
        """How they speak."""
        return [dialect_of(model, options) for model, options in self.devices]


def header_of(told: Mapping[str, Any]) -> Header:
    """What a daemon or a recording says first. Raises ValueError."""
    try:
        devices = tuple((str(device["model"]), dict(device["options"])) for device in told["devices"])
        return Header(str(told["port"]), int(told["baud"]), devices)
    except (KeyError, TypeError, ValueError):
        raise ValueError("no header of a monitor") from None


class Recorder:
    """Writes pieces as they come; a line is whole once it is written."""

    def __init__(self, file: TextIO, header: Header) -> None:
        self._file = file
        self._write(header.as_object())

    def add(self, piece: Piece) -> None:
        """One more. Times count from the monitor's beginning."""
        self._write(as_object(piece, 0.0))

    def _write(self, told: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(told, ensure_ascii=False) + "\n")
        self._file.flush()


def load_recording(path: Path) -> tuple[Header, list[Piece]]:
    """All of a recording. Raises NoRecording."""
    try:
        with path.open(encoding="utf-8") as file:
            return _loaded(file)
    except (OSError, UnicodeDecodeError) as failure:
        raise NoRecording(f"{path}: {failure} → give a file that yichuang monitor --record made") from None
    except ValueError as wrong:
        raise NoRecording(f"{path}: {wrong} → give a file that yichuang monitor --record made") from None


def _loaded(file: Iterator[str]) -> tuple[Header, list[Piece]]:
    lines = (json.loads(line) for line in file)
    first = next(lines, None)
    if not isinstance(first, dict) or first.get("yichuang-monitor") != FORMAT:
        raise ValueError(f"no recording of version {FORMAT}")
    return header_of(first), [from_object(line) for line in lines]
