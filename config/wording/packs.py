"""Language packs: further languages that a hall lays beside the product's own two, as a folder of its own.

A pack is a folder named by its BCP 47 tag. ``pack.toml`` says how the language is called and written; beside it stand
rooms as in ``config/wording/zh-CN``, as many sentences as there are: what a pack does not say is said in the language
that stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Literal

from pydantic import Field

from config.loader import Loaded, Section, load
from config.problem import Problem, SettingsError
from config.wording import LANGUAGES, room

DESCRIPTION = "pack.toml"
TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class Description(Section):
    """How a language is called, in itself, and written. ``beside``: the product's language that stands with it."""

    name: str = Field(min_length=1, max_length=40)
    direction: Literal["ltr", "rtl"] = "ltr"
    writing: Literal["horizontal", "vertical"] = "horizontal"
    beside: Literal["zh-CN", "en"] = "zh-CN"
    font: str = Field(default="", pattern=r"^[\w ]*$")


class _Room(Section):
    """A room of a pack is read as any settings file is, for the lines of what is wrong in it."""

    model_config = {"extra": "allow"}


@dataclass(frozen=True, slots=True)
class Pack:
    """One further language."""

    tag: str
    description: Description
    rooms: Mapping[str, Mapping[str, str]]


def load_packs(folder: Path) -> list[Pack]:
    """All packs in a folder, by tag. Raises SettingsError with all that is wrong in any of them."""
    if not folder.is_dir():
        raise SettingsError([Problem(folder, 0, "no such folder", "give the folder that the language packs stand in")])
    packs: list[Pack] = []
    problems: list[Problem] = []
    for each in sorted(path for path in folder.iterdir() if path.is_dir()):
        try:
            packs.append(_pack(each))
        except SettingsError as wrong:
            problems += wrong.problems
    if problems:
        raise SettingsError(problems)
    return packs


def _pack(folder: Path) -> Pack:
    if not TAG.fullmatch(folder.name) or folder.name in LANGUAGES:
        what = f"{folder.name} is no tag of a further language"
        raise SettingsError([Problem(folder, 0, what, "name the folder by its BCP 47 tag: zh-TW, ug, mn-Mong")])
    description = load(folder / DESCRIPTION, Description).values
    rooms = {file.stem: load(file, _Room) for file in sorted(folder.glob("*.toml")) if file.name != DESCRIPTION}
    problems = [problem for name, told in rooms.items() for problem in _problems(name, told)]
    if problems:
        raise SettingsError(problems)
    return Pack(folder.name, description, {name: told.values.model_extra or {} for name, told in rooms.items()})


def _problems(name: str, told: Loaded[_Room]) -> Iterator[Problem]:
    known = rooms()
    if name not in known:
        yield Problem(told.file, 0, f"no room {name}", f"rooms are: {', '.join(known)}")
        return
    ours = room(name, LANGUAGES[0])
    for key, text in (told.values.model_extra or {}).items():
        if key not in ours:
            yield told.problem((key,), f"no sentence {key}", "remove it, or correct its spelling")
        elif not isinstance(text, str) or not text.strip():
            yield told.problem((key,), f"{key} says nothing", "write the sentence, or remove the line")
        elif (fields := _fields(ours[key])) != _fields(text):
            wanted = " ".join(sorted(f"{{{field}}}" for field in fields)) or "none"
            yield told.problem((key,), f"{key} has other fields than {ours[key]}", f"it needs: {wanted}")


def _fields(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return {"{"}  # a brace that is not closed


def rooms() -> Sequence[str]:
    """The names of all rooms."""
    folder = files("config.wording") / LANGUAGES[0]
    return sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))
