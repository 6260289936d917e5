"""What was found as settings to paste: TOML that the loader takes; what could not be asked, as comments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from config.wording import say
from workshop.probe.finding import Device, Finding, Note

ROOM = "probe"
_PLAIN_BAUD = 9600
_NAMES = {
    "escpos": "printer",
    "sdt-reader": "id-card",
    "pcsc-reader": "card-reader",
    "ff68-caller": "caller",
    "ff68-keypad": "pad",
    "usb-keypad": "pad",
}
_GRADES = (
    'options = { mapping = { 1 = "very-dissatisfied", 2 = "dissatisfied", 3 = "basically-satisfied", '
    '4 = "satisfied", 5 = "very-satisfied" } }'
)
_OPTIONS = {"usb-keypad": _GRADES}
"""What a model has no default for."""


def settings_block(findings: Sequence[Finding], language: str) -> str:
    """[[line]] and [[device]] for everything that answered or is there; "" when there is nothing."""
    parts: list[str] = []
    counts: dict[str, int] = {}
    for number, finding in enumerate((f for f in findings if f.devices), 1):
        parts += ["\n".join(_line(finding, f"line-{number}", language))]
        for device in finding.devices:
            parts += ["\n".join(_device(device, f"line-{number}", _name(device, counts), language))]
    return "\n\n".join(parts) + "\n" if parts else ""


def _line(finding: Finding, name: str, language: str) -> Iterator[str]:
    yield "[[line]]"
    yield f'name = "{name}"'
    yield f"port = {_quoted(finding.port)}"
    if finding.baud is not None and finding.kind == "serial":
        yield f"baud = {finding.baud}"
    if finding.simulated:
        yield f"simulated = true   # {say(ROOM, 'comment-simulated', language)}"
    for note in finding.notes:
        yield f"# {_said(note, language)}"


def _device(device: Device, line: str, name: str, language: str) -> Iterator[str]:
    yield "[[device]]"
    yield f'name = "{name}"'
    yield f'model = "{device.model}"'
    yield f'line = "{line}"'
    if device.address is not None:
        yield f"address = {device.address}"
    if device.model in _OPTIONS:
        yield _OPTIONS[device.model]
    for note in device.tells:
        yield f"# {_said(note, language)}"
    for note in device.doubts:
        yield f"# {_said(note, language)}"


def _name(device: Device, counts: dict[str, int]) -> str:
    """printer-1, display-2: counted by what it is."""
    kind = _NAMES.get(device.model, "display")
    counts[kind] = counts.get(kind, 0) + 1
    return f"{kind}-{counts[kind]}"


def _said(note: Note, language: str) -> str:
    """One line: what a device told of itself must not end the comment."""
    text = say(ROOM, note.word, language, **note.fields)
    return "".join(character if character.isprintable() else " " for character in text)


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
