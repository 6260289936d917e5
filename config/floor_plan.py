"""Where the plan of a hall could send people wrong: refused what cannot be so, named what is better known.

Refused is what contradicts itself. A window that stands nowhere on the plan, or that no step-free way leads to, is told
at the hall's start and no more: a counter opens on the morning it is needed, and a house may truly have no lift.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from config.catalogue import Catalogue, SpotEntry
from config.loader import Loaded
from config.problem import Problem

BETWEEN_FLOORS = frozenset({"lift", "stairs", "ramp"})


def plan_problems(catalogue: Loaded[Catalogue]) -> Iterable[Problem]:
    """What of the plan cannot be so."""
    yield from _spots(catalogue)
    yield from _ways(catalogue)
    if catalogue.values.spot and not any(_ends_missing(catalogue)):
        yield from _out_of_reach(catalogue)


def plan_doubts(catalogue: Loaded[Catalogue]) -> Iterable[Problem]:
    """What may be so, and should be known: where the plan leaves somebody without a way."""
    values = catalogue.values
    if not values.spot:
        return
    placed = {spot.window for spot in values.spot}
    level = _reached(values, step_free=True)
    step_free = {spot.window for spot in values.spot if spot.code in level}
    for index, window in enumerate(values.window):
        at = ("window", index, "number")
        if window.number not in placed:
            remedy = f"add a [[spot]] with window = {window.number}, and a [[way]] to it"
            yield catalogue.problem(at, f"window {window.number} stands nowhere on the plan", remedy)
        elif window.number not in step_free:
            remedy = "add the lift or the ramp that leads there, or serve its people at another window"
            yield catalogue.problem(at, f"no step-free way leads to window {window.number}", remedy)


def _spots(catalogue: Loaded[Catalogue]) -> Iterable[Problem]:
    spots = catalogue.values.spot
    windows = Counter(spot.window for spot in spots if spot.window)
    boxes = Counter(box for spot in spots for box in spot.here)
    if spots and not any(spot.kind == "entrance" for spot in spots):
        yield catalogue.problem(("spot", 0), "a plan without an entrance", 'add a [[spot]] with kind = "entrance"')
    for index, spot in enumerate(spots):
        if windows[spot.window] > 1:
            what = f"window {spot.window} stands at two spots"
            yield catalogue.problem(("spot", index, "window"), what, "name it at one of them")
        for box in spot.here:
            if boxes[box] > 1:
                yield catalogue.problem(("spot", index, "here"), f"{box} stands at two spots", "name it at one of them")


def _ways(catalogue: Loaded[Catalogue]) -> Iterable[Problem]:
    spots = {spot.code: spot for spot in catalogue.values.spot}
    for index, way in enumerate(catalogue.values.way):
        ends = [spots[code] for code in way.ends if code in spots]
        if len(ends) < 2 or ends[0].level == ends[1].level:
            continue
        between = " and ".join(way.ends)
        if not all(end.kind in BETWEEN_FLOORS for end in ends):
            remedy = "let both its ends be a lift, stairs or a ramp"
            yield catalogue.problem(("way", index, "ends"), f"the way between {between} joins two floors", remedy)
        elif not way.steps and any(end.kind == "stairs" for end in ends):
            remedy = "add steps = true: else wheelchairs are sent over them"
            yield catalogue.problem(("way", index, "ends"), f"stairs between {between} without steps", remedy)
        elif not way.metres:
            remedy = "add metres = …: how long it feels, the wait for a lift included"
            yield catalogue.problem(("way", index, "ends"), f"the way between {between} has no length", remedy)


def _ends_missing(catalogue: Loaded[Catalogue]) -> Iterable[bool]:
    codes = {spot.code for spot in catalogue.values.spot}
    return (code not in codes for way in catalogue.values.way for code in way.ends)


def _out_of_reach(catalogue: Loaded[Catalogue]) -> Iterable[Problem]:
    """An area's label stands in nobody's way; everything else has to be reached from an entrance."""
    reached = _reached(catalogue.values, step_free=False)
    for index, spot in enumerate(catalogue.values.spot):
        if spot.code not in reached and _is_walked_to(spot):
            what = f"no way leads from an entrance to {spot.code}"
            yield catalogue.problem(("spot", index, "code"), what, "add the [[way]] that people walk")


def _is_walked_to(spot: SpotEntry) -> bool:
    return spot.kind != "zone"


def _reached(values: Catalogue, *, step_free: bool) -> set[str]:
    """Spots that ways lead to from any entrance."""
    reached = {spot.code for spot in values.spot if spot.kind == "entrance"}
    ways = [way.ends for way in values.way if not (step_free and way.steps)]
    while more := {code for ends in ways if reached & {*ends} for code in ends} - reached:
        reached |= more
    return reached
