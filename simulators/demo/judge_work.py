"""The rules of work done: presses and calls, counters that went on alone, facts that the hall has, processes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from simulators.account import Conflict
from simulators.demo.evidence import ASKED_MS, Evidence
from simulators.demo.judge_wishes import may_be_lost
from simulators.demo.verdict import ADMIT, CLOCK_SLACK_MS, RETURNS, Finding, Verdict, begins, digits_of
from simulators.demo.wished import HOLDERS_FACTS

_TICKET_ID = re.compile(r"[a-z0-9-]+/[0-9a-f]{16}(?:~\d+)?/\d+")

LATEST_MS = 15_000
"""A press whose answer nobody saw is carried out within so much, or never: 8 s in which its page sends it again, 5 s
after which the hall refuses it as expired, and what two clocks of two machines are apart."""

KEYS_LATEST_MS = 10_000
"""The same for a caller's key: its frame goes out up to three times, and may wait 3 s behind another press."""

PRESSED_FOR = frozenset({"call", "call-number"})
"""How a call begins that somebody pressed for."""

FORK = "~"
"""Stands in the name of a journal that differs from another one of its name."""

NEW = "new"
"""The reason for which a box's first journal begins."""

JOURNAL_REPLACED = "journal-replaced"
"""Evidence of a box that finds an unfinished ticket in an old copy of its journal: it may have been done long ago."""

SENDS_AWAY = frozenset({"park", "redirect", "miss"})
"""Commands that leave nobody at the window."""

SERVED_TWICE = "admitted-twice"
PAST_EACH_OTHER = frozenset({SERVED_TWICE, "admitted-while-called", "admitted-after-finished", "ticket-elsewhere"})
"""What the hall says of a slip that a counter served without it, when somebody else had it too."""


def called_as_pressed(evidence: Evidence) -> Verdict:
    """Each call has a press of its own at its window that was not refused, a moment before."""
    findings: list[Finding] = []
    begun = [call for call in evidence.calls if begins(call) in PRESSED_FOR]
    for window in {call.window for call in begun}:
        presses = sorted(_calling_presses(evidence, window))
        for call in sorted((c for c in begun if c.window == window), key=lambda c: c.at_ms):
            mine = min(
                (p for p in presses if p[0] - CLOCK_SLACK_MS <= call.at_ms <= p[1]), key=lambda p: p[1], default=None
            )
            if mine is None:
                what = f"called to window {window}, where nobody had pressed for it"
                findings.append(Finding(digits_of(evidence, call.ticket_id), what))
            else:
                presses.remove(mine)
    return Verdict("called-as-pressed", len(begun), tuple(findings))


def _calling_presses(evidence: Evidence, window: int) -> Iterator[tuple[int, int]]:
    """Presses that may have made a call at this window: when, and until when they can have been carried out."""
    for press in evidence.page_presses:
        if press.window == window and press.act in {"next", "call-number"} and (press.done or press.until_ms is None):
            yield press.at_ms, press.until_ms or press.at_ms + LATEST_MS
    for keys in evidence.keys:
        if keys.window == window and keys.keys.endswith("call"):
            told_ms = keys.told_ms or keys.at_ms + KEYS_LATEST_MS
            if keys.worked:
                yield keys.at_ms, told_ms
            elif keys.unsure or told_ms - keys.at_ms >= ASKED_MS:
                # Nobody may have answered it; what is refused sooner calls nobody.
                yield keys.at_ms, keys.at_ms + KEYS_LATEST_MS


def no_bug(evidence: Evidence) -> Verdict:
    """No process ended by an error of the program, whether it was on its way out or not."""
    findings = [
        Finding("", f"{end.name} ended with exit code {end.code}: {end.words}".rstrip())
        for end in evidence.ends
        if end.bug or (end.code < 0 and not end.asked)
    ]
    return Verdict("no-bug", len(evidence.ends), tuple(findings))


def served_alone(evidence: Evidence) -> Verdict:
    """Whoever was served at a counter without its hall is known to the hall; of a slip served twice it says so."""
    done = [admission for admission in evidence.admissions if admission.done]
    rows = Counter(
        (call.window, digits_of(evidence, call.ticket_id)) for call in evidence.calls if begins(call) == ADMIT
    )
    told = Counter(_concerned(evidence, conflict) for conflict in evidence.conflicts if conflict.why in PAST_EACH_OTHER)
    findings = [
        Finding(digits, f"served at window {window} without the hall, which knows nothing of it")
        for (window, digits), times in Counter((a.window, a.digits) for a in done).items()
        if rows[window, digits] < times
    ]
    served = Counter(admission.digits for admission in done)
    served.subtract(
        digits_of(evidence, c.ticket_id) for c in evidence.calls if begins(c) == ADMIT and c.ended in RETURNS
    )
    findings += [
        Finding(digits, f"its slip was served {times} times, and nobody is told")
        for digits, times in served.items()
        if told[digits] < times - 1
    ]
    return Verdict("served-alone", len(done), tuple(findings))


def all_told(evidence: Evidence) -> Verdict:
    """The hall has every fact of every box, without a hole, and nothing that did not fit, but what had to happen."""
    findings = [
        Finding("", f"{box.device} still keeps {box.outbox} facts for itself") for box in evidence.boxes if box.outbox
    ]
    seqs: dict[tuple[str, str], list[int]] = defaultdict(list)
    for fact in evidence.facts:
        seqs[fact.device, fact.journal].append(fact.seq)
        if fact.kind == "opened" and fact.data.get("reason", NEW) != NEW and fact.device not in evidence.tampered:
            findings.append(Finding("", f"{fact.device} began a new journal though its own was sound: {fact.data}"))
    findings += [
        Finding("", f"the hall has no fact of {box.device}, journal {box.journal}")
        for box in evidence.boxes
        if (box.device, box.journal) not in seqs
    ]
    for (device, journal), found in seqs.items():
        first = min(found) if FORK in journal else 1  # a fork is told from where it differs
        if sorted(found) != list(range(first, first + len(found))):
            findings.append(Finding("", f"the facts of {device}, journal {journal}, have holes or doubles"))
    served = {admission.digits for admission in evidence.admissions}
    for conflict in evidence.conflicts:
        digits = _concerned(evidence, conflict)
        if not (
            _past_each_other(conflict, digits in served)
            or _from_a_copy(conflict, evidence.tampered)
            or _pressed_otherwise(conflict, evidence)
            or _came_too_late(conflict, evidence, digits)
        ):
            findings.append(Finding(digits, f"{conflict.device} #{conflict.seq}: {conflict.why}"))
    return Verdict("all-told", len(evidence.facts), tuple(findings))


def _pressed_otherwise(conflict: Conflict, evidence: Evidence) -> bool:
    """A cut-off counter ended what the last press that it had sent, unanswered, had sent away: the hall had done it."""
    if conflict.why != "call-not-held":
        return False
    mine = [f for f in evidence.facts if (f.device, f.journal) == (conflict.device, conflict.journal)]
    answered = {f.data.get("request") for f in mine if f.kind == "answered" and f.seq < conflict.seq}
    return any(
        f.kind == "request"
        and f.seq < conflict.seq
        and f.data.get("type") in SENDS_AWAY
        and f.data.get("window") == _data(conflict).get("window")
        and f.data.get("request") not in answered
        for f in mine
    )


def _came_too_late(conflict: Conflict, evidence: Evidence, digits: str) -> bool:
    """What its holder asked of a number at a kiosk, and was told to be overtaken, or was told nothing for sure.

    So it is too where a guide's deed before it has gone with the hall's database.
    """
    kind = conflict.fact.get("kind") if isinstance(conflict.fact, dict) else ""
    what = HOLDERS_FACTS.get(str(kind))
    mine = [wish for wish in evidence.wishes if wish.digits == digits and wish.may_be]
    return what is not None and any(
        (wish.what == what and wish.came != "done") or may_be_lost(evidence, wish) for wish in mine
    )


def _past_each_other(conflict: Conflict, served_alone: bool) -> bool:
    """A slip was served without the hall, and its number called by the hall: nobody could keep the two apart."""
    return conflict.why in PAST_EACH_OTHER and served_alone


def _from_a_copy(conflict: Conflict, tampered: frozenset[str]) -> bool:
    """An old copy of a journal tells another past than the one the hall knows."""
    old = conflict.why == "fork" or _data(conflict).get("evidence") == JOURNAL_REPLACED
    return old and conflict.device in tampered


def _data(conflict: Conflict) -> dict[str, Any]:
    data: dict[str, Any] = conflict.fact.get("data", {}) if isinstance(conflict.fact, dict) else {}
    return data


def _concerned(evidence: Evidence, conflict: Conflict) -> str:
    """The digits that it is about: the fact's own, or its ticket's, or those of a ticket that is named."""
    if digits := _data(conflict).get("digits"):
        return str(digits)
    key = conflict.device, conflict.journal, conflict.seq
    tickets = {f.ticket for f in evidence.facts if (f.device, f.journal, f.seq) == key} - {""}
    tickets.update(_TICKET_ID.findall(conflict.detail))
    return next((t.digits for t in evidence.tickets if t.ticket_id in tickets), "")
