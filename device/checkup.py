"""Whether a device works, in UnifiedPOS's three levels of ``check_health``.

| level       | what is done                        | by whom it is judged                              |
|-------------|-------------------------------------|---------------------------------------------------|
| internal    | the device is asked how it is       | by its answer; nothing moves, nothing is seen     |
| external    | it shows that it works, as below    | by its acknowledgement; *look* where it has none  |
| interactive | the same, and a person takes part   | by the press or card that comes; *look* otherwise |

| family          | external                        | interactive                             |
|-----------------|---------------------------------|-----------------------------------------|
| ticket printer  | a test slip, no number on it    | the same, and a person looks            |
| window display  | a test text for some seconds    | the same, and a person looks            |
| caller          | a number on its display         | somebody presses any key                |
| rating keypad   | it lights up for some seconds   | lit until somebody presses any grade    |
| smart card      | – (a reader shows nothing)      | somebody puts a card in; it is not read |
| ID card         | –                               | – (it sees a card only by reading it)   |

What is pressed meanwhile is the tester's and no clerk's or citizen's: it reaches no flow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from config.wording import say
from device.cell import Cell
from drivers.contract import CARD_PRESENT, Completion, DeviceFault, Feed, Severity, Slip, TextLine

ASK_SECONDS = 5.0
PRINT_SECONDS = 15.0
STANDS_SECONDS = 4.0
"""How long a test text or a light is left for a person to see."""
PERSON_SECONDS = 20.0
"""How long a press or a card is waited for."""
LOOK_AGAIN_SECONDS = 0.25
TEST_DIGITS = "8888"
"""Every segment of a number display is lit."""


class Level(StrEnum):
    """How far a check goes."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    INTERACTIVE = "interactive"


class Outcome(StrEnum):
    """What came of it."""

    SOUND = "sound"
    FAULTY = "faulty"
    LOOK = "look"
    """Done, and the device cannot tell: a person has to look."""
    NOBODY_CAME = "nobody-came"
    NOT_SUPPORTED = "not-supported"
    """Devices of this family have nothing that could be checked so."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """``reasons``: keywords of the device's state afterwards; ``fault``: what it failed by, "" for nothing."""

    level: Level
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    fault: str = ""


Trial = Callable[[Cell[Any], bool], Awaitable[Outcome]]
"""One family's way to show that it works; the bool says whether a person takes part."""


async def check_health(cell: Cell[Any], level: Level) -> Checkup:
    """Check one device; ends within some 25 s. Never raises a DeviceFault: that is a finding."""
    try:
        outcome = await _asked(cell)
        if outcome is Outcome.SOUND and level is not Level.INTERNAL:
            trial = _TRIALS.get(cell.family)
            outcome = await trial(cell, level is Level.INTERACTIVE) if trial else Outcome.NOT_SUPPORTED
    except DeviceFault as fault:
        return Checkup(level, Outcome.FAULTY, _reasons(cell), f"{type(fault).__name__.lower()}: {fault}")
    return Checkup(level, outcome, _reasons(cell))


def _reasons(cell: Cell[Any]) -> tuple[str, ...]:
    return tuple(sorted(cell.state.keywords()))


async def _asked(cell: Cell[Any]) -> Outcome:
    state = await cell.do(lambda driver, deadline: driver.poll(deadline), ASK_SECONDS)
    broken = any(reason.severity is Severity.ERROR for reason in state.reasons)
    return Outcome.FAULTY if broken or not state.accepting else Outcome.SOUND


async def _slip(cell: Cell[Any], interactive: bool) -> Outcome:
    slip = _test_slip(cell.name)
    completion = await cell.do(lambda printer, deadline: printer.print_slip(slip, deadline), PRINT_SECONDS)
    return _judged(completion, interactive)


async def _text(cell: Cell[Any], interactive: bool) -> Outcome:
    text = say("checkup", "display", "zh-CN")
    try:
        completion = await cell.do(lambda display, deadline: display.show(text, deadline), ASK_SECONDS)
        await asyncio.sleep(STANDS_SECONDS)
    finally:
        cell.watch.changed()  # whoever keeps this display sends again what belongs on it
    return _judged(completion, interactive)


def _judged(completion: Completion, interactive: bool) -> Outcome:
    if completion.confirmed is False:
        return Outcome.FAULTY
    return Outcome.SOUND if completion.confirmed and not interactive else Outcome.LOOK


async def _caller(cell: Cell[Any], interactive: bool) -> Outcome:
    if interactive:
        return await _pressed(cell)
    shown = await cell.do(lambda caller, deadline: caller.show_number(TEST_DIGITS, 0, deadline), ASK_SECONDS)
    return Outcome.LOOK if shown else Outcome.NOT_SUPPORTED


async def _keypad(cell: Cell[Any], interactive: bool) -> Outcome:
    lit = await cell.do(lambda pad, deadline: pad.light(True, deadline), ASK_SECONDS)
    try:
        if interactive:
            return await _pressed(cell)
        if not lit:
            return Outcome.NOT_SUPPORTED
        await asyncio.sleep(STANDS_SECONDS)
        return Outcome.LOOK
    finally:
        await cell.do(lambda pad, deadline: pad.light(False, deadline), ASK_SECONDS)


async def _pressed(cell: Cell[Any]) -> Outcome:
    with cell.diverted() as presses:
        try:
            async with asyncio.timeout(PERSON_SECONDS):
                press = await presses.get()
        except TimeoutError:
            return Outcome.NOBODY_CAME
        if cell.family == "rating_keypad":  # else the pad repeats it, and the repeat would reach a flow
            await cell.do(lambda pad, deadline: pad.acknowledge(press, deadline), ASK_SECONDS)
    return Outcome.SOUND


async def _smart_card(cell: Cell[Any], interactive: bool) -> Outcome:
    if not interactive:
        return Outcome.NOT_SUPPORTED
    try:
        async with asyncio.timeout(PERSON_SECONDS):
            while CARD_PRESENT not in cell.state.reasons:
                state = await cell.do(lambda reader, deadline: reader.poll(deadline), ASK_SECONDS)
                if CARD_PRESENT in state.reasons:
                    break
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
    except TimeoutError:
        return Outcome.NOBODY_CAME
    return Outcome.SOUND


_TRIALS: dict[str, Trial] = {
    "ticket_printer": _slip,
    "window_display": _text,
    "caller": _caller,
    "rating_keypad": _keypad,
    "smart_card": _smart_card,
}


def _test_slip(name: str) -> Slip:
    zh, en = say("checkup", "slip", "zh-CN"), say("checkup", "slip", "en")
    return (
        TextLine(zh, width=2, height=2, align="centre", bold=True),
        TextLine(en, align="centre"),
        TextLine(name, align="centre"),
        Feed(3),
    )
