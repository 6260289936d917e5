"""What stands at a window: display, caller, rating keypad. What is pressed meanwhile reaches no flow."""

from __future__ import annotations

import asyncio
from typing import Any

from config.wording import say
from device.cell import Cell
from device.trials.finding import ASK_SECONDS, PERSON_SECONDS, STANDS_SECONDS, Outcome, Trace, seen_by_a_person
from drivers.contract import AccessPress

TEST_DIGITS = "8888"
"""Every segment of a number display is lit."""


async def display(cell: Cell[Any], interactive: bool, trace: Trace) -> Outcome:
    """Its own window's number for some seconds: two that were changed over are seen to be; else a test text."""
    key = "display" if cell.window is None else "display-window"
    text = say("checkup", key, "en" if cell.ascii_only else "zh-CN", window=cell.window)
    try:
        completion = await cell.do(lambda display, deadline: display.show(text, deadline), ASK_SECONDS)
        await asyncio.sleep(STANDS_SECONDS)
    finally:
        cell.watch.changed()  # whoever keeps this display sends again what belongs on it
    return seen_by_a_person(trace.judged(completion), interactive)


async def caller(cell: Cell[Any], interactive: bool, trace: Trace) -> Outcome:
    """A number on its display; somebody presses any key."""
    if interactive:
        press = await _press(cell)
        if press is None:
            return Outcome.NOBODY_CAME
        trace.found["key"] = str(press.key)
        return Outcome.SOUND
    shown = await cell.do(lambda caller, deadline: caller.show_number(TEST_DIGITS, 0, deadline), ASK_SECONDS)
    return Outcome.LOOK if shown else Outcome.NOT_SUPPORTED


async def keypad(cell: Cell[Any], interactive: bool, trace: Trace) -> Outcome:
    """It lights up for some seconds; or until somebody presses any grade."""
    lit = await cell.do(lambda pad, deadline: pad.light(True, deadline), ASK_SECONDS)
    try:
        if interactive:
            return await _graded(cell, trace)
        if not lit:
            return Outcome.NOT_SUPPORTED
        await asyncio.sleep(STANDS_SECONDS)
        return Outcome.LOOK
    finally:
        await cell.do(lambda pad, deadline: pad.light(False, deadline), ASK_SECONDS)


async def access_keypad(cell: Cell[Any], interactive: bool, trace: Trace) -> Outcome:
    """Somebody presses any key, or moves the headphone's plug."""
    if not interactive:
        return Outcome.NOT_SUPPORTED
    press = await _press(cell)
    if press is None:
        return Outcome.NOBODY_CAME
    trace.found["key"] = str(press.key) if isinstance(press, AccessPress) else "headphone"
    return Outcome.SOUND


async def _graded(cell: Cell[Any], trace: Trace) -> Outcome:
    press = await _press(cell)
    if press is None:
        return Outcome.NOBODY_CAME
    trace.found["level"] = press.word or press.grade
    return Outcome.SOUND


async def _press(cell: Cell[Any]) -> Any:
    """The next press; None when none came."""
    with cell.diverted() as presses:
        try:
            async with asyncio.timeout(PERSON_SECONDS):
                press = await presses.get()
        except TimeoutError:
            return None
        if cell.family == "rating_keypad":  # else the pad repeats it, and the repeat would reach a flow
            await cell.do(lambda pad, deadline: pad.acknowledge(press, deadline), ASK_SECONDS)
    return press
