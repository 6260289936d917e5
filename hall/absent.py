"""Declare boxes absent to a running, recovering hall."""

from __future__ import annotations

from collections.abc import Sequence

from config.hall import HallSettings
from config.loader import Loaded
from hall.own_call import ask

PATH = "/api/recovering/absent"


def declare(settings: Loaded[HallSettings], boxes: Sequence[str]) -> list[str]:
    """Who is waited for then. Blocks; raises NotDone: not there, not recovering, or no such box."""
    awaited: list[str] = ask(settings, "POST", PATH, {"boxes": list(boxes)})["awaited"]
    return awaited
