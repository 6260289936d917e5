"""What the hall's load comes to: figures, each beside what the machine itself cost in the same breath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from simulators.bench.figures import Figure, at_least, at_most, median, percentile

FLAT = 1.25
"""A call with 50,000 behind it may take so many times what it takes with few: more would be growth, not noise."""

FLAT_RATE = 0.8
"""And so much of the tickets a second has to be left."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is done for the hall's figures."""

    crowd: int = 50_000
    """Tickets waiting, later served."""
    tickets: int = 1200
    """Issued by each client at each size of the queue."""
    calls: int = 1000
    """Of one clerk, at each size."""
    together: int = 20_000
    """Of eight clerks at once."""

    def tenth(self) -> Counts:
        """A tenth of everything."""
        return Counts(self.crowd // 10, self.tickets // 10, self.calls // 10, self.together // 10)


@dataclass(slots=True)
class IssuePace:
    """What issuing cost at one size of the queue: seconds a request with one client, and rates a second with eight."""

    commit: list[float] = field(default_factory=list)
    echo: list[float] = field(default_factory=list)
    reserve: list[float] = field(default_factory=list)
    confirm: list[float] = field(default_factory=list)
    echo_rate: list[float] = field(default_factory=list)
    ticket_rate: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CallPace:
    """What calling cost at one size of the queue, in seconds."""

    commit: list[float]
    echo: list[float]
    calls: list[float]


def issuing(size: str, pace: IssuePace) -> list[Figure]:
    """One client against commit + 2 echoes a request, eight against half the echo's rate, two requests a ticket."""
    commit, echo = _p50_ms(pace.commit), _p50_ms(pace.echo)
    bar = at_most(commit + 2 * echo)
    echo_rate, ticket_rate = median(pace.echo_rate), median(pace.ticket_rate)
    confirmed = f"{size}: issued and confirmed, eight clients"
    return [
        Figure(f"{size}: bare commit, p50", commit, "ms"),
        Figure(f"{size}: bare echo, p50", echo, "ms"),
        Figure(f"{size}: reserve, one client, p50", _p50_ms(pace.reserve), "ms", bar),
        Figure(f"{size}: confirm, one client, p50", _p50_ms(pace.confirm), "ms", bar),
        Figure(f"{size}: bare echo, eight clients", echo_rate, "requests/s"),
        Figure(confirmed, ticket_rate, "tickets/s", at_least(echo_rate / 4)),
    ]


def flat_rate(empty: IssuePace, crowded: IssuePace) -> Figure:
    """How much of the rate is left when a crowd waits; each against the echo of its own breath."""
    left, right = (median(pace.ticket_rate) / median(pace.echo_rate) for pace in (crowded, empty))
    return Figure("issued and confirmed, with a crowd ÷ with nobody", left / right, "×", at_least(FLAT_RATE))


def calling(size: str, pace: CallPace) -> list[Figure]:
    """One clerk's call-next."""
    return [
        Figure(f"{size}: bare commit beside the calls, p50", _p50_ms(pace.commit), "ms"),
        Figure(f"{size}: bare echo beside the calls, p50", _p50_ms(pace.echo), "ms"),
        Figure(f"{size}: call-next, p50", _p50_ms(pace.calls), "ms", at_most(0.6)),
        Figure(f"{size}: call-next, p99", percentile(pace.calls, 99) * 1000, "ms", at_most(1.5)),
    ]


def flat_calls(paces: Sequence[CallPace]) -> Figure:
    """The slowest size against the first; each against the commit and echo of its own breath."""
    costs = [_p50_ms(pace.calls) / (_p50_ms(pace.commit) + _p50_ms(pace.echo)) for pace in paces]
    return Figure("call-next, with a crowd or after it ÷ with few", max(costs[1:]) / costs[0], "×", at_most(FLAT))


def _p50_ms(seconds: Sequence[float]) -> float:
    return median(seconds) * 1000
