"""Sixty windows of one zone call within a minute: is everybody called aloud, and how long after the press.

The hall and the box that speaks are processes; the box's loudspeaker is a sound file that takes as long as a card does.
The windows' boxes are the bench: each presses *next* once. What was pressed when and spoken when is the hall's word
(/api/calls): a number counts as heard when the sentence that it stands in has ended.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from simulators.account import Call
from simulators.bench.box import Boot, Chain, command, sign_in
from simulators.bench.figures import Figure, at_most, median
from simulators.bench.full_hall import FULL_COUNTERS, FullCounter
from simulators.bench.issue import issue
from simulators.bench.scene import Scene
from simulators.bench.settings import LOADING, VOICE
from simulators.bench.wire import Broken
from simulators.demo.places import RunDirectory
from simulators.demo.processes import NotReady

PROMISED_S = 120.0
WITHIN_S = 60.0
LEASED_S = 90.0
"""A hall leases a zone 40 s after its start at the latest, and the first call is spoken then."""
SETTLED_S = 30.0
POLL_S = 0.5
SEED = 7
"""People press by chance, and in every run by the same."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Seconds from each press to the end of the sentence that the number stands in."""

    after: list[float]
    unspoken: int


async def pile_figures(scene: Scene, windows: int, within_s: float = WITHIN_S) -> list[Figure]:
    """Seconds from press to ear, for so many windows. The scene's hall is this one, and has never been started."""
    await scene.start_hall()
    await scene.start_box(VOICE)
    await scene.box_works(VOICE)
    counters = FULL_COUNTERS[:windows]
    first = await asyncio.to_thread(_open, scene, counters)
    if heard_of(await _until_spoken(scene, first, LEASED_S)).unspoken:
        raise NotReady(f"nobody is called aloud: is espeak-ng installed?\n{scene.boxes[VOICE].death()}")
    await asyncio.to_thread(_call_all, scene, counters, within_s)
    calls = await _until_spoken(scene, windows, within_s + 2 * PROMISED_S)
    await scene.boxes[VOICE].stop()
    heard = heard_of(calls[first:])
    said = await asyncio.to_thread(_said, scene.run)
    return figures(windows, heard, said)


def figures(windows: int, heard: Heard, said: Sequence[str]) -> list[Figure]:
    """``said``: every sentence, in both languages, and every chime by its name."""
    name = f"{windows} windows of one zone call"
    worst = max(heard.after, default=0.0)
    middle = median(heard.after) if heard.after else 0.0
    chinese = [text for text in said if not text.isascii()]
    english = [text for text in said if "counter" in text]
    return [
        Figure(f"{name}: not called aloud", heard.unspoken, f"of {windows}", at_most(0)),
        Figure(f"{name}: press → heard, p50", middle, "s"),
        Figure(f"{name}: press → heard, max", worst, "s", at_most(PROMISED_S)),
        Figure(f"{name}: press → heard, max ÷ promised {PROMISED_S:.0f} s", worst / PROMISED_S, "×", at_most(1)),
        Figure(f"{name}: Mandarin sentences", len(chinese), "sentences"),
        Figure(f"{name}: English sentences (few wait)", len(english), "sentences"),
    ]


def heard_of(calls: Sequence[Call]) -> Heard:
    """What the hall's list of calls tells."""
    after = [(call.spoken_ms - call.at_ms) / 1000 for call in calls if call.spoken_ms is not None]
    return Heard(after, len(calls) - len(after))


def _open(scene: Scene, counters: Sequence[FullCounter]) -> int:
    """Tickets are taken, clerks sign in; one of them calls, so that the zone is leased. How many have called."""
    issue(scene.spot(LOADING[0].name), LOADING[0], 2 * len(counters) + 24)
    for counter in counters:
        with scene.spot(counter.name).connect() as connection:
            connection.post("/device/hello", Chain(counter.name).hello()).json()
            signed = connection.post("/device/commands", sign_in(counter.window, counter.clerk.name, "0000")).json()
            if signed["outcome"] != "done":
                raise Broken(f"{counter.clerk.name} cannot sign in: {signed['reason']}")
    _press(scene, counters[0], "call-next")
    return 1


def _call_all(scene: Scene, counters: Sequence[FullCounter], within_s: float) -> None:
    """Each counter calls once, at a moment of its own."""
    _press(scene, counters[0], "finish")
    time.sleep(SETTLED_S if within_s >= WITHIN_S else 0.0)
    draw = random.Random(SEED)
    moments = sorted(draw.uniform(0, within_s) for _ in counters)
    begun = time.monotonic()
    for moment, counter in zip(moments, counters, strict=True):
        time.sleep(max(0.0, begun + moment - time.monotonic()))
        _press(scene, counter, "call-next")


def _press(scene: Scene, counter: FullCounter, kind: str) -> None:
    with scene.spot(counter.name).connect() as connection:
        press = command(kind, counter.window, counter.clerk.staff_no, Boot.of_machine())
        answer = connection.ask(connection.ready("POST", "/device/commands", press)).json()
    if answer["outcome"] != "done":
        raise Broken(f"{kind} at window {counter.window}: {answer['reason']}")


async def _until_spoken(scene: Scene, count: int, limit_s: float) -> list[Call]:
    """The calls, when so many have been spoken, or when the time is over."""
    date = await scene.business_date()
    reader = scene.reader()
    limit = time.monotonic() + limit_s
    try:
        while True:
            calls = await reader.calls(date)
            if sum(call.spoken_ms is not None for call in calls) >= count or time.monotonic() > limit:
                return calls
            await asyncio.sleep(POLL_S)
    finally:
        await reader.close()


def _said(run: RunDirectory) -> list[str]:
    """What the sound file's label track tells: a sound a line."""
    lines = (run.root / f"{VOICE}.txt").read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[2] for line in lines]
