"""What goes wrong, where, when and for how long: drawn from the seed before anything begins.

Two troubles that would undo each other (two at one process, at one cable, on one line) never overlap, the time that
a process needs to come back included. What befalls much at once, and seldom, gets its places first; all else comes
between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from simulators.drill.moments import COUNTER_MOMENTS, HALL_MOMENTS, KIOSK_MOMENTS
from simulators.drill.settings import HALL, Size

FIRST_SECONDS = 2.0
A_SECOND = 0.68
"""Troubles that begin in a second, in a hall of seven boxes."""

TRIES = 12
TRIES_FOR_A_PLACE = 60
COME_BACK_SECONDS = 5.0
"""What a process needs to be itself again: half a second's pause, its start, its first words with the hall."""

TELLING_SECONDS = 16.0
"""In which a box is left alone, tells everything, loses its journal, and begins anew."""

RECOVERING_SECONDS = 25.0
"""In which a restored hall hears every box out and lives through again what they tell."""

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
        return f"{self.at:7.1f} s  {self.kind:15} {self.target:19} {self.seconds:5.1f} s  {told}".rstrip()

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
    """How often; 0 for what comes once ``every`` so many seconds, and first."""
    targets: Callable[[Size], Iterable[str]]
    shortest: float
    longest: float
    rest: float
    takes: Callable[[Size, str], Iterable[str]]
    """What must not be in other trouble meanwhile."""
    draw: Draw = _nothing
    needs: str = ""
    every: float = 0.0


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


def _counters(size: Size) -> Iterable[str]:
    return size.counter_names


def _pairs(size: Size) -> Iterable[str]:
    return [f"{one}+{other}" for one, other in pairwise(size.counter_names)]


def _itself(_size: Size, target: str) -> Iterable[str]:
    return (target,)


def _cable(_size: Size, box: str) -> Iterable[str]:
    return (f"cable of {box}",)


def _all_cables(size: Size, _hall: str) -> Iterable[str]:
    return (HALL, *(f"cable of {box}" for box in size.boxes))


def _both_cables(_size: Size, pair: str) -> Iterable[str]:
    return [f"cable of {box}" for box in pair.split("+")]


def _box_and_way(_size: Size, box: str) -> Iterable[str]:
    """What a box needs that has to tell everything first."""
    return (box, f"cable of {box}", HALL)


def _step(random: Random, target: str) -> dict[str, str]:
    """A moment to wait for, and a little time after it."""
    moments = HALL_MOMENTS if target == HALL else KIOSK_MOMENTS if target.startswith("kiosk") else COUNTER_MOMENTS
    return {"after": random.choice(moments), "by": f"{random.choice((0, 0.01, 0.03, 0.08, 0.2)):.2f}"}


def _lost(random: Random, target: str) -> dict[str, str]:
    """So many answers: of any request, or of what a touch or a press asks for."""
    of = ("any", "touch") if target.startswith("kiosk") else ("any", "press", "call")
    return {"answers": str(random.randint(1, 6)), "of": random.choice(of)}


def _slow(random: Random, _target: str) -> dict[str, str]:
    return {"delay": f"{random.uniform(0.05, 0.8):.2f}", "rate": str(random.choice((2_000, 8_000, 30_000)))}


def _printer_fault(random: Random, _target: str) -> dict[str, str]:
    return {"fault": random.choice(PRINTER_FAULTS)}


def _bus_fault(random: Random, _target: str) -> dict[str, str]:
    return {"fault": random.choice(BUS_FAULTS)}


def _jump(random: Random, _target: str) -> dict[str, str]:
    return {"to": random.choice(JUMPS)}


def _copied(random: Random, _target: str) -> dict[str, str]:
    return {"how": random.choice(("rebuild", "copied"))}


def _gone(random: Random, _target: str) -> dict[str, str]:
    return {"mark": random.choice(("kept", "gone"))}


def _page(random: Random, _target: str) -> dict[str, str]:
    return {"page": f"{random.random():.3f}", "seed": str(random.getrandbits(32))}


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
    Kind("printer", 18, _printers, 1, 5, LINE_REST_SECONDS, _itself, _printer_fault),
    Kind("bus", 14, _buses, 0.5, 4, LINE_REST_SECONDS, _itself, _bus_fault),
    Kind("disk-full", 5, _processes, 1, 5, _BACK, _itself, needs="mounts"),
    Kind("slow-disk", 4, _processes, 2.5, 6, _BACK, _itself, needs="strace"),
    Kind("clock", 5, _processes, 1, 8, _BACK, _itself, _jump, needs="libfaketime"),
    Kind("restored-hall", 0, _hall, 0, 0, RECOVERING_SECONDS, _itself, _copied, every=180),
    Kind("rebuilt-hall", 0, _hall, 0, 0, RECOVERING_SECONDS, _itself, _gone, every=300),
    Kind("hall-cut", 0, _hall, 1, 6, CABLE_REST_SECONDS, _all_cables, every=90),
    Kind("island", 0, _counters, 20, 30, CABLE_REST_SECONDS, _cable, every=80),
    Kind("shared-slip", 0, _pairs, 20, 30, CABLE_REST_SECONDS, _both_cables, every=200),
    Kind("old-journal", 0, _boxes, 15, 30, _BACK, _box_and_way, every=140),
    Kind("lost-journal", 0, _boxes, 0, 0, TELLING_SECONDS, _box_and_way, every=140),
    Kind("damaged-journal", 0, _boxes, 0, 0, TELLING_SECONDS, _box_and_way, _page, every=100),
    Kind("backup", 0, _hall, 0, 0, 2.0, _itself, every=110),
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
    taken: defaultdict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))

    def troubles(self) -> Iterator[Trouble]:
        """One after the other, each where nothing else is wrong at that time."""
        for kind in (kind for kind in self.kinds if kind.every):
            for _ in range(max(1, round(self.ends / kind.every))):
                yield from self._somewhere(kind)
        at = FIRST_SECONDS
        while at < self.ends:
            yield from self._something(at)
            at += self.random.expovariate(A_SECOND)

    def _somewhere(self, kind: Kind) -> Iterator[Trouble]:
        for _ in range(TRIES_FOR_A_PLACE):
            if trouble := self._try(kind, self.random.uniform(FIRST_SECONDS, self.ends)):
                yield trouble
                return

    def _something(self, at: float) -> Iterator[Trouble]:
        common = [kind for kind in self.kinds if kind.weight]
        for _ in range(TRIES if common else 0):
            (kind,) = self.random.choices(common, [kind.weight for kind in common])
            if trouble := self._try(kind, at):
                yield trouble
                return

    def _try(self, kind: Kind, at: float) -> Trouble | None:
        if not (targets := list(kind.targets(self.size))):
            return None
        target = self.random.choice(targets)
        seconds = round(self.random.uniform(kind.shortest, kind.longest), 1)
        details = tuple(kind.draw(self.random, target).items())
        takes = list(kind.takes(self.size, target))
        until = at + seconds + kind.rest
        if until > self.ends or any(self._is_taken(what, at, until) for what in takes):
            return None
        for what in takes:
            self.taken[what].append((at, until))
        return Trouble(round(at, 1), kind.name, target, seconds, details)

    def _is_taken(self, what: str, at: float, until: float) -> bool:
        return any(at < end and begin < until for begin, end in self.taken[what])
