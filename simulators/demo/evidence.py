"""What was seen from outside, and the hall's own account to hold against it. All times are UTC in ms."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from simulators.account import Call, Conflict, Fact, Rating, Ticket
from simulators.demo.wished import Wish

ASKED_MS = 2500
"""A box waits 3 s for its hall: what it refuses sooner has been refused, or was never asked."""

_DIGITS = re.compile(r"\d{4,7}")


def digits_in(text: str) -> str:
    """The ticket's digits in a text on paper or on a display: the first run of 4–7 digits, "" for none."""
    found = _DIGITS.search(text)
    return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class Slip:
    """A piece of paper. ``complete`` when it was cut with everything on it."""

    at_ms: int
    digits: str
    complete: bool
    qr: tuple[str, ...] = ()
    png: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a window's display showed from this moment on; "" when it is dark."""

    at_ms: int
    window: int
    text: str

    @property
    def digits(self) -> str:
        """The ticket's digits in it."""
        return digits_in(self.text)


@dataclass(frozen=True, slots=True)
class PadEvent:
    """Something seen at a rating keypad. The box acknowledged a press at ``heard_ms``; None when it did not."""

    at_ms: int
    window: int
    what: Literal["lit", "dark", "press"]
    grade: str = ""
    heard_ms: int | None = None


@dataclass(frozen=True, slots=True)
class KeyPress:
    """Keys pressed on a caller. ``told_ms``: the box told it then whether that worked; None when it told nothing."""

    at_ms: int
    window: int
    keys: str
    acknowledged: bool
    told_ms: int | None = None
    worked: bool = False
    unsure: bool = False
    """Its window had lost the hall by the time it was told: the hall may have heard it all the same."""


@dataclass(frozen=True, slots=True)
class BoxMark:
    """What a box said at the end: facts that the hall has not yet taken."""

    device: str
    journal: str
    outbox: int


@dataclass(frozen=True, slots=True)
class PagePress:
    """A clerk's button on the page. ``done`` by ``until_ms`` or never, when it was, or may be; None: who knows when."""

    at_ms: int
    window: int
    act: str
    until_ms: int | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Noted:
    """A number that was never on paper: a citizen has it by heart from now on."""

    at_ms: int
    digits: str


@dataclass(frozen=True, slots=True)
class Admission:
    """A slip that was shown at a counter without its hall; not ``done`` when the box refused it, or said nothing."""

    at_ms: int
    window: int
    digits: str
    done: bool


@dataclass(frozen=True, slots=True)
class End:
    """How a process ended: exit code or minus the signal, whether somebody asked for it, what it said."""

    name: str
    code: int
    asked: bool
    bug: bool
    words: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the judge may look at."""

    slips: tuple[Slip, ...] = ()
    shown: tuple[Shown, ...] = ()
    pads: tuple[PadEvent, ...] = ()
    keys: tuple[KeyPress, ...] = ()
    touches: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Touches of the kiosk's screen, and the ids of the tickets that came of each."""
    refused_slips: frozenset[str] = frozenset()
    """Ticket ids whose citizen said that no slip came out."""
    tickets: tuple[Ticket, ...] = ()
    calls: tuple[Call, ...] = ()
    ratings: tuple[Rating, ...] = ()
    facts: tuple[Fact, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    boxes: tuple[BoxMark, ...] = ()
    page_presses: tuple[PagePress, ...] = ()
    ends: tuple[End, ...] = ()
    noted: tuple[Noted, ...] = ()
    admissions: tuple[Admission, ...] = ()
    tampered: frozenset[str] = frozenset()
    """Boxes whose journal was lost, replaced or damaged by somebody."""
    wishes: tuple[Wish, ...] = ()
    serves: tuple[tuple[int, frozenset[str]], ...] = ()
    """The services of each window."""
    lost_ms: tuple[int, ...] = ()
    """When the hall's database was lost; what guides had done since its backup went with it."""


@dataclass(frozen=True, slots=True)
class LitPress:
    """A press on a keypad: whether the pad was lit, and whether it is ``sure`` for which visit."""

    press: PadEvent
    lit: bool
    sure: bool = True


def pressed_for(evidence: Evidence) -> dict[tuple[int, str], list[LitPress]]:
    """Presses by (window, visit) in time order; one between two invitations is with both visits."""
    visit_of = {t.ticket_id: t.visit or t.ticket_id for t in evidence.tickets}
    served = _served_alone(evidence)
    found: dict[tuple[int, str], list[LitPress]] = defaultdict(list)
    for window in {event.window for event in evidence.pads}:
        pads = sorted((e for e in evidence.pads if e.window == window), key=lambda e: e.at_ms)
        finishes = sorted((*_finishes(evidence, window), *_finished_alone(evidence, window, served)), reverse=True)
        lit = False
        for event in pads:
            if event.what != "press":
                lit = event.what == "lit"
                continue
            moments = (event.at_ms, event.heard_ms or event.at_ms)
            tickets = {ticket for at in moments for ticket in _asked_at(at, finishes, pads)}
            visits = {visit_of.get(ticket, ticket) for ticket in tickets}
            for visit in visits:
                found[window, visit].append(LitPress(event, lit, len(visits) == 1))
    return found


def _asked_at(at_ms: int, finishes: list[tuple[int, str]], pads: list[PadEvent]) -> set[str]:
    """Whose rating the pad may be asking for: of the ticket finished last, and of the one it was last lit up for.

    They differ until the pad is lit up anew, and longer where a collision on the line has destroyed that frame.
    """
    lit = max((event.at_ms for event in pads if event.what == "lit" and event.at_ms <= at_ms), default=0)
    return {next((ticket for finished, ticket in finishes if finished <= limit), "") for limit in (at_ms, lit)} - {""}


def _finishes(evidence: Evidence, window: int) -> Iterator[tuple[int, str]]:
    for call in evidence.calls:
        if call.window != window:
            continue
        for event in call.events:
            if event.step in {"finish", "finished"}:
                yield event.at_ms, call.ticket_id
        if call.ended == "finished" and call.ended_ms is not None:
            yield call.ended_ms, call.ticket_id


def _served_alone(evidence: Evidence) -> dict[str, str]:
    """By the name that a counter without its hall gave a ticket: the ticket that it turned out to be."""
    known = {t.ticket_id for t in evidence.tickets}
    by_digits = {t.digits: t.ticket_id for t in evidence.tickets}
    served = {}
    for fact in evidence.facts:
        if fact.kind == "admitted" and fact.own_id not in known:
            slip, digits = str(fact.data.get("slip") or ""), str(fact.data.get("digits"))
            served[fact.own_id] = slip if slip in known else by_digits.get(digits, "")
    return served


def _finished_alone(evidence: Evidence, window: int, served: dict[str, str]) -> Iterator[tuple[int, str]]:
    for fact in evidence.facts:
        if fact.kind == "finished" and fact.data.get("window") == window:
            # The hall knows a box's time only as well as the line was quick; a clock that was compared says when.
            moment = fact.at_ms if fact.trust == "compared" or not fact.hall_ms else fact.hall_ms
            yield moment, served.get(fact.ticket, fact.ticket)


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """One line of a ticket's story."""

    at_ms: int
    line: str = field(compare=False)


def story(evidence: Evidence, digits: str) -> list[Moment]:
    """Everything known of the ticket with these digits, in time order: slips, displays, calls, facts, ratings."""
    ids = {t.ticket_id for t in evidence.tickets if t.digits == digits}
    ids |= {f.ticket for f in evidence.facts if f.kind == "issued" and digits_in(str(f.data.get("number"))) == digits}
    ids |= {f.own_id for f in evidence.facts if f.kind == "admitted" and f.data.get("digits") == digits}
    visits = ids | {t.visit for t in evidence.tickets if t.ticket_id in ids}
    moments = [
        *(
            Moment(s.at_ms, f"paper: {'complete' if s.complete else 'torn off'} slip {s.digits}")
            for s in evidence.slips
            if s.digits == digits
        ),
        *(Moment(s.at_ms, f"display {s.window}: {s.text}") for s in evidence.shown if s.digits == digits),
        *(Moment(f.at_ms, _fact_line(f)) for f in evidence.facts if f.ticket in ids),
        *(m for c in evidence.calls if c.ticket_id in ids for m in _call_moments(c)),
        *(Moment(w.at_ms, str(w)) for w in evidence.wishes if w.digits == digits),
        *(
            Moment(r.at_ms, f"hall: {r.outcome} {r.grade or r.reason} at window {r.window}")
            for r in evidence.ratings
            if r.visit in visits
        ),
        *(_press_moment(p) for (_, visit), found in pressed_for(evidence).items() if visit in visits for p in found),
    ]
    states = [f"hall says: {t.ticket_id} is {t.state}" for t in evidence.tickets if t.ticket_id in ids]
    last = max((m.at_ms for m in moments), default=0)
    return sorted(moments) + [Moment(last, line) for line in states]


def _press_moment(one: LitPress) -> Moment:
    pad = "lit" if one.lit else "dark"
    heard = "not acknowledged" if one.press.heard_ms is None else "acknowledged"
    return Moment(one.press.at_ms, f"keypad {one.press.window}, {pad}: {one.press.grade} pressed, {heard}")


def _fact_line(fact: Fact) -> str:
    told = " ".join(f"{key}={value}" for key, value in fact.data.items() if key != "ticket")
    return f"{fact.device} #{fact.seq}: {fact.kind} {told}".rstrip()


def _call_moments(call: Call) -> Iterator[Moment]:
    yield Moment(
        call.at_ms, f"hall: called to window {call.window} by {call.operator or '?'} (call {call.call_id[:8]})"
    )
    for event in call.events:
        if event.step != "call":
            yield Moment(event.at_ms, f"hall: {event.step} (call {call.call_id[:8]})")
    if call.ended and call.ended_ms is not None:
        yield Moment(call.ended_ms, f"hall: {call.ended} (call {call.call_id[:8]})")
