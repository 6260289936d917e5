"""Read TOML files into a strict model; refuse with file, line and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from config.lines import KeyPath
from config.merge import Merged, merge
from config.problem import Problem, SettingsError
from config.secret import MASK, is_secret, without_user
from config.sources import Source, read_source


class Section(BaseModel):
    """Part of a settings file: frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


M = TypeVar("M", bound=Section)


@dataclass(frozen=True, slots=True)
class Loaded(Generic[M]):
    """Settings that passed: their values, and where each stood for later complaints.

    ``file``: the one that the others add to. ``home``: the folder that relative paths start from. ``refused``: what is
    wrong with the settings that these, the last good ones, stand in for; empty normally.
    """

    file: Path
    values: M
    merged: Merged
    sources: tuple[Source, ...]
    home: Path
    refused: tuple[Problem, ...] = ()

    def problem(self, path: KeyPath, what: str, remedy: str) -> Problem:
        """A problem at this key."""
        return _at(self.file, self.merged, path, what, remedy)

    def beside(self, path: Path) -> Path:
        """``path`` taken from the settings file's own folder when it is relative."""
        return path if path.is_absolute() else self.home / path


def load(file: Path, model: type[M]) -> Loaded[M]:
    """Read ``file`` as ``model``. Raises SettingsError with every problem found."""
    return load_sources([read_source(file)], model, file.parent)


def load_sources(sources: Sequence[Source], model: type[M], home: Path) -> Loaded[M]:
    """The first of these with the others on top, as ``model``. Raises SettingsError with every problem found."""
    file, merged = sources[0].file, merge(sources)
    try:
        return Loaded(file, model.model_validate(merged.raw), merged, tuple(sources), home)
    except ValidationError as error:
        raise SettingsError([_problem(file, merged, dict(e)) for e in error.errors()]) from None


def _at(file: Path, merged: Merged, path: KeyPath, what: str, remedy: str) -> Problem:
    place = merged.place_of(path)
    return Problem(place.file, place.line, what, remedy) if place else Problem(file, 0, what, remedy)


def _problem(file: Path, merged: Merged, error: dict[str, Any]) -> Problem:
    path: KeyPath = error["loc"]
    name = ".".join(str(part) for part in path)
    match error["type"]:
        case "extra_forbidden":
            return _at(file, merged, path, f"unknown key {name}", "remove it, or correct its spelling")
        case "missing":
            return _at(file, merged, path, f"{name} is missing", f"add {path[-1]} = … to this table")
        case "value_error":
            what, _, remedy = str(error["ctx"]["error"]).partition(" → ")
            return _at(file, merged, path, f"{name}: {what}" if name else what, remedy or "correct this value")
        case _:
            given = MASK if is_secret(path) else without_user(repr(error["input"]))
            return _at(file, merged, path, f"{name}: {error['msg']} (got {given})", "correct this value")
