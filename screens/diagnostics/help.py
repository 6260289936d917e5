"""What marks and keys mean."""

from __future__ import annotations

from collections.abc import Iterable

from screens.diagnostics.colours import INK, KEY, QUIET
from screens.diagnostics.columns import pad
from screens.diagnostics.lines import Row, hanging, heading, mark, text
from screens.diagnostics.view import View

KEYS = (
    ("↑ ↓ PgUp PgDn", "help-move"),
    ("Enter", "help-open"),
    ("Esc", "help-back"),
    ("l, F2", "help-language"),
    ("k, F3", "help-theme"),
    ("?, F1", "help-help"),
    ("q, Ctrl-C", "help-quit"),
)
MARKS = ("error", "warning", "unknown", "tended", "fine")


class HelpView(View):
    """One page."""

    TITLE_KEY = "help"

    def told(self, width: int) -> Iterable[Row]:
        """Marks, keys, and what nobody has to fear."""
        say = self.tongue.say
        yield heading(say("help-marks"), first=True)
        for kind in MARKS:
            sign, style = mark(kind, say(f"stands-{kind}"))
            yield Row(hanging(((pad(sign, 18), style),), say(f"help-mark-{kind}"), INK, width))
        yield heading(say("help-keys"))
        for key, words in KEYS:
            yield Row(hanging(((pad(key, 18), KEY),), say(words), INK, width))
        yield heading(say("help-care"))
        for key in ("help-lease", "help-values", "help-unknown"):
            yield text(say(key), width, QUIET)
