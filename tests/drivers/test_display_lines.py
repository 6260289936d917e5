"""Each of these displays over four lines: whole, byte by byte, 20 % of the bytes lost, delayed; unplugged at each byte.

Whatever the line does, a text ends within its deadline, and what was acknowledged stands on the panel.
"""

from __future__ import annotations

import asyncio

import pytest

from drivers.contract import Completion, DeviceFault, Gone, WindowDisplay
from drivers.deadline import Deadline
from drivers.window_display.onbon_bx5e import OnbonBitmapSettings, OnbonBx5e
from tests.drivers.displays import ANSWERING, MODELS, ONE_WAY, Model, Panelled
from tests.drivers.line import WAYS, Line, Way
from tests.drivers.test_bad_lines import in_time
from tests.virtual_time import run

SEEDS = range(10)
TEXT = "A1"
FIRST_BACK_OFF = 0.25
"""What a cell waits before it opens a lost device again: enough silence for a display to forget half a frame."""


def _small(model: Model, line: Line) -> WindowDisplay:
    """Bitmaps of few bytes: the line's faults are what is tried here."""
    if model.name == "bx5e":
        return OnbonBx5e(OnbonBitmapSettings(3, width=16), line)
    if model.name == "bx6e":
        return OnbonBx5e(OnbonBitmapSettings(3, width=16, series=6), line)
    return model.build(line)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_text_acknowledged_stands_on_the_panel(model: Model, way: Way) -> None:
    async def one(seed: int) -> bool:
        card = Panelled(model.kind)
        line = Line(card, way, seed=seed)
        driver = _small(model, line)
        try:
            await driver.open(Deadline.after(5))
        except DeviceFault:
            assert way == "lossy"
            await line.open(Deadline.after(1))
        outcome = await in_time(lambda deadline: driver.show(TEXT, deadline), 2)
        if way != "lossy":
            assert isinstance(outcome, Completion)
        if way != "lossy" and isinstance(outcome, Completion) and not outcome.confirmed:
            await asyncio.sleep(1)  # nobody says when it has come
            assert card.display.text == TEXT
        if isinstance(outcome, Completion) and outcome.confirmed:
            assert card.display.text == TEXT
        return isinstance(outcome, Completion)

    outcomes = {run(one(seed)) for seed in SEEDS}
    assert way == "lossy" or outcomes == {True}


@pytest.mark.parametrize("model", [m for m in ANSWERING if m.name != "bx6e"], ids=lambda model: model.name)
def test_a_display_unplugged_at_any_byte_is_gone_in_time_and_works_again_when_plugged(model: Model) -> None:
    async def exchange(cut_after: int | None) -> int:
        card = Panelled(model.kind)
        line = Line(card, "byte by byte")
        driver = _small(model, line)
        await driver.open(Deadline.after(5))
        line.carried, line.cut_after = 0, cut_after
        outcome = await in_time(lambda deadline: driver.show(TEXT, deadline), 2)
        if cut_after is not None:
            assert isinstance(outcome, Gone)
            line.replug()
            await asyncio.sleep(FIRST_BACK_OFF)
            line._way = "whole"  # what was tried is over: fewer bytes to carry one by one
            await driver.open(Deadline.after(5))
            assert isinstance(await in_time(lambda deadline: driver.show(TEXT, deadline), 2), Completion)
        assert card.display.text == TEXT
        return line.carried

    for position in range(run(exchange(None))):
        run(exchange(position))


@pytest.mark.parametrize("model", ONE_WAY, ids=lambda model: model.name)
def test_one_that_never_answers_unplugged_says_gone_at_the_next_text_and_works_again_when_plugged(model: Model) -> None:
    async def exchange(cut_after: int) -> None:
        card = Panelled(model.kind)
        line = Line(card, "byte by byte")
        driver = model.build(line)
        await driver.open(Deadline.after(5))
        assert isinstance(await in_time(lambda deadline: driver.show(TEXT, deadline), 2), Completion)
        line.cut_after = line.carried + cut_after
        await asyncio.sleep(1)
        assert isinstance(await in_time(lambda deadline: driver.show(TEXT, deadline), 2), Gone)
        line.replug()
        await asyncio.sleep(FIRST_BACK_OFF)
        await driver.open(Deadline.after(5))
        assert isinstance(await in_time(lambda deadline: driver.show(TEXT, deadline), 2), Completion)
        await asyncio.sleep(1)
        assert card.display.text == TEXT

    for position in range(7):
        run(exchange(position))
