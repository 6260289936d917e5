"""Every sentence the product says, by language and room: ``zh-CN/kiosk.toml`` is said at the kiosk, in Chinese."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGES = ("zh-CN", "en")
"""First the one everybody gets, then the one beside it."""


@cache
def room(name: str, language: str) -> Mapping[str, str]:
    """The sentences of one room: flat keys to texts with ``{fields}``. Raises FileNotFoundError for no such room."""
    return tomllib.loads((files("config.wording") / language / f"{name}.toml").read_text(encoding="utf-8"))


def say(name: str, key: str, language: str = LANGUAGES[0], /, **fields: object) -> str:
    """One sentence of a room with its fields filled in. Raises KeyError for no such sentence."""
    return room(name, language)[key].format(**fields)


def both(name: str, key: str, /, **fields: object) -> dict[str, str]:
    """One sentence in every language, by language."""
    return {language: say(name, key, language, **fields) for language in LANGUAGES}


def one_line(name: str, key: str, /, **fields: object) -> str:
    """One sentence in every language, one beside the other: for command lines."""
    return "  ".join(both(name, key, **fields).values())
