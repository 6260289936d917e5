"""The files that settings are made of: one, and the drop-ins of the folder beside it, in the order of their names."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.problem import Problem, SettingsError


@dataclass(frozen=True, slots=True)
class Source:
    """One file as it was read."""

    file: Path
    text: str
    raw: dict[str, Any]


def read_source(file: Path) -> Source:
    """Raises SettingsError for a file that is not there, is not readable, or is no TOML."""
    try:
        return source_of(file, file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError([Problem(file, 0, "no such file", "give the path of an existing settings file")]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([Problem(file, 0, str(error), "make the file readable UTF-8 text")]) from None


def source_of(file: Path, text: str) -> Source:
    """This text, as if it stood in ``file``. Raises SettingsError when it is no TOML."""
    try:
        return Source(file, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([Problem(file, _toml_line(error), str(error), "correct the TOML on this line")]) from None


def drop_ins_of(file: Path) -> Path:
    """The folder of a file's drop-ins: ``box.toml.d`` beside ``box.toml``."""
    return file.with_name(f"{file.name}.d")


def read_drop_ins(file: Path) -> list[Source]:
    """All ``*.toml`` of that folder by name; none without one. Raises SettingsError with the problems of all."""
    problems: list[Problem] = []
    sources: list[Source] = []
    for drop_in in sorted(drop_ins_of(file).glob("*.toml"), key=lambda found: found.name):
        try:
            sources.append(read_source(drop_in))
        except SettingsError as refused:
            problems += refused.problems
    if problems:
        raise SettingsError(problems)
    return sources


def _toml_line(error: tomllib.TOMLDecodeError) -> int:
    words = str(error).split("at line ")
    return int(words[1].split(",")[0]) if len(words) > 1 else 0
