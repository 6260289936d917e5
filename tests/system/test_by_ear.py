"""Somebody who has five keys and a headphone takes a ticket, hears its place and its call, and rates; no page is shown.

The citizen below is given two things: keys that can be pressed, and the samples that sound in the headphone. What it
does next hangs on what it has heard. The clerk, who is no part of the script, presses as clerks do.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from config.wording import say
from simulators.client import BoxClient, HallReader
from simulators.demo.stage import until_holds
from tests.system.ear_stage import AT_KIOSK, AT_WINDOW, WINDOW, Clerk, EarStage, Hands, Listener, by_ear

pytestmark = [pytest.mark.system, pytest.mark.alone]  # voices in real time, each sound listened to

SOON, LATER = 20.0, 40.0
"""A long sentence takes eight seconds; a busy machine begins it late."""
NUMBERS = [f"{letter}{code}{count:03d}" for letter, code in (("A", 11), ("A", 12), ("A", 13)) for count in range(1, 6)]
"""What a number of the first theme may be on a morning like this."""
CUT_OFF_SECONDS = 1.0
"""It takes .05 s (measured); processes of a busy machine are late."""
LONGER_THAN_A_SENTENCE = 6.0
AHEAD = [say("by_ear", "ahead-none"), *(say("by_ear", "ahead", count=count) for count in range(1, 6))]


def heard(key: str, **fields: object) -> str:
    """What a citizen knows a sentence by: its first part, up to the first pause."""
    whole = say("by_ear", key, **fields)
    return whole.split("，")[0].split("。")[0].split("：")[0].split("？")[0]


@pytest.fixture
async def stage() -> AsyncIterator[EarStage]:
    folder = Path(tempfile.mkdtemp(prefix="yc-ear-"))  # the names of Unix sockets are short
    try:
        async with by_ear(folder) as standing:
            yield standing
    finally:
        shutil.rmtree(folder)


class Citizen:
    """Two hands and two ears."""

    def __init__(self, hands: Hands, ears: Listener) -> None:
        self.hands = hands
        self.ears = ears

    async def press(self, key: str) -> None:
        await self.ears.attend()
        await self.hands.press(key)

    async def finds(self, wanted: str, key: str = "down", most: int = 12) -> None:
        """Go on from choice to choice until this one is heard."""
        for _ in range(most):
            await self.press(key)
            place = await self.ears.hears(wanted, *OTHER_CHOICES, limit=SOON)
            if place == wanted:
                return
        raise AssertionError(f"{wanted} is not among the choices")


OTHER_CHOICES = [say("by_ear", key) for key in ("popular", "themes", "units", "my-number", "settings", "language")]


async def test_with_five_keys_and_two_ears_one_takes_a_ticket_hears_its_place_and_its_call_and_rates(
    stage: EarStage,
) -> None:
    reader, clerk = stage.reader(), Clerk(stage)
    try:
        await clerk.open()
        async with Hands(stage, AT_KIOSK) as at_kiosk, Hands(stage, AT_WINDOW) as at_window:
            ears = Listener(stage.headphone(AT_KIOSK))
            number = await takes_a_ticket(Citizen(at_kiosk, ears))
            await ears.hears(*AHEAD, limit=SOON)
            await clerk.does("next")
            window = await hears_its_call(ears, number)
            await leaves(stage, Citizen(at_kiosk, ears))
            assert window == WINDOW
            level = await is_served_and_rates(Citizen(at_window, Listener(stage.headphone(AT_WINDOW))), clerk, number)
        await until_holds(stage.hall, partial(has_rating, reader))
        await judge(reader, number, level)
    finally:
        await clerk.close()
        await reader.close()


async def takes_a_ticket(citizen: Citizen) -> str:
    """The number that was heard."""
    ears = citizen.ears
    await ears.learn([*(heard("number", number=number) for number in NUMBERS), *AHEAD])
    await citizen.hands.plug(into=True)
    await ears.hears(heard("welcome", hall="一窗县政务服务中心（演示）"), limit=LATER)
    await citizen.finds(say("by_ear", "themes"))
    await citizen.press("choose")
    await ears.hears("第1项", limit=SOON)
    await citizen.press("choose")
    await ears.hears("第1项", limit=SOON)
    await citizen.press("choose")
    await ears.hears(heard("take"), limit=LATER)
    await citizen.press("choose")
    said = await ears.hears(*(heard("number", number=number) for number in NUMBERS), limit=LATER)
    number = next(number for number in NUMBERS if heard("number", number=number) == said)
    assert await ears.hears(*NUMBERS, limit=SOON) == number, "it is said twice"
    return number


async def hears_its_call(ears: Listener, number: str) -> int:
    """The window that was heard."""
    await ears.hears(heard("called", number=number, window=1), limit=SOON)
    windows = {f"请到{window}号窗口": window for window in range(1, 6)}
    return windows[await ears.hears(*windows, limit=SOON)]


async def leaves(stage: EarStage, citizen: Citizen) -> None:
    """The headphone out in the middle of a sentence: silence at once, and the kiosk is as if nobody had been there."""
    await citizen.press("help")
    await citizen.ears.begins_to_sound(limit=SOON)
    await citizen.hands.plug(into=False)
    await asyncio.sleep(CUT_OFF_SECONDS)
    await citizen.ears.is_silent_for(LONGER_THAN_A_SENTENCE)
    box = BoxClient(stage.kiosk_url)
    try:
        async for state in box.states("/kiosk/state"):
            assert (state["by_ear"], state["doubtful"], state["on_screen"]) == (False, None, None)
            break
        assert '"A1' not in json.dumps(await box.health()), "no number of a visit is kept"
    finally:
        await box.close()


async def is_served_and_rates(citizen: Citizen, clerk: Clerk, number: str) -> str:
    """The level that was heard and sent."""
    ears = citizen.ears
    await citizen.hands.plug(into=True)
    await ears.hears(f"{WINDOW}号窗口正在叫{number}号", limit=LATER)
    await clerk.does("start")
    await ears.hears(heard("serving", number=number), limit=SOON)
    await clerk.does("finish")
    await ears.hears(heard("rate-invite", number=number), limit=SOON)
    await citizen.press("choose")
    await ears.hears(heard("rate-none-chosen"), limit=SOON)
    levels = {say("by_ear", level): level for level in ("very-satisfied", "satisfied", "basically-satisfied")}
    wanted, on_the_way = "satisfied", None
    while on_the_way != wanted:
        await citizen.press("down")
        on_the_way = levels[await ears.hears(*levels, limit=SOON)]
    await citizen.press("choose")
    await ears.hears(heard("rate-kept", level=""), limit=SOON)
    await citizen.hands.plug(into=False)
    return wanted


async def has_rating(reader: HallReader) -> bool:
    return bool(await reader.ratings((await reader.status()).business_date))


async def judge(reader: HallReader, number: str, level: str) -> None:
    """What the hall has is what was heard and pressed."""
    date = (await reader.status()).business_date
    (ticket,) = await reader.tickets(date)
    assert ticket.number == number
    ratings = await reader.ratings(date)
    assert [(rating.outcome, rating.grade, rating.channel) for rating in ratings] == [("rated", level, "keys")]
    kinds = [fact.kind for fact in await reader.facts() if fact.device == "kiosk-1" and fact.kind != "device"]
    assert kinds == ["opened", "requested", "issued", "printed"], "the kiosk tells of the ticket, and of nothing else"
