"""What waiting means: people ahead × median service time ÷ windows open for the service, as a range. Pure.

Windows take several services, and each takes whoever was there first. So the work that waits is laid upon the open
windows, each service's work upon its own ones as evenly as these allow; what lies then on the least loaded window of a
service is how long somebody waits who comes now. With windows of one service alone this is the plain formula.

The range is from the first to the third quartile of what so many visits, one after the other, take together: the
quartiles of a sum of k lie √k times as far apart as those of one.
"""

from __future__ import annotations

import math
import statistics
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hall.contract import Wait

STEP_MIN = 5
"""Minutes are told in steps of this."""

LEAST_SAMPLES = 5
"""Below this nothing is said (standards §7)."""

KEPT = 60
"""Visits of one service that are remembered: the newest, so today's before those of the days before."""

BEGUN = 2000
"""Visits that are remembered to have begun: ten times as many as windows."""

LEAST_MS = 5_000
"""Whoever is done sooner was not served: a number pressed away."""

ROUNDS = 8
"""Of levelling; from then on nothing moves that a step of five minutes would show."""

MINUTE_MS = 60_000


class Duration(NamedTuple):
    """How long one visit of a service takes, in minutes."""

    median: float
    spread: float
    """From the first to the third quartile."""


class Visit(NamedTuple):
    """One visit that has been served: its call, its service, how long it took."""

    call: str
    service: str
    ms: int


class ServiceTimes:
    """How long visits take, by service, from start to finish. Bounded, whatever comes."""

    def __init__(self) -> None:
        self._begun: OrderedDict[str, int] = OrderedDict()
        self._taken: dict[str, OrderedDict[str, int]] = {}
        self._known: dict[str, Duration | None] = {}

    def began(self, call: str, at_ms: int) -> None:
        """Somebody is being served."""
        self._begun[call] = at_ms
        self._begun.move_to_end(call)
        if len(self._begun) > BEGUN:
            self._begun.popitem(last=False)

    def ended(self, call: str, service: str, at_ms: int) -> None:
        """… and was, until now. A finish that is taken back and pressed anew counts once, with its last."""
        begun_ms = self._begun.get(call)
        if begun_ms is not None:
            self.add(Visit(call, service, at_ms - begun_ms))

    def add(self, visit: Visit) -> None:
        """One more visit, the newest."""
        if visit.ms < LEAST_MS:
            return
        taken = self._taken.setdefault(visit.service, OrderedDict())
        taken[visit.call] = visit.ms
        if len(taken) > KEPT:
            taken.popitem(last=False)
        self._known.pop(visit.service, None)

    def of(self, service: str) -> Duration | None:
        """None where too few were served to say."""
        if service not in self._known:
            self._known[service] = _duration([*self._taken.get(service, {}).values()])
        return self._known[service]

    def known(self) -> dict[str, Duration]:
        """By service, of those that can be told."""
        return {service: told for service in self._taken if (told := self.of(service)) is not None}


def _duration(taken_ms: Sequence[int]) -> Duration | None:
    if len(taken_ms) < LEAST_SAMPLES:
        return None
    first, median, third = (ms / MINUTE_MS for ms in statistics.quantiles(taken_ms, n=4, method="inclusive"))
    return Duration(median, third - first)


class Hall(NamedTuple):
    """What an estimate is made from: who waits by service, what each open window takes, how long visits take."""

    waiting: Mapping[str, int]
    open: Mapping[int, Sequence[str]]
    durations: Mapping[str, Duration]


def waits(hall: Hall) -> dict[str, Wait]:
    """For whoever takes a number now, by service; none where it cannot be told."""
    minutes = levels(hall)
    told = {service: in_minutes(hall, service, minutes[service]) for service in minutes}
    return {service: wait for service, wait in told.items() if wait is not None}


def wait_for(hall: Hall, service: str, ahead: int) -> Wait | None:
    """For somebody who waits already and has so many of this service before them."""
    minutes = levels(hall).get(service)
    if minutes is None:
        return None
    waiting = hall.waiting.get(service, 0)
    return in_minutes(hall, service, minutes * ahead / waiting if waiting else minutes)


def in_minutes(hall: Hall, service: str, minutes: float) -> Wait | None:
    """The range around so many minutes, in steps of five; None where too few were served to say."""
    duration = hall.durations.get(service)
    if duration is None:
        return None
    half = duration.spread / 2 * math.sqrt(minutes / duration.median)
    low = max(0, math.floor(round((minutes - half) / STEP_MIN, 6))) * STEP_MIN
    high = math.ceil(round((minutes + half) / STEP_MIN, 6)) * STEP_MIN
    return Wait(low=low, high=max(high, low + STEP_MIN))


def levels(hall: Hall) -> dict[str, float]:
    """By service that an open window takes: minutes until whoever comes now is called."""
    takers: dict[str, list[int]] = {}
    for window, services in hall.open.items():
        for service in services:
            takers.setdefault(service, []).append(window)
    medians = [duration.median for duration in hall.durations.values()]
    usual = statistics.median(medians) if medians else 0.0
    work = {
        service: hall.waiting.get(service, 0) * (hall.durations[service].median if service in hall.durations else usual)
        for service in takers
    }
    lying: dict[str, dict[int, float]] = {service: {} for service in takers}
    load = dict.fromkeys(hall.open, 0.0)
    few_first = sorted(takers, key=lambda service: (len(takers[service]), service))
    for _ in range(ROUNDS):
        for service in few_first:
            if work[service]:
                _lay(work[service], takers[service], lying[service], load)
    return {service: min(load[window] for window in windows) for service, windows in takers.items()}


def _lay(work: float, windows: Sequence[int], lying: dict[int, float], load: dict[int, float]) -> None:
    """Lay one service's work anew upon its windows, as evenly as what lies there of others allows."""
    for window, minutes in lying.items():
        load[window] -= minutes
    lying.clear()
    lowest = sorted(windows, key=load.__getitem__)
    level, left = load[lowest[0]], work
    for count in range(1, len(lowest) + 1):
        above = load[lowest[count]] - level if count < len(lowest) else math.inf
        if above * count >= left:
            level += left / count
            lowest = lowest[:count]
            break
        level += above
        left -= above * count
    for window in lowest:
        lying[window] = level - load[window]
        load[window] = level
