"""What is wrong with a settings file: where, what, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. ``line`` counts from 1; 0 when the file as a whole is meant."""

    file: Path
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{where}: {self.what}\n    → {self.remedy}"


class SettingsError(Exception):
    """A settings file is refused. Holds every problem found, in the file's order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (str(p.file), p.line))
        super().__init__("\n".join(str(p) for p in self.problems))
