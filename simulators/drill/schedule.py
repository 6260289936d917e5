"""What goes wrong, where, when and for how long: drawn from the seed before anything begins.

Two troubles that would undo each other (two at one process, at one cable, on one line) never overlap, the time that
a process needs to come back included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from random import Random

from simulators.drill.moments import COUNTER_MOMENTS, HALL_MOMENTS, KIOSK_MOMENTS
from simulators.drill.settings import HALL, Size

FIRST_SECONDS = 2.0
A_SECOND = 0.68
"""Troubles that begin in a second, in a hall of seven boxes."""

TRIES = 12
COME_BACK_SECONDS = 5.0
"""What a process needs to be itself again: half a second's pause, its start, its first words with the hall."""

LINE_REST_SECONDS = 1.5
CABLE_REST_SECONDS = 2.0

PRINTER_FAULTS = (
    "paper-out",
    "paper-out-mid",
    "cover-open",
    "silent",
    "no-status",
    "no-gs-h",
    "slow",
    "byte-by-byte",
    "unplug",
    "cut-line",
    "garble",
    "no-status+paper-out-mid",
)
BUS_FAULTS = ("cut-line", "wrong-checksum", "byte-by-byte", "slow", "unplug", "silent", "garble")
JUMPS = ("-3600", "+3600", "+86400", "-86400", "+40d", "-2y", "+1y", "@1970-01-01 00:00:10", "@2038-01-19 03:14:00")
"""What libfaketime is told: a wall clock behind, ahead, never set."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault. ``at`` seconds from the start; ``details`` are the kind's own."""

    at: float
    kind: str
    target: str
    seconds: float
    details: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        told = " ".join(f"{key}={value}" for key, value in self.details)
        return f"{self.at:7.1f} s  {self.kind:14} {self.target:12} {self.seconds:5.1f} s  {told}".rstrip()

    def detail(self, key: str) -> str:
        """One of its details. Raises KeyError."""
        return dict(self.details)[key]


Draw = Callable[[Random, str], dict[str, str]]


def _nothing(_random: Random, _target: str) -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of trouble: how often, at what, for how long; ``needs`` what a machine may not have."""

    name: str
    weight: float
    targets: Callable[[Size], Iterable[str]]
    shortest: float
    longest: float
    rest: float
    takes: Callable[[Size, str], Iterable[str]]
    """What must not be in other trouble meanwhile."""
    draw: Draw = _nothing
    needs: str = ""


def _processes(size: Size) -> Iterable[str]:
    return (*size.boxes, HALL)


def _boxes(size: Size) -> Iterable[str]:
    return size.boxes


def _hall(_size: Size) -> Iterable[str]:
    return (HALL,)


def _printers(size: Size) -> Iterable[str]:
    return [line for line in size.lines if line.startswith("printer")]


def _buses(size: Size) -> Iterable[str]:
    return [line for line in size.lines if not line.startswith("printer")]


def _itself(_size: Size, target: str) -> Iterable[str]:
    return (target,)


def _cable(_size: Size, box: str) -> Iterable[str]:
    return (f"cable of {box}",)


def _all_cables(size: Size, _hall: str) -> Iterable[str]:
    return (HALL, *(f"cable of {box}" for box in size.boxes))


def _step(random: Random, target: str) -> dict[str, str]:
    """A moment to wait for, and a little time after it."""
    moments = HALL_MOMENTS if target == HALL else KIOSK_MOMENTS if target.startswith("kiosk") else COUNTER_MOMENTS
    return {"after": random.choice(moments), "by": f"{random.choice((0, 0.01, 0.03, 0.08, 0.2)):.2f}"}


def _lost(random: Random, _target: str) -> dict[str, str]:
    return {"answers": str(random.randint(1, 4))}


def _slow(random: Random, _target: str) -> dict[str, str]:
    return {"delay": f"{random.uniform(0.05, 0.8):.2f}", "rate": str(random.choice((2_000, 8_000, 30_000)))}


def _printer_fault(random: Random, _target: str) -> dict[str, str]:
    return {"fault": random.choice(PRINTER_FAULTS)}


def _bus_fault(random: Random, _target: str) -> dict[str, str]:
    return {"fault": random.choice(BUS_FAULTS)}


def _jump(random: Random, _target: str) -> dict[str, str]:
    return {"to": random.choice(JUMPS)}


_BACK = COME_BACK_SECONDS
KINDS: tuple[Kind, ...] = (
    Kind("kill", 8, _processes, 0, 0, _BACK, _itself),
    Kind("kill-at-step", 16, _processes, 0, 4, _BACK, _itself, _step),
    Kind("stop", 4, _processes, 0.2, 4, _BACK, _itself),
    Kind("cut", 8, _boxes, 0.5, 7, CABLE_REST_SECONDS, _cable),
    Kind("half-open", 4, _boxes, 1, 10, CABLE_REST_SECONDS, _cable),
    Kind("stalled", 5, _boxes, 0.5, 6, CABLE_REST_SECONDS, _cable),
    Kind("slow-link", 5, _boxes, 2, 7, CABLE_REST_SECONDS, _cable, _slow),
    Kind("reordered", 5, _boxes, 2, 6, CABLE_REST_SECONDS, _cable),
    Kind("lost-answers", 12, _boxes, 2, 5, CABLE_REST_SECONDS, _cable, _lost),
    Kind("hall-cut", 2, _hall, 1, 5, CABLE_REST_SECONDS, _all_cables),
    Kind("printer", 18, _printers, 1, 5, LINE_REST_SECONDS, _itself, _printer_fault),
    Kind("bus", 14, _buses, 0.5, 4, LINE_REST_SECONDS, _itself, _bus_fault),
    Kind("disk-full", 5, _processes, 1, 5, _BACK, _itself, needs="mounts"),
    Kind("slow-disk", 4, _processes, 2.5, 6, _BACK, _itself, needs="strace"),
    Kind("clock", 5, _boxes, 1, 8, _BACK, _itself, _jump, needs="libfaketime"),
)


def draw(seed: int, seconds: float, size: Size, kinds: Iterable[str] = ()) -> list[Trouble]:
    """The schedule of so many seconds, by time. ``kinds``: only these; none means all."""
    wanted = set(kinds)
    chosen = [kind for kind in KINDS if not wanted or kind.name in wanted]
    random = Random(f"{seed}/schedule")
    return sorted(_Calendar(random, size, chosen, seconds).troubles(), key=lambda trouble: trouble.at)


@dataclass
class _Calendar:
    """Who is in trouble until when."""

    random: Random
    size: Size
    kinds: list[Kind]
    ends: float
    taken: dict[str, float] = field(default_factory=dict)

    def troubles(self) -> Iterator[Trouble]:
        """One after the other, each where nothing else is wrong at that time."""
        at = FIRST_SECONDS
        while at < self.ends:
            for _ in range(TRIES):
                if trouble := self._try(at):
                    yield trouble
                    break
            at += self.random.expovariate(A_SECOND)

    def _try(self, at: float) -> Trouble | None:
        kind = self.random.choices(self.kinds, [kind.weight for kind in self.kinds])[0]
        target = self.random.choice(list(kind.targets(self.size)))
        seconds = round(self.random.uniform(kind.shortest, kind.longest), 1)
        details = tuple(kind.draw(self.random, target).items())
        takes = list(kind.takes(self.size, target))
        until = at + seconds + kind.rest
        if until > self.ends or any(self.taken.get(what, 0.0) > at for what in takes):
            return None
        self.taken |= dict.fromkeys(takes, until)
        return Trouble(round(at, 1), kind.name, target, seconds, details)
