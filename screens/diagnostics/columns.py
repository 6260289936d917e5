"""Text in cells: a Chinese character takes two, so that columns are counted in cells, never in characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size

NEVER_FIRST = "，。、；：？！）》」』”’…·,.;:?!)]}"
"""What may not begin a line (GB/T 15834 §5.1)."""
NEVER_LAST = ("“", "‘", "（", "《", "「", "『", "(", "[")
_WORD = re.compile(r"\s+|[^\s\u2e80-\u9fff\u3000-\u303f\uff00-\uffef]+|.", re.DOTALL)

__all__ = ["cell_len", "cut", "pad", "wrap"]


def cut(text: str, width: int) -> str:
    """At most ``width`` cells; … stands for what is left out."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…" if width > 0 else ""


def pad(text: str, width: int) -> str:
    """Exactly ``width`` cells."""
    short = cut(text, width)
    return short + " " * (width - cell_len(short))


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` cells, broken between words or Chinese characters, at least one line."""
    lines = [""]
    for word in _words(text, width):
        fits = cell_len(lines[-1]) + cell_len(word) <= width
        if fits:
            lines[-1] += word
        elif word in NEVER_FIRST and len(lines[-1]) > 1 and not lines[-1][-1].isspace():
            lines[-1], taken = _without_last(lines[-1])
            lines.append(taken + word)
        elif lines[-1].endswith(NEVER_LAST):
            lines[-1], opening = lines[-1][:-1], lines[-1][-1]
            lines.append(opening + word)
        else:
            lines.append(word.lstrip())
    return [line.rstrip() for line in lines]


def _words(text: str, width: int) -> Iterator[str]:
    """Words, spaces and single Chinese characters; a word longer than a line in pieces."""
    for word in _WORD.findall(text):
        piece = ""
        for character in word:
            if cell_len(piece + character) > max(2, width):
                yield piece
                piece = ""
            piece += character
        yield piece


def _without_last(line: str) -> tuple[str, str]:
    """The line, and what goes down from its end together with a mark: whole words, and none that may not begin one."""
    words = _WORD.findall(line)
    taken = ""
    while len(words) > 1 and (not taken or taken[0] in NEVER_FIRST or words[-1].endswith(NEVER_LAST)):
        taken = words.pop() + taken
    return "".join(words), taken
