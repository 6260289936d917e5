"""The files that settings name must be there before anything starts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.lines import KeyPath
from config.loader import Loaded
from config.problem import SettingsError


def must_exist(loaded: Loaded[Any], files: Mapping[KeyPath, tuple[Path, str]]) -> None:
    """Raises SettingsError for each file that is not there; the text beside it says what makes it."""
    problems = [
        loaded.problem(path, f"no such file: {loaded.beside(file)}", remedy)
        for path, (file, remedy) in files.items()
        if not loaded.beside(file).is_file()
    ]
    if problems:
        raise SettingsError(problems)
