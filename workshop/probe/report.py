"""What was found, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from config.wording import say
from workshop.probe.block import ROOM, settings_block
from workshop.probe.finding import Finding

_TITLES = {"answered": "answered", "heard": "heard", "present": "present", "silent": "silent", "noise": "noisy"}


def report(findings: Sequence[Finding], language: str) -> str:
    """Port after port, then the settings block, TOML from its first [[line]] on."""
    lines = [line for finding in findings for line in _finding(finding, language)]
    block = settings_block(findings, language)
    if not lines:
        lines = [say(ROOM, "found-none", language)]
    if block:
        lines += ["", f"# {say(ROOM, 'settings', language)}", "", block]
    return "\n".join(lines).rstrip() + "\n"


def _finding(finding: Finding, language: str) -> Iterator[str]:
    yield _title(finding, language)
    for device in finding.devices:
        word = "device" if device.address is None else "device-at"
        yield "    " + say(ROOM, word, language, model=device.model, address=device.address)
        for note in device.tells:
            yield "        " + say(ROOM, note.word, language, **note.fields)
    for note in finding.notes:
        yield "    " + say(ROOM, note.word, language, **note.fields)


def _title(finding: Finding, language: str) -> str:
    if finding.holder is not None:
        word = "taken" if finding.holder.pid else "taken-console"
        return say(ROOM, word, language, port=finding.port, name=finding.holder.name, pid=finding.holder.pid)
    tried = " ".join(map(str, finding.tried)) or say(ROOM, "tried-none", language)
    where = say(ROOM, "where-baud" if finding.baud else "where-direct", language, baud=finding.baud)
    word = _TITLES.get(finding.outcome, "closed-port")
    return say(ROOM, word, language, port=finding.port, tried=tried, where=where)
