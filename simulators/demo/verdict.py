"""What a rule of the judge says, and what several rules ask of the evidence. All times are UTC in ms."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.account import Call
from simulators.demo.evidence import Evidence, Slip

CLOCK_SLACK_MS = 50
"""Between a box's word and what is seen on its wire: one short frame at 9600 baud, and a thread's turn."""

ADMIT = "admit"
"""How the hall's row of somebody begins who was served without being called."""

RETURNS = frozenset({"returned", "missed", "undone", "redirected", "re-admitted"})
"""After one of these the ticket may be called, or its slip be served, once more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not have happened, and the digits of the ticket it happened to ("" for none)."""

    digits: str
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule found. ``rule`` is its key in the wording; ``checked`` how many things it looked at."""

    rule: str
    checked: int
    findings: tuple[Finding, ...]


def complete_slips(evidence: Evidence) -> dict[str, list[Slip]]:
    """Whole slips by their digits."""
    slips: dict[str, list[Slip]] = {}
    for slip in evidence.slips:
        if slip.complete and slip.digits:
            slips.setdefault(slip.digits, []).append(slip)
    return slips


def held_since(evidence: Evidence) -> dict[str, int]:
    """By digits: when somebody had the number, on paper or, where there was none, by heart."""
    since = {digits: min(slip.at_ms for slip in same) for digits, same in complete_slips(evidence).items()}
    for noted in evidence.noted:
        since.setdefault(noted.digits, noted.at_ms)
    return since


def digits_of(evidence: Evidence, ticket: str) -> str:
    """The digits of this ticket, as the hall has them; "" for none."""
    return next((t.digits for t in evidence.tickets if t.ticket_id == ticket), "")


def is_call(call: Call) -> bool:
    """Whether somebody was called; else they were served because they showed a slip."""
    return begins(call) != ADMIT


def begins(call: Call) -> str:
    """How a row of the hall's calls begins."""
    return call.events[0].step if call.events else "call"
