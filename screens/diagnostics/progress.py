"""How long something has been going on, as a bar and in words."""

from __future__ import annotations

from screens.diagnostics.colours import INK, KEY
from screens.diagnostics.lines import Row
from screens.diagnostics.tongue import Tongue

TICK_S = 0.5
BAR = 30


def running(seconds: float, expected: float, tongue: Tongue) -> Row:
    """``[####......] 7 s of about 25 s``; beyond what was expected it says so, and goes on."""
    filled = min(BAR, int(seconds / expected * BAR))
    bar = "[" + "#" * filled + "." * (BAR - filled) + "]"
    key = "running" if seconds <= expected else "running-long"
    return Row((((bar, KEY), (" " + tongue.say(key, s=int(seconds), about=int(expected)), INK)),))
