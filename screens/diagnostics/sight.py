"""What a person saw who looked at the test of a display: it cannot see itself, and may hang at another window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from hall.contract.maintenance import Advice, BoxReport, DeviceReport
from screens.diagnostics.advised import advised
from screens.diagnostics.colours import BOLD, INK, NAME
from screens.diagnostics.columns import pad
from screens.diagnostics.lines import Row, hanging, heading
from screens.diagnostics.tongue import Tongue

DISPLAYS = "window_display"
NAMES = 20

Seen = Literal["yes", "dark", "elsewhere", "both"]
SEEN: tuple[tuple[str, Seen], ...] = (("y", "yes"), ("d", "dark"), ("e", "elsewhere"), ("b", "both"))
"""Key and what it says. Text that is there and not whole is the ``n`` of every check."""


def others(report: BoxReport | None, device: DeviceReport) -> Sequence[DeviceReport]:
    """Where else the text may stand."""
    devices = report.devices if report else []
    return [each for each in devices if each.family == DISPLAYS and each.name != device.name]


def question(device: DeviceReport, tongue: Tongue) -> str:
    """What to look for, and where."""
    if device.window is None:
        return tongue.say("ask-window_display-alone", device=device.name)
    return tongue.say("ask-window_display", device=device.name, window=device.window)


def told_choice(places: Sequence[DeviceReport], tongue: Tongue, width: int) -> Iterator[Row]:
    """The displays among which the person chooses."""
    yield Row(hanging((("▸ ", BOLD),), tongue.say("seen-where"), BOLD, width))
    for each in places:
        window = tongue.say("of-window", n=each.window) if each.window is not None else ""
        yield Row((((pad(each.name, NAMES), NAME), (window, INK)),), each.name)


def told_advice(advice: Sequence[Advice], device: str, tongue: Tongue, width: int) -> Iterator[Row]:
    """What follows for this device."""
    own = [each for each in advice if device in (each.device, *each.also)]
    if own:
        yield heading(tongue.say("advice"))
    for each in own:
        yield advised(each, tongue, width)
