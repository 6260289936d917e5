"""Every setting of a file one by one: its key with dots, its value, where it came from, what it means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from config.lines import KeyPath
from config.loader import Loaded, Section
from config.meaning import default_of, meaning_of, type_of
from config.merge import Place
from config.secret import MASK, is_secret, without_user

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Listed:
    """One setting in effect. ``places``: all that set it, the last one in effect; none: it is the default.

    ``type``, ``meaning`` "" and ``has_default`` False for an option, which is its driver's to explain.
    """

    key: str
    path: KeyPath
    value: Any
    default: Any
    has_default: bool
    places: tuple[Place, ...]
    type: str = ""
    meaning: str = ""

    @property
    def origin(self) -> str:
        """``file:line``, or ``default``."""
        return str(self.places[-1]) if self.places else DEFAULT

    def written(self, value: Any) -> str:
        """A value of this key as TOML, masked where it is a secret."""
        return MASK if is_secret(self.path) and value else without_user(as_toml(value))


def listing(loaded: Loaded[Any]) -> list[Listed]:
    """All of them: what is written, in the files' order, then the defaults."""
    order = {source.file: index for index, source in enumerate(loaded.sources)}
    found = list(_section(loaded, loaded.values, (), ""))
    written = [listed for listed in found if listed.places]
    written.sort(key=lambda listed: (order[listed.places[0].file], listed.places[0].line))
    return [*written, *(listed for listed in found if not listed.places)]


def as_toml(value: Any) -> str:
    """A value as it would be written; "" for nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str() | Path():
            return json.dumps(str(value), ensure_ascii=False)
        case BaseModel():
            return as_toml(value.model_dump(exclude_unset=True))
        case dict():
            inside = ", ".join(f"{name} = {as_toml(part)}" for name, part in value.items())
            return f"{{ {inside} }}" if inside else "{}"
        case list() | tuple():
            return f"[{', '.join(map(as_toml, value))}]"
        case _:
            return str(value)


def _section(loaded: Loaded[Any], section: Section, path: KeyPath, key: str) -> Iterator[Listed]:
    for name, field in type(section).model_fields.items():
        value, at, dotted = getattr(section, name), (*path, name), f"{key}.{name}".removeprefix(".")
        if isinstance(value, Section):
            yield from _section(loaded, value, at, dotted)
        elif isinstance(value, list) and value and isinstance(value[0], Section):
            for index, item in enumerate(value):
                yield from _section(loaded, item, (*at, index), f"{dotted}.{_label(item, index)}")
        elif isinstance(value, dict) and value:
            yield from _options(loaded, value, at, dotted)
        else:
            default = default_of(field)
            known = default is not PydanticUndefined
            told = type_of(field), meaning_of(type(section), name)
            yield Listed(dotted, at, value, default if known else None, known, _places(loaded, at), *told)


def _options(loaded: Loaded[Any], options: dict[str, Any], path: KeyPath, key: str) -> Iterator[Listed]:
    for name, value in options.items():
        at = (*path, name)
        inside = [place for found, places in loaded.merged.places.items() if found[: len(at)] == at for place in places]
        places = _places(loaded, at) if not isinstance(value, dict) else tuple(inside)
        yield Listed(f"{key}.{name}", at, value, None, False, places)


def _label(item: Section, index: int) -> str | int:
    label: str | int = getattr(item, "name", None) or getattr(item, "number", None) or index
    return label


def _places(loaded: Loaded[Any], path: KeyPath) -> tuple[Place, ...]:
    return tuple(loaded.merged.places.get(path, ()))
