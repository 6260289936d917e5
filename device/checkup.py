"""Whether a device works, in UnifiedPOS's three levels of ``check_health``.

| level       | what is done                        | by whom it is judged                              |
|-------------|-------------------------------------|---------------------------------------------------|
| internal    | the device is asked how it is       | by its answer; nothing moves, nothing is seen     |
| external    | it shows that it works, as below    | by its acknowledgement; *look* where it has none  |
| interactive | the same, and a person takes part   | by the press or card that comes; *look* otherwise |

| family           | external                              | interactive                                      |
|------------------|---------------------------------------|--------------------------------------------------|
| ticket printer   | a test slip, no number on it          | the same, and a person looks                     |
| office printer   | a test page, on plain paper alone     | the same, and a person looks                     |
| window display   | its window's number for some seconds | the same, and a person looks                     |
| speaker          | a chime, the sentence of a call of    | the same, and a person listens                   |
|                  | nobody in each language               |                                                  |
| document scanner | a page from the glass, or under the   | a page that somebody puts into the feeder; where |
|                  | lens; a feeder alone: –               | there is none as external                        |
| caller           | a number on its display               | somebody presses any key                         |
| rating keypad    | it lights up for some seconds         | lit until somebody presses any grade             |
| access keypad    | – (it shows nothing)                  | somebody presses a key, or moves the headphone   |
| smart card       | – (a reader shows nothing)            | somebody puts a card in; it is not read          |
| ID card          | – (it sees a card only by reading it) | somebody lays a card on it; told is its kind     |

What is pressed meanwhile is the tester's and no clerk's or citizen's: it reaches no flow. Nothing of a card or a page
is kept or told but what kind of card, how many pages, how large.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from device.cell import Cell
from device.trials import TRIALS
from device.trials.finding import ASK_SECONDS, PERSON_SECONDS, STANDS_SECONDS, Outcome, Trace
from drivers.contract import SIMULATED, DeviceFault, Severity, State

__all__ = ["PERSON_SECONDS", "STANDS_SECONDS", "Checkup", "Level", "Outcome", "check_health"]


class Level(StrEnum):
    """How far a check goes."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    INTERACTIVE = "interactive"


@dataclass(frozen=True, slots=True)
class Checkup:
    """``reasons``: keywords of the device's state afterwards, and of what it failed by; ``fault``: "" for none.

    ``found``: what the device showed, ``pages`` 1, ``dpi`` 150, ``card`` resident; no person's values.
    """

    level: Level
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    fault: str = ""
    found: Mapping[str, str | int] = field(default_factory=lambda: MappingProxyType({}), hash=False)


async def check_health(cell: Cell[Any], level: Level) -> Checkup:
    """Check one device; ends within two minutes. Never raises a DeviceFault: that is a finding."""
    trace, state, fault = Trace(), cell.state, ""
    try:
        state = await _asked(cell)
        outcome = _well(state)
        if outcome is Outcome.SOUND and level is not Level.INTERNAL:
            trial = TRIALS.get(cell.family)  # a driver from outside may be of a family of its own
            outcome = await trial(cell, level is Level.INTERACTIVE, trace) if trial else Outcome.NOT_SUPPORTED
    except DeviceFault as failure:
        outcome, fault = trace.failed(failure), f"{type(failure).__name__.lower()}: {failure}"
    if fault or level is not Level.INTERNAL:
        state = await _afterwards(cell)
    reasons = trace.reasons | state.keywords() | (cell.state.keywords() & {SIMULATED.keyword})
    return Checkup(level, outcome, tuple(sorted(reasons)), fault, MappingProxyType(trace.found))


async def _asked(cell: Cell[Any]) -> State:
    """How it says that it is. Raises one of the four."""
    return await cell.do(lambda driver, deadline: driver.poll(deadline), ASK_SECONDS)


async def _afterwards(cell: Cell[Any]) -> State:
    """How it says that it is, or that nobody reaches it any more."""
    try:
        return await _asked(cell)
    except DeviceFault:
        return cell.state


def _well(state: State) -> Outcome:
    broken = any(reason.severity is Severity.ERROR for reason in state.reasons)
    return Outcome.FAULTY if broken or not state.accepting else Outcome.SOUND
