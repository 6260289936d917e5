"""A route in plain words: how far straight on, where to turn, which floor. Pure.

Turns are computed from the plan. A lift is left by the door that it was entered by; which way stairs turn nobody has
drawn, so that after them the next thing in sight says where to go, as it does at the start.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from device.route import Leg, Route
from device.said import Both, in_both, said
from hall.contract import Floor, Spot

Heading = tuple[float, float]
"""East and south, in metres."""

walking = partial(said, "route")
"""A sentence of how to walk, in every language."""

STRAIGHT = 35.0
"""Degrees that nobody calls a turn."""
BACK = 145.0
A_FEW_STEPS = 3.0
"""Metres below which nobody counts."""
BESIDE = 4.0
"""Metres from the way within which a counter is beside one, not further on."""


@dataclass(slots=True)
class _Stretch:
    """As far as one goes without turning. ``turn``: left, right, back, or "" where nothing says how one stands."""

    turn: str
    metres: float
    spots: list[Spot]
    steps: bool
    after: str = ""
    """lift, stairs: what one has just left; "start" at the beginning."""


@dataclass(frozen=True, slots=True)
class _Climb:
    """From floor to floor."""

    by: str
    level: int


@dataclass(slots=True)
class _Walk:
    """What a route is made of, in its order."""

    parts: list[_Stretch | _Climb] = field(default_factory=list)
    heading: Heading | None = None
    after: str = "start"

    def take(self, leg: Leg) -> None:
        """One leg further."""
        if leg.begin.level != leg.end.level:
            self._climb(leg)
            return
        heading = (leg.end.x - leg.begin.x, leg.end.y - leg.begin.y)
        turn = _turn(self.heading, heading)
        last = self.parts[-1] if self.parts else None
        if isinstance(last, _Stretch) and turn == "straight":
            last.metres += leg.metres
            last.spots.append(leg.end)
            last.steps = last.steps or leg.steps
        else:
            self.parts.append(_Stretch(turn, leg.metres, [leg.end], leg.steps, self.after))
        self.heading, self.after = heading, ""

    def _climb(self, leg: Leg) -> None:
        by = "lift" if {leg.begin.kind, leg.end.kind} == {"lift"} else "stairs" if leg.steps else "ramp"
        last = self.parts[-1] if self.parts else None
        if isinstance(last, _Climb) and last.by == by:  # a floor further in the same lift
            self.parts.pop()
        self.parts.append(_Climb(by, leg.end.level))
        self.heading = _opposite(self.heading) if by == "lift" and self.heading else None
        self.after = by


def directions(route: Route, floors: Sequence[Floor], target: Both) -> list[Both]:
    """Sentence by sentence, in every language. ``target``: what one arrives at."""
    walk = _Walk()
    for leg in route.legs:
        walk.take(leg)
    levels = {floor.level: in_both(floor.name, floor.name_en) for floor in floors}
    parts = walk.parts
    aside = _aside(parts)
    told = [_said(part, levels, last=part is parts[-1]) for part in parts[: len(parts) - bool(aside)]]
    return [*told, walking(f"arrive-{aside}" if aside else "arrive", target=target)]


def name_of(spot: Spot) -> Both:
    """What people call it: its own name, else what it is."""
    if spot.name:
        return in_both(spot.name, spot.name_en)
    if spot.window:
        return walking("window", window=spot.window)
    return walking(f"kind-{spot.kind}")


def _said(part: _Stretch | _Climb, levels: Mapping[int, Both], *, last: bool) -> Both:
    if isinstance(part, _Climb):
        return walking(f"by-{part.by}", floor=levels.get(part.level, in_both(str(part.level), "")))
    place = _landmark(part.spots)
    turn = part.turn or ("ahead" if place is None else "toward")
    key = ("lift-" if part.after == "lift" and part.turn else "") + turn
    if part.metres < A_FEW_STEPS:
        key += "-few"
    sentence = walking(key, metres=_rounded(part.metres), place=place)
    for more in _more(part, last=last):
        sentence = {language: text + walking(more, place=place)[language] for language, text in sentence.items()}
    return sentence


def _more(part: _Stretch, *, last: bool) -> Iterable[str]:
    """What a sentence goes on with. Who cannot take steps must hear of them; the ramp is told to be the ramp."""
    if part.turn and not last and _landmark(part.spots) is not None:
        yield "with-to" if _is_known(part.spots[-1]) else "with-past"
    if part.steps:
        yield "with-steps"
    elif any(spot.kind == "ramp" for spot in part.spots):
        yield "with-ramp"


def _landmark(spots: Sequence[Spot]) -> Both | None:
    """Where a stretch ends, or what it passes last."""
    known = next((spot for spot in reversed(spots) if _is_known(spot)), None)
    return None if known is None else name_of(known)


def _is_known(spot: Spot) -> bool:
    return spot.kind != "corner" or bool(spot.name)


def _aside(parts: Sequence[_Stretch | _Climb]) -> str:
    """left, right: the last few metres are a turn to a counter beside the way; "" where it lies ahead."""
    last = parts[-1] if parts else None
    if len(parts) > 1 and isinstance(last, _Stretch) and last.metres <= BESIDE and not last.after:
        return last.turn if last.turn in ("left", "right") else ""
    return ""


def _turn(before: Heading | None, after: Heading) -> str:
    if before is None:
        return ""
    across = before[0] * after[1] - before[1] * after[0]
    along = before[0] * after[0] + before[1] * after[1]
    degrees = math.degrees(math.atan2(across, along))  # south is down: clockwise is positive, to the right
    if abs(degrees) <= STRAIGHT:
        return "straight"
    if abs(degrees) >= BACK:
        return "back"
    return "right" if degrees > 0 else "left"


def _opposite(heading: Heading) -> Heading:
    return -heading[0], -heading[1]


def _rounded(metres: float) -> int:
    """Metres as people say them: to five above ten."""
    return round(metres / 5) * 5 if metres > 10 else max(1, round(metres))
