"""How long something took, counted into buckets: what a Prometheus histogram is made of, at the cost of an addition."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate


class Durations:
    """``bounds``: the longest duration of each bucket, s, ascending; what is longer counts into one more."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self.seconds = 0.0
        """Of all together."""

    def add(self, seconds: float) -> None:
        """One more that took so long."""
        self._counts[bisect_left(self._bounds, seconds)] += 1
        self.seconds += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """How many took at most so long, by bound; the last one, "+Inf", counts all."""
        names = [*map(str, self._bounds), "+Inf"]
        return list(zip(names, accumulate(map(float, self._counts)), strict=True))
