"""A fault as a person needs it."""

from __future__ import annotations

from hall.contract.maintenance import Advice
from screens.diagnostics.colours import BOLD, INK, QUIET
from screens.diagnostics.columns import cell_len, pad
from screens.diagnostics.lines import Row, hanging, mark
from screens.diagnostics.tongue import Tongue


def advised(advice: Advice, tongue: Tongue, width: int, key: str = "") -> Row:
    """One fault: what it is, how to mend it, what carries the hall until then."""
    lead = mark(advice.severity, tongue.say(f"severity-{advice.severity}"))
    lines = list(hanging((lead, ("  ", INK)), tongue.of(advice.what), BOLD, width))
    labels = [tongue.say(label) for label in ("mend", "until")]
    column = max(map(cell_len, labels)) + 2
    for label, told in zip(labels, (advice.mend, advice.until), strict=True):
        if words := tongue.of(told):
            lines += hanging((("  " + pad(label, column), QUIET),), words, INK, width)
    return Row(tuple(lines), key)
