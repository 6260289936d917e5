"""Where in a TOML file a key stands. tomllib gives values without lines; a clerk of errors needs the line."""

from __future__ import annotations

import re

KeyPath = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*([A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*([A-Za-z0-9_-]+))?\s*=""")


def key_lines(text: str) -> dict[KeyPath, int]:
    """Map each key's path (table names, array indices, key) to its line, counted from 1.

    Keys inside inline tables and multi-line strings are not listed: `line_of` falls back to what holds them.
    """
    found: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _enter(header, counts)
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            names = [part.strip("\"'") for part in key.groups() if part]
            found.setdefault((*table, *names), number)
            found.setdefault((*table, names[0]), number)
    return found


def _enter(header: re.Match[str], counts: dict[KeyPath, int]) -> KeyPath:
    path: KeyPath = ()
    names = [name.strip().strip("\"'") for name in header[2].split(".")]
    for name in names[:-1]:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path] - 1)
    path = (*path, names[-1])
    if header[1] == "[[":
        counts[path] = counts.get(path, 0) + 1
        path = (*path, counts[path] - 1)
    return path


def line_of(lines: dict[KeyPath, int], path: KeyPath) -> int:
    """The line of ``path``, or of the nearest table around it; 0 when nothing around it is written."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 0
