"""A figure, its bar, and how both are shown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure has to keep to."""

    sense: Literal["≤", "≥"]
    value: float

    def holds(self, value: float) -> bool:
        """Whether this value keeps to it."""
        return value <= self.value if self.sense == "≤" else value >= self.value

    def __str__(self) -> str:
        return f"{self.sense} {readable(self.value)}"


def at_most(value: float) -> Bar:
    """A bar that nothing may pass."""
    return Bar("≤", value)


def at_least(value: float) -> Bar:
    """A bar that has to be reached."""
    return Bar("≥", value)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. Without a bar it is there to compare others with."""

    name: str
    value: float
    unit: str
    bar: Bar | None = None

    @property
    def ok(self) -> bool:
        """Whether it keeps to its bar."""
        return self.bar is None or self.bar.holds(self.value)

    def row(self) -> dict[str, Any]:
        """As one JSON row; ``bar`` is null for a figure that is only compared with."""
        bar = None if self.bar is None else str(self.bar)
        return {"name": self.name, "value": round(self.value, 4), "unit": self.unit, "bar": bar, "ok": self.ok}


def percentile(values: Sequence[float], percent: float) -> float:
    """The least value that ``percent`` per cent of the values do not pass. Raises ValueError for no values."""
    if not values:
        raise ValueError("no values to take a percentile of")
    ranked = sorted(values)
    rank = -(-len(ranked) * percent // 100)
    return ranked[max(0, int(rank) - 1)]


def median(values: Sequence[float]) -> float:
    """The middle value. Raises ValueError for no values."""
    return percentile(values, 50)


def readable(value: float) -> str:
    """A number with as many decimals as its size deserves: 1234, 12.3, 1.234."""
    whole = len(str(int(abs(value))))
    text = f"{value:.{max(0, 4 - whole)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def table(figures: Iterable[Figure]) -> str:
    """All figures in aligned columns: name, value, unit, bar, ok."""
    rows = [("figure", "value", "unit", "bar", "ok")]
    for figure in figures:
        bar = "" if figure.bar is None else str(figure.bar)
        verdict = "" if figure.bar is None else ("yes" if figure.ok else "NO")
        rows.append((figure.name, readable(figure.value), figure.unit, bar, verdict))
    wide = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        f"{row[0]:<{wide[0]}}  {row[1]:>{wide[1]}}  {row[2]:<{wide[2]}}  {row[3]:<{wide[3]}}  {row[4]}".rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    return {
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
