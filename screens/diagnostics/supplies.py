"""What wears or runs out, as a line."""

from __future__ import annotations

from hall.contract.maintenance import Supply
from screens.diagnostics.colours import CAUTION, INK, NAME, QUIET
from screens.diagnostics.columns import cut, pad
from screens.diagnostics.lines import Part, Row, mark
from screens.diagnostics.tongue import Tongue

BAR, SHORT_BAR = 20, 10
ROOMY = 100
"""Cells from which the long bar fits, and what has been used stands beside what is left."""
LOW = 0.15
"""From this share on one had better have a new one ready."""
DEVICE, WHAT = 15, 16
PAPER = "paper"
"""Counted in millimetres, told in metres."""


def supplied(supply: Supply, tongue: Tongue, width: int, *, named: bool) -> Row:
    """What is left of it, as a bar and in words; unknown is neither full nor empty."""
    say = tongue.say
    name: list[Part] = [(pad(cut(supply.device, DEVICE - 1), DEVICE), NAME)] if named else []
    what = (pad(tongue.perhaps(f"supply-{supply.what}", supply.what) + " ", WHAT), QUIET)
    used = _amount(supply, supply.used, tongue)
    if supply.left is None or not supply.most:
        told: list[Part] = [mark("unknown", say("left-unknown")), (f"  {say('used', n=used)}", QUIET)]
        return Row(((*name, what, *told),))
    share = max(0.0, min(1.0, supply.left / supply.most))
    cells = BAR if width > ROOMY else SHORT_BAR
    filled = max(1, round(share * cells)) if share else 0  # a little is not nothing
    low = share <= LOW
    bar = "[" + "#" * filled + "." * (cells - filled) + "]"
    left = say("left", left=_amount(supply, supply.left, tongue), most=_amount(supply, supply.most, tongue))
    signs: list[Part] = [mark("warning", say("left-low")), ("  ", INK)] if low else []
    more = [(f"  {say('used', n=used)}", QUIET)] if width > ROOMY else []
    return Row(((*name, what, (bar + " ", CAUTION if low else INK), *signs, (left, INK), *more),))


def _amount(supply: Supply, amount: int, tongue: Tongue) -> str:
    return tongue.say("metres", n=f"{amount / 1000:.1f}") if supply.what == PAPER else f"{amount:,}"
