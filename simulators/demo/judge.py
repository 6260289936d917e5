"""The rules of design §4, each a pure function over the evidence: what came out, was shown and pressed decides.

The hall's own account is only what is judged; it is never its own witness.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from simulators.client import Call, Rating
from simulators.demo.evidence import Evidence, LitPress, PadEvent, Slip, pressed_for

PAPER_SLACK_MS = 300
"""A printer reports *printed* a moment before its cutter falls, which is when the paper counts here."""

CLOCK_SLACK_MS = 50
"""Between a box's word and what is seen on its wire: one short frame at 9600 baud, and a thread's turn."""

LATEST_MS = 30_000
"""A press whose answer nobody saw may be carried out so much later."""

CALLS = frozenset({"call", "call-number"})
"""How a call begins that somebody pressed for; one that begins otherwise is no call."""

POWER_CUT = "power-cut"
"""Evidence of a number of which a box cannot know whether its slip came out (design §4): it stays callable."""

RETURNS = frozenset({"returned", "missed", "undone", "redirected", "re-admitted"})
"""One of these must stand between two calls of one ticket."""

SETTLED = frozenset({"finished", "missed", "closed", "parked"})
"""Where a ticket on paper may be once everybody has been called."""


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


def judge(evidence: Evidence) -> list[Verdict]:
    """Every rule's verdict, in the rules' order."""
    return [rule(evidence) for rule in RULES]


def printed_once(evidence: Evidence) -> Verdict:
    """Every number is on exactly one slip, with its QR code; what a box calls printed is on paper."""
    slips = _complete(evidence)
    findings: list[Finding] = []
    for digits, same in slips.items():
        if len(same) > 1:
            findings.append(Finding(digits, f"on {len(same)} slips"))
        if any(len(slip.qr) != 1 for slip in same):
            findings.append(Finding(digits, "its slip has not exactly one QR code"))
        elif any(digits not in re.split(r"[|\n]", slip.qr[0]) for slip in same):
            findings.append(Finding(digits, "the QR code on its slip is another ticket's"))
    digits_of = {t.ticket_id: t.digits for t in evidence.tickets}
    for fact in evidence.facts:
        digits = digits_of.get(fact.ticket, "")
        if fact.kind == "printed" and digits not in slips:
            findings.append(Finding(digits, f"{fact.device} says printed, but it is on no complete slip"))
    for touch, tickets in evidence.touches:
        if len(tickets) > 1:
            findings.append(Finding(digits_of.get(tickets[0], ""), f"touch {touch[:8]} gave {len(tickets)} tickets"))
    return Verdict("printed-once", len(evidence.slips), tuple(findings))


def held_before_called(evidence: Evidence) -> Verdict:
    """A number is called and shown only when somebody has it on paper, and shown only where it was called."""
    first = {digits: min(slip.at_ms for slip in same) for digits, same in _complete(evidence).items()}
    digits_of = {t.ticket_id: t.digits for t in evidence.tickets}
    called_at: dict[str, set[int]] = defaultdict(set)
    uses: list[tuple[int, str, str]] = []
    for call in evidence.calls:
        digits = digits_of.get(call.ticket_id, "")
        called_at[digits].add(call.window)
        uses.append((call.at_ms, digits, f"called to window {call.window}"))
    shown = [s for s in evidence.shown if s.digits]
    excused = {digits_of.get(f.ticket, "") for f in evidence.facts if f.data.get("evidence") == POWER_CUT}
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


def called_once(evidence: Evidence) -> Verdict:
    """No two calls of one ticket without returned, missed, undone, redirected or re-admitted between them."""
    by_ticket: dict[str, list[Call]] = defaultdict(list)
    for call in evidence.calls:
        by_ticket[call.ticket_id].append(call)
    findings: list[Finding] = []
    for calls in by_ticket.values():
        calls.sort(key=lambda c: c.at_ms)
        for earlier, later in pairwise(calls):
            if not _given_back(earlier, later.at_ms):
                what = f"called to windows {earlier.window} and {later.window} with nothing between"
                findings.append(Finding(_digits(evidence, later.ticket_id), what))
    return Verdict("called-once", len(evidence.calls), tuple(findings))


def _given_back(call: Call, by_ms: int) -> bool:
    ended = call.ended in RETURNS and call.ended_ms is not None and call.ended_ms <= by_ms
    return ended or any(event.step in RETURNS and event.at_ms <= by_ms for event in call.events)


def rated_as_pressed(evidence: Evidence) -> Verdict:
    """A grade pressed on a lit keypad and acknowledged is stored once, the first one pressed; nothing else is."""
    pressed = pressed_for(evidence)
    stored: dict[tuple[int, str], list[Rating]] = defaultdict(list)
    for rating in evidence.ratings:
        if rating.outcome == "rated":
            stored[rating.window, rating.visit].append(rating)
    findings = [
        Finding(_digits(evidence, visit), f"window {window}: {what}")
        for window, visit in sorted({*pressed, *stored})
        for what in _rating_faults(
            pressed.get((window, visit), []), stored.get((window, visit), []), _unrated_ms(evidence, visit)
        )
    ]
    return Verdict("rated-as-pressed", sum(map(len, pressed.values())) + len(stored), tuple(findings))


def _rating_faults(pressed: list[LitPress], stored: list[Rating], unrated_ms: int | None) -> Iterator[str]:
    """``unrated_ms``: when the box had decided *not rated* before; a press acknowledged later came too late."""
    if len(stored) > 1:
        yield f"stored {len(stored)} times"
    firm = next((p.press for p in pressed if p.lit and p.sure and p.press.heard_ms is not None), None)
    if not stored:
        if firm is not None and not _too_late(firm, unrated_ms):
            yield f"{firm.grade} was pressed and acknowledged, nothing is stored"
        return
    grade = stored[0].grade or ""
    allowed = {p.press.grade for p in _until(pressed, firm)}
    if not pressed:
        yield f"{grade} is stored, nobody pressed"
    elif grade not in allowed:
        yield f"{grade} is stored, first pressed was {pressed[0].press.grade}"


def _too_late(press: PadEvent, unrated_ms: int | None) -> bool:
    return unrated_ms is not None and unrated_ms <= (press.heard_ms or press.at_ms) + CLOCK_SLACK_MS


def _until(pressed: Iterable[LitPress], firm: PadEvent | None) -> Iterator[LitPress]:
    """The presses up to the first one that the citizen saw acknowledged: the box may have heard an earlier one."""
    for one in pressed:
        yield one
        if one.press is firm:
            return


def _unrated_ms(evidence: Evidence, visit: str) -> int | None:
    unrated = [r.at_ms for r in evidence.ratings if r.visit == visit and r.outcome == "not-rated"]
    return min(unrated, default=None)


def nobody_forgotten(evidence: Evidence) -> Verdict:
    """Everybody with a slip was called, and is done, missed, parked or closed."""
    states = {t.digits: (t.ticket_id, t.state) for t in evidence.tickets}
    slips = _complete(evidence)
    findings: list[Finding] = []
    for digits in slips:
        if digits not in states:
            findings.append(Finding(digits, "on paper, but the hall has never heard of it"))
            continue
        ticket, state = states[digits]
        given_up = state == "void" and ticket in evidence.refused_slips
        if state not in SETTLED and not given_up:
            findings.append(Finding(digits, f"on paper, but {state} at the end"))
    return Verdict("nobody-forgotten", len(slips), tuple(findings))


def all_told(evidence: Evidence) -> Verdict:
    """The hall has every fact of every box, without a hole, and nothing that did not fit."""
    findings = [
        Finding("", f"{box.device} still keeps {box.outbox} facts for itself") for box in evidence.boxes if box.outbox
    ]
    seqs: dict[tuple[str, str], list[int]] = defaultdict(list)
    for fact in evidence.facts:
        seqs[fact.device, fact.journal].append(fact.seq)
    findings += [
        Finding("", f"the hall has no fact of {box.device}, journal {box.journal}")
        for box in evidence.boxes
        if (box.device, box.journal) not in seqs
    ]
    for (device, journal), found in seqs.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            findings.append(Finding("", f"the facts of {device}, journal {journal}, have holes or doubles"))
    for conflict in evidence.conflicts:
        where = f"{conflict.device} #{conflict.seq}"
        findings.append(Finding(_conflict_digits(evidence, conflict.device, conflict.seq), f"{where}: {conflict.why}"))
    return Verdict("all-told", len(evidence.facts), tuple(findings))


def called_as_pressed(evidence: Evidence) -> Verdict:
    """Each call has a press of its own at its window that was not refused, a moment before."""
    findings: list[Finding] = []
    begun = [call for call in evidence.calls if _begins(call) in CALLS]
    for window in {call.window for call in begun}:
        presses = sorted(_calling_presses(evidence, window))
        for call in sorted((c for c in begun if c.window == window), key=lambda c: c.at_ms):
            mine = min(
                (p for p in presses if p[0] - CLOCK_SLACK_MS <= call.at_ms <= p[1]), key=lambda p: p[1], default=None
            )
            if mine is None:
                what = f"called to window {window}, where nobody had pressed for it"
                findings.append(Finding(_digits(evidence, call.ticket_id), what))
            else:
                presses.remove(mine)
    return Verdict("called-as-pressed", len(begun), tuple(findings))


def _begins(call: Call) -> str:
    return call.events[0].step if call.events else "call"


def _calling_presses(evidence: Evidence, window: int) -> Iterator[tuple[int, int]]:
    """Presses that may have made a call at this window: when, and until when they can have been carried out."""
    for press in evidence.page_presses:
        if press.window == window and press.act in {"next", "call-number"} and (press.done or press.until_ms is None):
            yield press.at_ms, press.until_ms or press.at_ms + LATEST_MS
    for keys in evidence.keys:
        if keys.window == window and keys.keys.endswith("call"):
            yield keys.at_ms, keys.at_ms + LATEST_MS


def no_bug(evidence: Evidence) -> Verdict:
    """No process ended by an error of the program, whether it was on its way out or not."""
    findings = [
        Finding("", f"{end.name} ended with exit code {end.code}: {end.words}")
        for end in evidence.ends
        if end.bug or (end.code < 0 and not end.asked)
    ]
    return Verdict("no-bug", len(evidence.ends), tuple(findings))


def _conflict_digits(evidence: Evidence, device: str, seq: int) -> str:
    ticket = next((f.ticket for f in evidence.facts if f.device == device and f.seq == seq), "")
    return _digits(evidence, ticket)


def _complete(evidence: Evidence) -> dict[str, list[Slip]]:
    slips: dict[str, list[Slip]] = defaultdict(list)
    for slip in evidence.slips:
        if slip.complete and slip.digits:
            slips[slip.digits].append(slip)
    return dict(slips)


def _digits(evidence: Evidence, ticket: str) -> str:
    return next((t.digits for t in evidence.tickets if t.ticket_id == ticket), "")


RULES: tuple[Callable[[Evidence], Verdict], ...] = (
    printed_once,
    held_before_called,
    called_once,
    rated_as_pressed,
    nobody_forgotten,
    all_told,
    called_as_pressed,
    no_bug,
)
