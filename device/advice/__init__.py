"""Faults as a person needs them: what it is, how to mend it, what carries the hall until then.

Pure: ``advice_of`` makes of what a box knows (KnownBox) the advice that its report and its condition carry, worst
first. ``device.advice.knowing`` reads a running box; ``device.advice.ear`` listens on a line while somebody there is
missed.
"""

from __future__ import annotations

from device.advice.finding import WORST, Finding
from device.advice.known import (
    Beside,
    KnownBox,
    KnownDevice,
    KnownLine,
    LastCheck,
    LineHeard,
    Seen,
)
from device.advice.of_a_device import of_device
from device.advice.of_the_box import of_box
from device.advice.on_a_line import of_line
from device.advice.until import until
from device.advice.words import worded
from hall.contract.maintenance import Advice

__all__ = [
    "Beside",
    "KnownBox",
    "KnownDevice",
    "KnownLine",
    "LastCheck",
    "LineHeard",
    "Seen",
    "advice_of",
    "findings",
    "worst_first",
]


def advice_of(box: KnownBox) -> list[Advice]:
    """What a person has to do at this box, worst first; empty when all is well."""
    return [worded(box, finding, until(box, finding)) for finding in findings(box)]


def worst_first(advice: list[Advice]) -> list[Advice]:
    """Of several sources; of equal weight in the order given."""
    return sorted(advice, key=lambda each: WORST.index(each.severity))


def findings(box: KnownBox) -> list[Finding]:
    """What is wrong, worst first; of equal weight the box's own before its lines', and these in the settings' order."""
    lines = [finding for line in box.lines for finding in of_line(box, line)]
    explained = frozenset[str]().union(*(finding.explains for finding in lines))
    found = [*of_box(box), *lines]
    for device in box.devices:
        found += of_device(box, device, explained=device.name in explained)
    return sorted(found, key=lambda finding: WORST.index(finding.severity))
