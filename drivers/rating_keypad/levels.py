"""Which key of a rating keypad stands for which level of GB/T 39735."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

WORDS = ("very-dissatisfied", "dissatisfied", "basically-satisfied", "satisfied", "very-satisfied")
"""The levels of GB/T 39735, worst first, which is the order of FF 68's raw grades.

Never numbers: two standards count them in opposite order.
"""


def check_levels(option: str, levels: Mapping[str, str], example: Iterable[str]) -> None:
    """Raises ValueError, with the remedy, unless each of two to five keys has a level of its own."""
    keys = ", ".join(f'"{key}" = "{word}"' for key, word in zip(example, reversed(WORDS), strict=False))
    remedy = f"write {option} = {{ {keys} }}, as the keys of your pad are labelled"
    if not 2 <= len(levels) <= len(WORDS):
        raise ValueError(f"{option} names {len(levels)} keys, and a rating keypad has two to five → {remedy}")
    if any(word not in WORDS for word in levels.values()):
        raise ValueError(f"{option} names a level that GB/T 39735 does not have → {remedy}")
    if len(set(levels.values())) != len(levels):
        raise ValueError(f"{option} gives two keys the same level → {remedy}")
