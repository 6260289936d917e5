"""What a citizen may add to a grade: keywords; their words stand in the wording room *customer* as ``tag-…``."""

from __future__ import annotations

from hall.contract import Grade

PRAISE = ("kind", "skilled", "quick", "clear", "one-visit", "honest")
"""Beside the two best grades."""

WRONG = ("attitude", "slow", "waited-long", "not-told-at-once", "many-visits", "extra-papers", "not-done")
"""Beside the three others."""

TAGS: dict[Grade, tuple[str, ...]] = {
    "very-satisfied": PRAISE,
    "satisfied": PRAISE,
    "basically-satisfied": WRONG,
    "dissatisfied": WRONG,
    "very-dissatisfied": WRONG,
}
