"""What probe found, as parts of a box; and the parts as lines and devices of its settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workshop.probe.finding import Finding
from workshop.setup.answers import Bind
from workshop.setup.draft import DeviceDraft, LineDraft
from workshop.setup.touch import DISPLAYS, Part

_NAMES = {
    "escpos": "ticket-printer",
    "sdt-reader": "id-card",
    "pcsc-reader": "card-reader",
    "ff68-caller": "caller",
    "ff68-keypad": "pad",
    "usb-keypad": "pad",
}
_GRADES = {
    "1": "very-dissatisfied",
    "2": "dissatisfied",
    "3": "basically-satisfied",
    "4": "satisfied",
    "5": "very-satisfied",
}
_OPTIONS = {"usb-keypad": (("mapping", _GRADES),)}
"""What a model has no default for."""
PANELS = ("onbon-bx5k", "onbon-bx5e", "cpower5200")
"""Displays that have to be told how many dots there are."""


def parts_of(findings: Sequence[Finding]) -> list[Part]:
    """What answered, and readers of cards. A keypad that types is none until somebody presses it."""
    return [
        Part(finding.port, device.model, finding.baud, device.address, None, finding.simulated)
        for finding in findings
        if finding.kind != "input"
        for device in finding.devices
    ]


def with_panel(parts: Sequence[Part], panel: str) -> list[Part]:
    """The displays with their dots, 64x16; as they were where it says nothing."""
    if not panel:
        return list(parts)
    width, _, height = panel.partition("x")
    size = (("width", int(width)), ("height", int(height)))
    return [replace(part, options=(*size, *part.options)) if part.model in PANELS else part for part in parts]


def silent_lines(findings: Sequence[Finding]) -> list[str]:
    """Serial ports on which keys may be heard: nobody answered there."""
    return [finding.port for finding in findings if finding.kind == "serial" and finding.outcome in ("silent", "noise")]


def answered(parts: Sequence[Part], bindings: Sequence[Bind]) -> list[Part]:
    """The parts as the answers have them; those that the answers alone know are added."""
    told = {(each.port, each.address): each for each in bindings}
    found = [_told(part, told.pop(part.place, None)) for part in parts]
    more = [
        Part(each.port, each.model, each.baud, each.address, each.window, options=tuple(each.options.items()))
        for each in told.values()
        if each.model and not each.skip
    ]
    return [part for part in found if part is not None] + more


def _told(part: Part, each: Bind | None) -> Part | None:
    if each is None:
        return part
    if each.skip:
        return None
    options = tuple(each.options.items()) or part.options
    return replace(part, window=each.window, model=each.model or part.model, options=options)


def drafts_of(parts: Sequence[Part]) -> tuple[tuple[LineDraft, ...], tuple[DeviceDraft, ...]]:
    """One line a port; devices named by what they are and where: display-3, ticket-printer."""
    lines: dict[str, LineDraft] = {}
    devices: list[DeviceDraft] = []
    names: dict[str, int] = {}
    for part in parts:
        line = lines.setdefault(part.port, _line(part, len(lines) + 1))
        options = dict(part.options or _OPTIONS.get(part.model, ()))
        name = _name(part, names)
        devices.append(DeviceDraft(name, part.model, line.name, part.address, part.window or None, options))
    return tuple(lines.values()), tuple(devices)


def _line(part: Part, number: int) -> LineDraft:
    baud = part.baud if part.port.startswith("/") else None
    return LineDraft(f"line-{number}", part.port, baud, part.simulated)


def _name(part: Part, names: dict[str, int]) -> str:
    kind = "display" if part.model in DISPLAYS else _NAMES.get(part.model, part.model)
    name = f"{kind}-{part.window}" if part.window else kind
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 else f"{name}-no{names[name]}"
