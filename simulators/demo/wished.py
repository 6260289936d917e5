"""What people ask of a number, at a kiosk or of staff, and what they were told came of it. All times are UTC in ms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

What = Literal[
    "by-screen", "step-away", "step-back", "give-back", "take", "transfer", "readmit", "looked-for", "redirect"
]
Who = Literal["holder", "guide", "clerk"]
Came = Literal["done", "overtaken", "kept", "refused", "unknown"]
"""*kept*: a kiosk has it, its hall not yet; *overtaken*: something else had come first; *unknown*: nobody answered."""

HOLDERS_FACTS = {
    "by-screen": "by-screen",
    "stepped-away": "step-away",
    "stepped-back": "step-back",
    "given-back": "give-back",
}
"""What a kiosk tells of its holders' wishes."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing asked of a number. ``service``: where it is sent to; ``told_ms`` None while nobody has answered."""

    at_ms: int
    digits: str
    what: What
    came: Came
    told_ms: int | None = None
    service: str = ""
    who: Who = "holder"

    @property
    def may_be(self) -> bool:
        """Whether it may have been done."""
        return self.came != "refused"

    def __str__(self) -> str:
        to = f" to {self.service}" if self.service else ""
        return f"{self.who}: {self.what}{to}, {self.came}"
