"""What the judge found, for people (a table, and the stories of the tickets concerned) and for machines (JSON)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from config.wording import say
from simulators.demo.evidence import Evidence, story
from simulators.demo.verdict import Finding, Verdict


class Course(Protocol):
    """How a play or a drill went; all of it is reported."""

    @property
    def settled(self) -> bool:
        """Whether it came to its end."""


FINDINGS_TOLD = 10
STORIES_TOLD = 3


def table(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """One line a rule: what, how many checked, how many violations."""
    yield f"{'':2} {'checked':>8} {'violations':>11}  "
    for verdict in verdicts:
        mark = "✗" if verdict.findings else "✓"
        words = f"{say('bench', _key(verdict))} · {say('bench', _key(verdict), 'en')}"
        yield f"{mark:2} {verdict.checked:8} {len(verdict.findings):11}  {words}"


def _key(verdict: Verdict) -> str:
    return f"judge-{verdict.rule}"


def complaints(evidence: Evidence, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """The findings, and the whole story of the first tickets concerned."""
    for verdict in verdicts:
        for finding in verdict.findings[:FINDINGS_TOLD]:
            yield f"✗ {verdict.rule}: {finding.digits or '–'}: {finding.what}"
    for digits in _concerned(verdicts)[:STORIES_TOLD]:
        yield ""
        yield f"{digits}:"
        yield from (f"  {line}" for line in told(evidence, digits))


def _concerned(verdicts: Sequence[Verdict]) -> list[str]:
    return list(dict.fromkeys(f.digits for v in verdicts for f in v.findings if f.digits))


def told(evidence: Evidence, digits: str) -> list[str]:
    """A ticket's story, a line a moment, with the time of day in UTC."""
    return [f"{_clock(moment.at_ms)} {moment.line}" for moment in story(evidence, digits)]


def _clock(at_ms: int) -> str:
    return time.strftime("%H:%M:%S", time.gmtime(at_ms / 1000)) + f".{at_ms % 1000:03}"


def as_json(evidence: Evidence, verdicts: Sequence[Verdict], course: Course) -> bytes:
    """The whole report; the story of every ticket concerned."""
    report: dict[str, Any] = {
        "passed": passed(verdicts, course),
        "course": course,
        "seen": {
            "slips": len(evidence.slips),
            "complete": sum(slip.complete for slip in evidence.slips),
            "shown": len(evidence.shown),
            "keys": len(evidence.keys),
            "grades": sum(event.what == "press" for event in evidence.pads),
            "tickets": len(evidence.tickets),
            "calls": len(evidence.calls),
            "rated": sum(rating.outcome == "rated" for rating in evidence.ratings),
            "facts": len(evidence.facts),
        },
        "rules": [
            {"rule": v.rule, "checked": v.checked, "violations": [_plain(f) for f in v.findings]} for v in verdicts
        ],
        "stories": {digits: told(evidence, digits) for digits in _concerned(verdicts)},
    }
    return msgspec.json.format(msgspec.json.encode(report), indent=2)


def _plain(finding: Finding) -> dict[str, str]:
    return {"digits": finding.digits, "what": finding.what}


def passed(verdicts: Sequence[Verdict], course: Course) -> bool:
    """Whether nothing was found and the play came to its end."""
    return course.settled and not any(verdict.findings for verdict in verdicts)


def write(file: Path, report: bytes) -> None:
    """Put the report where it was asked for."""
    file.write_bytes(report + b"\n")
