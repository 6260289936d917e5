"""What a screen shows, as lines of coloured text that fit its width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content

from screens.diagnostics.colours import BY_MARK, INK, KEY, MARK, QUIET
from screens.diagnostics.columns import cell_len, pad, wrap

Part = tuple[str, str]
"""Text and its style."""
Line = tuple[Part, ...]

NARROWEST = 12
"""Cells for a text behind its lead, however narrow the terminal."""


@dataclass(frozen=True, slots=True)
class Row:
    """Some lines that belong together. ``key``: what Enter opens; "" for a row that cannot be chosen."""

    lines: tuple[Line, ...]
    key: str = ""


def text(words: str, width: int, style: str = INK) -> Row:
    """A paragraph."""
    return Row(tuple(((line, style),) for line in wrap(words, width)))


def heading(words: str, note: str = "", *, first: bool = False) -> Row:
    """The name of what follows, with an empty line before it."""
    line: Line = ((words, KEY), (f"  {note}", QUIET)) if note else ((words, KEY),)
    return Row((line,) if first else ((), line))


def hanging(lead: Sequence[Part], words: str, style: str, width: int) -> tuple[Line, ...]:
    """``words`` behind the lead, later lines under their beginning."""
    indent = sum(cell_len(part[0]) for part in lead)
    first, *rest = wrap(words, max(NARROWEST, width - indent))
    return ((*lead, (first, style)), *(((" " * indent, INK), (line, style)) for line in rest))


def labelled(label: str, words: str, width: int, label_width: int, style: str = INK) -> Row:
    """A label in a column of its own, and what stands behind it."""
    return Row(hanging(((pad(label, label_width) + " ", QUIET),), words, style, width))


def mark(kind: str, word: str) -> Part:
    """A mark and its word, in its colour: none of the three alone."""
    return f"{MARK[kind]} {word}", BY_MARK[kind]


def flowing(pairs: Iterable[tuple[str, str]], width: int, column: int) -> Row:
    """Short labelled values, as many a line as fit."""
    each = list(pairs)
    many = max(1, width // column)
    lines: list[Line] = []
    for begin in range(0, len(each), many):
        line: list[Part] = []
        for label, value in each[begin : begin + many]:
            room = max(1, column - 2 - cell_len(value) - 1)
            line += [(pad(label, room) + " ", QUIET), (value + "  ", INK)]
        lines.append(tuple(line))
    return Row(tuple(lines))


def drawn(line: Line, width: int = 0, ground: str = "") -> Content:
    """One line as Textual draws it; ``ground``: a colour for all of its ``width``."""
    content = Content.assemble(*line)
    if ground:
        content = content.pad_right(max(0, width - content.cell_length)).stylize(f"on {ground}")
    return content
