"""The rules of design §4, each a pure function over the evidence: what came out, was shown and pressed decides.

The hall's own account is only what is judged; it is never its own witness. Here are the rules of slips and calls.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise

from simulators.account import Call
from simulators.demo import judge_wishes
from simulators.demo.evidence import Evidence
from simulators.demo.judge_ratings import rated_as_pressed
from simulators.demo.judge_wishes import may_be_lost
from simulators.demo.judge_work import all_told, called_as_pressed, no_bug, served_alone
from simulators.demo.verdict import RETURNS, Finding, Verdict, complete_slips, digits_of, held_since, is_call

PAPER_SLACK_MS = 300
"""A printer reports *printed* a moment before its cutter falls, which is when the paper counts here."""

NOBODY_KNOWS = frozenset({"power-cut", "journal-replaced"})
"""Evidence of a number of which a box cannot know whether its slip came out (design §4): it stays callable."""

OUTCOMES = frozenset({"printed", "noted", "voided"})
"""What a box says of a number once it knows whether somebody has it."""

HALL = "hall"
"""Who tells what guides do."""

SETTLED = frozenset({"finished", "missed", "closed", "parked"})
"""Where a ticket on paper may be once everybody has been called."""


def judge(evidence: Evidence) -> list[Verdict]:
    """Every rule's verdict, in the rules' order."""
    return [rule(evidence) for rule in RULES]


def printed_once(evidence: Evidence) -> Verdict:
    """Every number is on exactly one slip, with its QR code; what a box calls printed is on paper."""
    slips = complete_slips(evidence)
    findings: list[Finding] = []
    for digits, same in slips.items():
        if len(same) > 1:
            findings.append(Finding(digits, f"on {len(same)} slips"))
        if any(len(slip.qr) != 1 for slip in same):
            findings.append(Finding(digits, "its slip has not exactly one QR code"))
        elif any(digits not in re.split(r"[|\n]", slip.qr[0]) for slip in same):
            findings.append(Finding(digits, "the QR code on its slip is another ticket's"))
    named = {t.ticket_id: t.digits for t in evidence.tickets}
    for fact in evidence.facts:
        digits = named.get(fact.ticket, "")
        if fact.kind == "printed" and digits not in slips:
            findings.append(Finding(digits, f"{fact.device} says printed, but it is on no complete slip"))
    for touch, tickets in evidence.touches:
        if len(tickets) > 1:
            findings.append(Finding(named.get(tickets[0], ""), f"touch {touch[:8]} gave {len(tickets)} tickets"))
    return Verdict("printed-once", len(evidence.slips), tuple(findings))


def held_before_called(evidence: Evidence) -> Verdict:
    """A number is called and shown only when somebody has it, on paper or by heart, and only where it was called."""
    first = held_since(evidence)
    named = {t.ticket_id: t.digits for t in evidence.tickets}
    called_at: dict[str, set[int]] = defaultdict(set)
    uses: list[tuple[int, str, str]] = []
    for call in evidence.calls:
        digits = named.get(call.ticket_id, "")
        called_at[digits].add(call.window)
        uses.append((call.at_ms, digits, f"called to window {call.window}"))
    shown = [s for s in evidence.shown if s.digits]
    excused = {named.get(f.ticket, "") for f in evidence.facts if f.data.get("evidence") in NOBODY_KNOWS}
    excused.update((*_lost_with_a_journal(evidence), *_taken_unheard(evidence)))
    uses += [(s.at_ms, s.digits, f"shown at window {s.window}") for s in shown]
    findings = [
        Finding(s.digits, f"shown at window {s.window}, where it was never called")
        for s in shown
        if s.window not in called_at[s.digits]
    ]
    for at_ms, digits, how in sorted(uses):
        if digits not in first and digits not in excused:
            findings.append(Finding(digits, f"{how}, but it was never on paper: nobody holds it"))
        elif at_ms < first.get(digits, at_ms) - PAPER_SLACK_MS:
            findings.append(Finding(digits, f"{how} {first[digits] - at_ms} ms before its slip was out"))
    return Verdict("held-before-called", len(uses), tuple(findings))


def _lost_with_a_journal(evidence: Evidence) -> Iterator[str]:
    """Numbers of journals that somebody destroyed: what became of them is known to nobody, so they stay callable."""
    replaced = [
        f"{fact.device}/{fact.data['former']}"
        for fact in evidence.facts
        if fact.kind == "opened" and fact.data.get("former") and fact.device in evidence.tampered
    ]
    told = {fact.ticket for fact in evidence.facts if fact.kind in OUTCOMES}
    lost = (t for t in evidence.tickets for journal in replaced if t.ticket_id.startswith(journal))
    return (ticket.digits for ticket in lost if ticket.ticket_id not in told)


def _taken_unheard(evidence: Evidence) -> Iterator[str]:
    """Numbers that the hall gave to guides, of whom one has never heard which."""
    if any(wish.what == "take" and wish.came == "unknown" for wish in evidence.wishes):
        yield from (ticket.digits for ticket in evidence.tickets if ticket.device == HALL)


def called_once(evidence: Evidence) -> Verdict:
    """No two calls of one ticket without returned, missed, undone, redirected or re-admitted between them."""
    by_ticket: dict[str, list[Call]] = defaultdict(list)
    for call in filter(is_call, evidence.calls):
        by_ticket[call.ticket_id].append(call)
    findings: list[Finding] = []
    for calls in by_ticket.values():
        calls.sort(key=lambda c: c.at_ms)
        for earlier, later in pairwise(calls):
            if not _given_back(earlier, later.at_ms):
                what = f"called to windows {earlier.window} and {later.window} with nothing between"
                findings.append(Finding(digits_of(evidence, later.ticket_id), what))
    return Verdict("called-once", len(evidence.calls), tuple(findings))


def _given_back(call: Call, by_ms: int) -> bool:
    ended = call.ended in RETURNS and call.ended_ms is not None and call.ended_ms <= by_ms
    return ended or any(event.step in RETURNS and event.at_ms <= by_ms for event in call.events)


def nobody_forgotten(evidence: Evidence) -> Verdict:
    """Everybody with a number was called, and is done, missed, parked or closed."""
    tickets = defaultdict(list)
    for ticket in evidence.tickets:
        tickets[ticket.digits].append(ticket)
    held = held_since(evidence)
    given_back = {wish.digits for wish in evidence.wishes if wish.what == "give-back" and wish.may_be}
    lost = {wish.digits for wish in evidence.wishes if wish.what == "take" and may_be_lost(evidence, wish)}
    findings: list[Finding] = []
    for digits in held:
        if not tickets[digits] and digits not in lost:
            findings.append(Finding(digits, "in somebody's hand, but the hall has never heard of it"))
        for ticket in tickets[digits]:
            given_up = ticket.state == "void" and (ticket.ticket_id in evidence.refused_slips or digits in given_back)
            if ticket.state not in SETTLED and not given_up:
                findings.append(Finding(digits, f"in somebody's hand, but {ticket.state} at the end"))
    return Verdict("nobody-forgotten", len(held), tuple(findings))


RULES: tuple[Callable[[Evidence], Verdict], ...] = (
    printed_once,
    held_before_called,
    called_once,
    rated_as_pressed,
    nobody_forgotten,
    all_told,
    called_as_pressed,
    served_alone,
    *judge_wishes.RULES,
    no_bug,
)
