"""Tells of a mistake of ours without what it was made with: its text and its values may be a card's."""

from __future__ import annotations

import traceback
from pathlib import Path


def where_of(bug: BaseException) -> str:
    """Which mistake, and in which line of ours."""
    while isinstance(bug, BaseExceptionGroup):
        bug = bug.exceptions[0]
    *_, last = traceback.extract_tb(bug.__traceback__)
    return f"{type(bug).__name__} at {Path(last.filename).name}:{last.lineno}"
