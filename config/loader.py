"""Read a TOML file into a strict model; refuse with file, line and remedy."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from config.lines import KeyPath, key_lines, line_of
from config.problem import Problem, SettingsError


class Section(BaseModel):
    """Part of a settings file: frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


M = TypeVar("M", bound=Section)


@dataclass(frozen=True, slots=True)
class Loaded(Generic[M]):
    """A settings file that passed: its values, and where each stood for later complaints."""

    file: Path
    values: M
    lines: dict[KeyPath, int]

    def problem(self, path: KeyPath, what: str, remedy: str) -> Problem:
        """A problem at this key."""
        return Problem(self.file, line_of(self.lines, path), what, remedy)

    def beside(self, path: Path) -> Path:
        """``path`` taken from the settings file's own folder when it is relative."""
        return path if path.is_absolute() else self.file.parent / path


def load(file: Path, model: type[M]) -> Loaded[M]:
    """Read ``file`` as ``model``. Raises SettingsError with every problem found."""
    try:
        text = file.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except FileNotFoundError:
        raise SettingsError([Problem(file, 0, "no such file", "give the path of an existing settings file")]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([Problem(file, 0, str(error), "make the file readable UTF-8 text")]) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([Problem(file, _toml_line(error), str(error), "correct the TOML on this line")]) from None
    lines = key_lines(text)
    try:
        return Loaded(file, model.model_validate(raw), lines)
    except ValidationError as error:
        raise SettingsError([_problem(file, lines, dict(e)) for e in error.errors()]) from None


def _toml_line(error: tomllib.TOMLDecodeError) -> int:
    words = str(error).split("at line ")
    return int(words[1].split(",")[0]) if len(words) > 1 else 0


def _problem(file: Path, lines: dict[KeyPath, int], error: dict[str, Any]) -> Problem:
    path: KeyPath = error["loc"]
    name = ".".join(str(part) for part in path)
    line = line_of(lines, path)
    match error["type"]:
        case "extra_forbidden":
            return Problem(file, line, f"unknown key {name}", "remove it, or correct its spelling")
        case "missing":
            return Problem(file, line, f"{name} is missing", f"add {path[-1]} = … to this table")
        case "value_error":
            what, _, remedy = str(error["ctx"]["error"]).partition(" → ")
            return Problem(file, line, f"{name}: {what}" if name else what, remedy or "correct this value")
        case _:
            return Problem(file, line, f"{name}: {error['msg']} (got {error['input']!r})", "correct this value")
