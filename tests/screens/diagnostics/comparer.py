"""What a terminal shows, as text one can read, and whether it is still what was looked at and kept.

A kept screen is its text; under it who wears which style, by letter, and what each letter looks like in both themes.
To keep new ones after looking at them: ``YICHUANG_KEEP_SCREENS=1 pytest tests/screens/diagnostics``.
"""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from string import ascii_letters
from typing import Any

from rich.cells import cell_len
from textual.app import App

KEPT = Path(__file__).parent / "snapshots"
KEEP = "YICHUANG_KEEP_SCREENS"

Look = tuple[str, str, str]
"""Ink ("" where there is none), ground, and ``bold`` or ``""``."""


@dataclass(frozen=True, slots=True)
class Shot:
    """``looks``: of every cell of every line; a wide character's second cell looks as its first."""

    lines: tuple[str, ...]
    looks: tuple[tuple[Look, ...], ...]


def words_on(app: App[Any]) -> str:
    """The screen's text."""
    return "\n".join(shot(app).lines)


def shot(app: App[Any]) -> Shot:
    """The screen as it is drawn now."""
    lines, looks = [], []
    for strip in app.screen._compositor.render_strips():
        line, worn = "", []
        for segment in strip:
            line += segment.text
            ink, ground, bold = _look(segment.style)
            for character in segment.text:
                look: Look = ("", ground, "") if character == " " else (ink, ground, bold)
                worn += [look] * cell_len(character)
        lines.append(line)
        looks.append(tuple(worn))
    return Shot(tuple(lines), tuple(looks))


def kept_as(name: str, dark: Shot, light: Shot) -> None:
    """Fails with what differs from the kept screen of this name."""
    assert dark.lines == light.lines, "the themes differ in more than colours"
    told = _told(dark, light)
    file = KEPT / f"{name}.txt"
    if os.environ.get(KEEP):
        file.write_text(told, encoding="utf-8")
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    difference = difflib.unified_diff(before.splitlines(), told.splitlines(), "kept", "now", lineterm="")
    assert before == told, f"{name} looks otherwise ({KEEP}=1 keeps it):\n" + "\n".join(difference)


def _look(style: Any) -> Look:
    def name(colour: Any) -> str:
        return "default" if colour is None else colour.get_truecolor().hex

    if style is None:
        return "default", "default", ""
    ink, ground = (style.bgcolor, style.color) if style.reverse else (style.color, style.bgcolor)
    return name(ink), name(ground), " bold" if style.bold else ""


def _told(dark: Shot, light: Shot) -> str:
    letters: dict[tuple[Look, Look], str] = {}
    rows = []
    for dark_row, light_row in zip(dark.looks, light.looks, strict=True):
        worn = [
            letters.setdefault(pair, ascii_letters[len(letters) % 52]) for pair in zip(dark_row, light_row, strict=True)
        ]
        rows.append(" ".join(f"{letter}{len(list(cells))}" for letter, cells in groupby(worn)))
    text = [f"|{line}|" for line in dark.lines]
    styles = [f"{number:3} {row}" for number, row in enumerate(rows, 1)]
    legend = [f"{letter} dark {_named(pair[0])}  light {_named(pair[1])}" for pair, letter in letters.items()]
    return "\n".join([*text, "", *styles, "", *legend, ""])


def _named(look: Look) -> str:
    return f"{look[0] or 'blank'} on {look[1]}{look[2]}"
