"""Several settings files as one: later ones add to earlier ones, and each value keeps where it was given.

Tables are merged key by key. An array of tables is merged table by table where they have a ``name`` or a ``number``;
one whose tables have neither, and any other array or value, takes the place of the earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from config.lines import KeyPath, key_lines, line_of
from config.sources import Source

Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value was given, and what was given there. ``value`` None: a table's own place."""

    file: Path
    line: int
    value: Any = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(slots=True)
class Merged:
    """``places``: for each key all that gave it a value, the last one in effect; for a table where it began."""

    raw: Table = field(default_factory=dict)
    places: dict[KeyPath, list[Place]] = field(default_factory=dict)

    def place_of(self, path: KeyPath) -> Place | None:
        """Of ``path``, or of the nearest table around it; None when nothing around it is written."""
        while path:
            if path in self.places:
                return self.places[path][-1]
            path = path[:-1]
        return None


def merge(sources: Iterable[Source]) -> Merged:
    """All of them, the last one strongest."""
    merged = Merged()
    for source in sources:
        _Adding(merged, source).table(merged.raw, source.raw, (), ())
    return merged


def identity(table: Any) -> tuple[str, str | int] | None:
    """What tells a table of an array from its neighbours."""
    for key in ("name", "number"):
        value = table.get(key) if isinstance(table, dict) else None
        if isinstance(value, (str, int)):
            return key, value
    return None


def is_tables(value: Any) -> TypeGuard[list[Table]]:
    """Whether it is an array of tables."""
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


class _Adding:
    """One source on top of what is there. ``at`` is a key's path in the whole, ``here`` in this source."""

    def __init__(self, merged: Merged, source: Source) -> None:
        self._places = merged.places
        self._file = source.file
        self._lines = key_lines(source.text)

    def table(self, into: Table, over: Table, at: KeyPath, here: KeyPath) -> None:
        if at:
            self._places.setdefault(at, [self._place(here)])
        for key, value in over.items():
            self._value(into, key, value, (*at, key), (*here, key))

    def _value(self, into: Table, key: str, value: Any, at: KeyPath, here: KeyPath) -> None:
        if isinstance(value, dict):
            if not isinstance(into.get(key), dict):
                into[key] = {}
            self.table(into[key], value, at, here)
        elif is_tables(value):
            if not is_tables(into.get(key)):
                into[key] = []
            self._tables(into[key], value, at, here)
        else:
            into[key] = value
            self._places.setdefault(at, []).append(self._place(here, value))

    def _tables(self, into: list[Table], over: list[Table], at: KeyPath, here: KeyPath) -> None:
        if into and not any(map(identity, over)):
            self._forget(at)
            into.clear()
        known = {identity(table): index for index, table in reversed([*enumerate(into)])}
        known.pop(None, None)
        for index, table in enumerate(over):
            place = known.pop(identity(table), None)  # a second one of that name in this file stays a second one
            if place is None:
                place = len(into)
                into.append({})
            self.table(into[place], table, (*at, place), (*here, index))

    def _forget(self, at: KeyPath) -> None:
        for path in [path for path in self._places if path[: len(at)] == at]:
            del self._places[path]

    def _place(self, here: KeyPath, value: Any = None) -> Place:
        return Place(self._file, line_of(self._lines, here), value)
