"""The journals of one busy day in a full hall, as its boxes would hold them, and what the hall knew by then.

Nobody runs: times are drawn, queues are served in the order of touch, and every fact says what the contract wants of
it. All durations are shares of the day's length, so that a bench at ten past four in the morning has a busy day too.
What is under way when the day is cut off stays so: called, serving, waiting.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from simulators.bench.box import Boot, Chain, now_ms
from simulators.bench.full_hall import BOXES, FULL_COUNTERS, FULL_KIOSKS, FullKiosk
from simulators.bench.settings import HALVES, LETTERS, SERVICES
from simulators.bench.told_counter import Hours, Slip, ToldCounter

LONGEST_MS = 8 * 3_600_000
SHORTEST_MS = 60_000
HOUR_MS, DAY_MS = 3_600_000, 24 * 3_600_000
TURN_MS = 4 * HOUR_MS
"""UTC + 4 h has the business date: it changes at 04:00 in China, where clocks are at UTC + 8 h."""

BUSY = 1.02
"""What all visits would take of the clerks' time: more than they have, so that some still wait in the end."""

BAND_SHARE = 0.05
"""Of the numbers: given by a kiosk alone, the hall having been silent."""

SEED = 65


@dataclass(slots=True)
class Known:
    """What the lost hall knew, and a rebuilt one has to know again."""

    tickets: dict[str, str] = field(default_factory=dict)
    """State by ticket_id."""
    calls: dict[str, tuple[str, int, str | None]] = field(default_factory=dict)
    """Ticket, window and how it ended, by call."""
    ratings: dict[str, str] = field(default_factory=dict)
    """Grade, or why there is none, by visit."""
    windows: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Phase and the ticket held ("" for none), by window."""
    waiting: Counter[str] = field(default_factory=Counter)
    """How many wait, by service."""


@dataclass(frozen=True, slots=True)
class BusyDay:
    """The boxes' journals, by box, and what they come to. ``term``: the lost hall's."""

    date: str
    term: dict[str, int | str]
    chains: dict[str, Chain]
    known: Known


def busy_day(tickets: int) -> BusyDay:
    """A day with so many tickets that ends now."""
    draw = random.Random(SEED)
    end_ms = now_ms()
    length_ms = max(SHORTEST_MS, min(LONGEST_MS, (end_ms + TURN_MS) % DAY_MS))
    hours = Hours(end_ms - length_ms, end_ms)
    date = datetime.fromtimestamp((end_ms + TURN_MS) / 1000, UTC).date().isoformat()
    chains = {box.name: _begun(box.name, hours, draw) for box in BOXES}
    day = BusyDay(date, {"n": 1, "draw": f"{draw.getrandbits(64):016x}"}, chains, Known())
    slips = list(_slips(day, hours, draw, tickets))
    counters = [ToldCounter(counter, day.term, hours, draw) for counter in FULL_COUNTERS]
    visit_ms = BUSY * length_ms * len(counters) / tickets
    for codes in HALVES:
        serving = [counter for counter in counters if counter.counter.services == codes]
        _serve(serving, [slip for slip in slips if slip.service in codes], visit_ms)
    for counter in counters:
        counter.tell(chains[counter.counter.name])
        _remember(day.known, counter)
    day.known.waiting.update(slip.service for slip in slips if day.known.tickets[slip.ticket] == "waiting")
    return day


def _begun(box: str, hours: Hours, draw: random.Random) -> Chain:
    """A journal that was begun in the morning, by a box that was switched on some time before."""
    boot = Boot(f"{draw.getrandbits(128):032x}", hours.begin_ms - draw.randrange(HOUR_MS))
    chain = Chain(box, boot)
    chain.tell("opened", at_ms=hours.begin_ms, reason="new", former="")
    return chain


def _slips(day: BusyDay, hours: Hours, draw: random.Random, tickets: int) -> Iterator[Slip]:
    """What came out of the kiosks, in the order of touch; each kiosk prints one slip after the other."""
    kiosks = len(FULL_KIOSKS)
    slot_ms = (hours.end_ms - hours.begin_ms) * kiosks / tickets
    touches = [(place // kiosks + draw.random() / 2, FULL_KIOSKS[place % kiosks]) for place in range(tickets)]
    given: Counter[str] = Counter()
    for place, kiosk in sorted(touches, key=lambda touch: touch[0]):
        at_ms = hours.begin_ms + int(place * slot_ms)
        service, digit = draw.choice(SERVICES), str(kiosk.digit) if draw.random() < BAND_SHARE else ""
        given[service + digit] += 1
        ticket = day.chains[kiosk.name].tell("requested", at_ms=at_ms, service=service, touch=f"touch-{at_ms}")
        number = f"{service}{digit}{given[service + digit]:03}"
        slip = Slip(ticket, LETTERS[service] + number, service, at_ms + int(slot_ms / 3))
        if _print(day, kiosk, slip, "band" if digit else "hall", draw):
            yield slip


def _print(day: BusyDay, kiosk: FullKiosk, slip: Slip, source: str, draw: random.Random) -> bool:
    """Whether somebody holds it now, for all that is known."""
    chain, ticket, digits = day.chains[kiosk.name], slip.ticket, slip.number.removeprefix(LETTERS[slip.service])
    issued = {"ticket": ticket, "service": slip.service, "number": digits, "source": source, "date": day.date}
    chain.tell("issued", ticket, slip.printed_ms - 1, **issued)
    outcome = draw.choices(("printed", "doubtful", "voided"), (98, 1, 1))[0]
    why = {"reason": "media-jam"} if outcome == "voided" else {"evidence": "gs-r"}
    chain.tell(outcome, ticket, slip.printed_ms, ticket=ticket, **why)
    day.known.tickets[ticket] = "void" if outcome == "voided" else "waiting"
    return outcome != "voided"


def _serve(counters: list[ToldCounter], slips: list[Slip], visit_ms: float) -> None:
    """One queue: whoever is free first calls whoever touched first."""
    free = [(counter.free_ms, number) for number, counter in enumerate(counters)]
    for slip in slips:
        _, number = free[0]
        if counters[number].serve(slip, visit_ms):
            heapq.heapreplace(free, (counters[number].free_ms, number))


def _remember(known: Known, counter: ToldCounter) -> None:
    window = counter.window
    known.windows[window.number] = window.phase, window.held["ticket"] if window.held else ""
    known.calls |= window.calls
    known.ratings |= counter.ratings
    known.tickets |= {ticket: ended or window.phase for ticket, _, ended in window.calls.values()}
