"""The shortest way through the hall, over the spots and ways of its plan. Pure.

A step-free way (无障碍通道) takes no way that has steps: ramps beside them, lifts instead of stairs.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from hall.contract import Spot, Way

NOWHERE = (math.inf, 0)


@dataclass(frozen=True, slots=True)
class Leg:
    """From one spot straight to the next. ``metres`` as walked; ``steps``: stairs or a threshold are on it."""

    begin: Spot
    end: Spot
    metres: float
    steps: bool


@dataclass(frozen=True, slots=True)
class Route:
    """From the first spot to the last; no legs where one stands there already."""

    legs: tuple[Leg, ...]

    @property
    def metres(self) -> float:
        """All of it."""
        return math.fsum(leg.metres for leg in self.legs)

    @property
    def steps(self) -> bool:
        """Whether somebody in a wheelchair would be stuck on it."""
        return any(leg.steps for leg in self.legs)


class Plan:
    """The walkable part of a Directory. Ways whose ends are not there are no ways."""

    def __init__(self, spots: Sequence[Spot], ways: Sequence[Way]) -> None:
        self.spots: Mapping[str, Spot] = {spot.code: spot for spot in spots}
        self._legs: defaultdict[str, list[Leg]] = defaultdict(list)
        for way in ways:
            for one, other in (way.ends, way.ends[::-1]):
                if one in self.spots and other in self.spots:
                    begin, end = self.spots[one], self.spots[other]
                    self._legs[one].append(Leg(begin, end, _metres(way, begin, end), way.steps))

    def route(self, begin: str, ends: Collection[str], *, step_free: bool) -> Route | None:
        """The shortest way to the nearest of ``ends``; None where no way leads. Equal ways: the one of fewer legs."""
        came: dict[str, Leg] = {}
        best = {begin: (0.0, 0)}
        waiting = [(0.0, 0, begin)]
        while waiting:
            metres, count, code = heapq.heappop(waiting)
            if (metres, count) > best[code]:
                continue
            if code in ends:
                return Route(_back(came, code, begin))
            for leg in self._legs[code]:
                further = (metres + leg.metres, count + 1)
                if further < best.get(leg.end.code, NOWHERE) and not (step_free and leg.steps):
                    best[leg.end.code], came[leg.end.code] = further, leg
                    heapq.heappush(waiting, (*further, leg.end.code))
        return None


def _back(came: Mapping[str, Leg], end: str, begin: str) -> tuple[Leg, ...]:
    legs: list[Leg] = []
    while end != begin:
        legs.append(came[end])
        end = came[end].begin.code
    return tuple(reversed(legs))


def _metres(way: Way, begin: Spot, end: Spot) -> float:
    """As the plan gives it, else as the crow flies."""
    return way.metres or math.hypot(begin.x - end.x, begin.y - end.y)
