"""All boxes as they stand, first whoever needs a person most, and how long it is until the doors open. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from hall.boxes.seen import RANK, Seen, is_ready, needs_of
from hall.contract import Hours
from hall.contract.maintenance import BoxLine
from hall.contract.opening import day_of, hours_on

EARLY = timedelta(minutes=30)
"""From so long before the doors open somebody looks whether all boxes are ready (order 6: 08:00 for 08:30)."""

Standing = Literal["gone", "not-heard", "not-ready", "in-maintenance", "look", "ready"]
"""How a box stands, as a word on every list: wording room *boxes*, ``standing-…``."""

READY: frozenset[Standing] = frozenset({"look", "ready"})

Stage = Literal["none", "early", "check", "open", "closed"]
"""Of the day: without hours; long before; the half hour before opening; while open; after, or at a break."""


def line_of(seen: Seen, windows: Sequence[int]) -> BoxLine:
    """One box as it is told."""
    told = seen.condition
    return BoxLine(
        box=seen.box,
        does=list(seen.does),
        windows=list(windows),
        connected=seen.connected,
        heard_ms=seen.heard_ms,
        ready=is_ready(seen),
        needs=needs_of(seen),
        condition=told,
    )


def standing_of(line: BoxLine) -> Standing:
    """In one word."""
    faults = {need.fault for need in line.needs if not need.device}
    if faults & {"not-heard", "not-heard-yet"}:
        return "not-heard"
    if "gone" in faults:
        return "gone"
    if line.condition is not None and line.condition.leases:
        return "in-maintenance"
    if not line.ready:
        return "not-ready"
    return "look" if any(need.severity != "report" for need in line.needs) else "ready"


def is_in_order(line: BoxLine) -> bool:
    """Whether the doors may open as far as this box goes."""
    return standing_of(line) in READY


def sorted_by_need(lines: Iterable[BoxLine]) -> list[BoxLine]:
    """Errors before what somebody is at already, that before warnings; kiosks first, for they are everybody's."""
    return sorted(lines, key=_urgency)


_DOES = ("kiosk", "windows", "voice", "board")


def _urgency(line: BoxLine) -> tuple[int, int, int, int, tuple[str | int, ...]]:
    standing = standing_of(line)
    worst = min((RANK[need.severity] for need in line.needs), default=len(RANK))
    group = {"ready": 3, "look": 2, "in-maintenance": 1}.get(standing, 0)
    does = min((_DOES.index(each) for each in line.does), default=len(_DOES))
    return group, worst, does, -len(line.windows), _natural(line.box)


def _natural(name: str) -> tuple[str | int, ...]:
    """Names in a person's order: counter-2 before counter-10."""
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name))


@dataclass(frozen=True, slots=True)
class Doors:
    """When they open, "HH:MM", "" on a day without hours; and where in the day it is now."""

    opens: str
    stage: Stage
    minutes: int | None = None
    """Until they open; None once they have, or where they do not today."""


def doors(hours: Iterable[Hours], business_date: str, now: datetime) -> Doors:
    """On the hall's business day, by a clock of Shanghai; after a break it is open again, and opens no second time."""
    day = day_of(business_date)
    today = hours_on(hours, day) if day is not None else ()
    if not today:
        return Doors("", "none")
    opens, clock = today[0][0], f"{now:%H:%M}"
    if now.date() != day:  # past midnight: that day's doors are shut
        return Doors(opens, "closed")
    if clock >= opens:
        return Doors(opens, "open" if any(begins <= clock < ends for begins, ends in today) else "closed")
    hour, minute = map(int, opens.split(":"))
    left = now.replace(hour=hour, minute=minute, second=0, microsecond=0) - now
    return Doors(opens, "check" if left <= EARLY else "early", -(-int(left.total_seconds()) // 60))
