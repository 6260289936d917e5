"""The rules of what people ask of their numbers: at a kiosk with their slip, of a guide, of a clerk who sends them on.

Witness is what they asked and were told, never the hall's own account of it. What guides had done goes with a database
that is lost (hall.deeds): it may have been done, and nothing is asked of it any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from simulators.account import Call
from simulators.demo.evidence import Evidence
from simulators.demo.verdict import CLOCK_SLACK_MS, Finding, Verdict, begins, complete_slips, digits_of, is_call
from simulators.demo.wished import What, Wish

AWAY_MS = 15 * 60_000
"""Nobody is away for longer (order 5)."""

SHOWN_SLACK_MS = 5_000
"""A display follows its hall by so much over a slow line."""

NEVER_MS = 1 << 62

ENDS_AWAY: frozenset[What] = frozenset({"step-back", "give-back", "transfer", "readmit"})
SENDS: frozenset[What] = frozenset({"transfer", "redirect"})
CALLS_ANEW = frozenset({"undo-miss", "take-back", "recall"})
"""Steps by which a call that was over, or stood aside, is there again."""


def given_back_for_good(evidence: Evidence) -> Verdict:
    """A number given back is never called nor shown afterwards, unless a guide lets it wait again.

    A counter without its hall may have admitted and missed it, and tells so later: then a clerk may call the number.
    """
    case = _Case(evidence)
    given = [wish for wish in case.sure if wish.what == "give-back"]
    findings = []
    for wish in given:
        since, until = _told(wish), case.next_ms(wish, frozenset({"readmit"}))
        calls = [call for call in case.calls[wish.digits] if is_call(call)]
        if wish.digits in case.alone:
            calls = [call for call in calls if begins(call) == "call"]
        if any(since < at_ms < until for call in calls for at_ms in _called_ms(call)):
            findings.append(Finding(wish.digits, "called after it was given back"))
        if any(since + SHOWN_SLACK_MS < at_ms < until for at_ms in case.shown_ms(wish.digits)):
            findings.append(Finding(wish.digits, "shown after it was given back"))
    return Verdict("given-back-for-good", len(given), tuple(findings))


def away_until_back(evidence: Evidence) -> Verdict:
    """Who has stepped away is not called before the end of it, or before being back; and is called then."""
    case = _Case(evidence)
    left = [wish for wish in case.sure if wish.what == "step-away"]
    findings = []
    for wish in left:
        until = min(case.next_ms(wish, ENDS_AWAY), wish.at_ms + AWAY_MS)
        calls = [call for call in case.calls[wish.digits] if begins(call) == "call"]
        if any(_told(wish) < call.at_ms < until for call in calls):
            findings.append(Finding(wish.digits, "called while its holder was away"))
        if not case.is_reached(wish):
            findings.append(Finding(wish.digits, "its holder was away, and nobody has called it since"))
    return Verdict("away-until-back", len(left), tuple(findings))


def looked_for_before_missed(evidence: Evidence) -> Verdict:
    """Who is called by the screens is never missed without a guide's look, but by a counter without its hall."""
    case = _Case(evidence)
    watching = [wish for wish in case.sure if wish.what == "by-screen"]
    alone = {str(fact.data.get("call")) for fact in evidence.facts if fact.kind == "missed"}
    findings = [
        Finding(wish.digits, f"missed at window {call.window}, and no guide had looked for its holder")
        for wish in watching
        for call in case.calls[wish.digits]
        for event in call.events
        if event.step == "miss" and event.at_ms > _told(wish) and call.call_id not in alone
        if not case.is_looked_for(wish.digits, call.at_ms, event.at_ms)
    ]
    return Verdict("looked-for-before-missed", len(watching), tuple(findings))


def called_where_sent(evidence: Evidence) -> Verdict:
    """Who was sent to another service, by a guide or a clerk, is called there next, and nowhere else."""
    case = _Case(evidence)
    sent = [wish for wish in case.sure if wish.what in SENDS]
    serves = dict(evidence.serves)
    findings = []
    for wish in sent:
        until = case.next_ms(wish, SENDS)
        for call in case.calls[wish.digits]:
            there = wish.service in serves.get(call.window, ())
            if begins(call) == "call" and _told(wish) < call.at_ms < until and not there:
                what = f"sent to service {wish.service}, and called to window {call.window}, which has none of it"
                findings.append(Finding(wish.digits, what))
        if not case.is_reached(wish):
            findings.append(Finding(wish.digits, f"sent to service {wish.service}, and never called there"))
    return Verdict("called-where-sent", len(sent), tuple(findings))


def readmitted_called_again(evidence: Evidence) -> Verdict:
    """Whom a guide lets wait again is called again."""
    case = _Case(evidence)
    again = [wish for wish in case.sure if wish.what == "readmit"]
    findings = [Finding(w.digits, "waits again, and nobody has called it") for w in again if not case.is_reached(w)]
    return Verdict("readmitted-called-again", len(again), tuple(findings))


def taken_once(evidence: Evidence) -> Verdict:
    """A number that a guide gives to a visitor is nobody else's."""
    slips = complete_slips(evidence)
    given: dict[str, int] = defaultdict(int)
    for wish in evidence.wishes:
        if wish.what == "take" and wish.came == "done":
            given[wish.digits] += 1
    findings = [Finding(digits, f"given to {times} visitors by guides") for digits, times in given.items() if times > 1]
    findings += [Finding(digits, "given by a guide, and on a kiosk's slip") for digits in given if digits in slips]
    return Verdict("taken-once", len(given), tuple(findings))


RULES: tuple[Callable[[Evidence], Verdict], ...] = (
    given_back_for_good,
    away_until_back,
    looked_for_before_missed,
    called_where_sent,
    readmitted_called_again,
    taken_once,
)


def may_be_lost(evidence: Evidence, wish: Wish) -> bool:
    """Whether a guide's deed may have gone with the hall's database."""
    return wish.who == "guide" and any(wish.at_ms <= lost for lost in evidence.lost_ms)


class _Case:
    """The evidence by number."""

    def __init__(self, evidence: Evidence) -> None:
        self.sure = [w for w in evidence.wishes if w.came == "done" and not may_be_lost(evidence, w)]
        """What was certainly done, and still is."""
        self.calls: dict[str, list[Call]] = defaultdict(list)
        for call in evidence.calls:
            self.calls[digits_of(evidence, call.ticket_id)].append(call)
        self._wishes: dict[str, list[Wish]] = defaultdict(list)
        for wish in evidence.wishes:
            if wish.may_be:
                self._wishes[wish.digits].append(wish)
        self._closed = {ticket.digits for ticket in evidence.tickets if ticket.state == "closed"}
        self.alone = {admission.digits for admission in evidence.admissions}
        """Numbers that counters without their hall have admitted, or may have."""
        self._evidence = evidence

    def next_ms(self, wish: Wish, what: frozenset[What]) -> int:
        """When one of these was asked of the same number after it, whatever came of that."""
        later = (w.at_ms for w in self._wishes[wish.digits] if w.what in what and w is not wish)
        return min((at_ms for at_ms in later if at_ms >= wish.at_ms), default=NEVER_MS)

    def is_reached(self, wish: Wish) -> bool:
        """Whether it was called or served since, with its hall or without, was given back, or the day ended."""
        if wish.digits in self._closed | self.alone or self.next_ms(wish, frozenset({"give-back"})) < NEVER_MS:
            return True
        since = wish.at_ms - CLOCK_SLACK_MS
        return any(at_ms >= since for call in self.calls[wish.digits] for at_ms in _called_ms(call))

    def is_looked_for(self, digits: str, called_ms: int, missed_ms: int) -> bool:
        """Whether a guide may have looked for its holder between these."""
        return any(
            w.what == "looked-for" and w.at_ms <= missed_ms + CLOCK_SLACK_MS and (w.told_ms or NEVER_MS) >= called_ms
            for w in self._wishes[digits]
        )

    def shown_ms(self, digits: str) -> Iterator[int]:
        """When its number came on a display, but for a counter without its hall."""
        if digits not in self.alone:
            yield from (shown.at_ms for shown in self._evidence.shown if shown.digits == digits)


def _told(wish: Wish) -> int:
    return (wish.told_ms or wish.at_ms) + CLOCK_SLACK_MS


def _called_ms(call: Call) -> list[int]:
    return [call.at_ms, *(event.at_ms for event in call.events if event.step in CALLS_ANEW)]
