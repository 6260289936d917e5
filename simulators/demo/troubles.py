"""What goes wrong during a play, drawn from its seed: which trouble, with which visitor, for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Literal

from simulators.demo.props import Props
from simulators.demo.stage import Stage

Scene = Literal["kiosk", "line", "hall", "counter"]

VISITORS_A_DECK = 60
"""Every trouble of the deck comes once among so many visitors."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault (one or more switches of one line), or a process that goes away.

    ``reply`` is what the visitor says to 小票出来了吗?; ``quiet`` waits for an empty hall first, where every clerk
    is free to call whatever the hall calls waiting.
    """

    scene: Scene
    faults: tuple[str, ...]
    line: str = "printer"
    seconds: float = 0.0
    reply: Literal["honest", "silence"] = "honest"
    quiet: bool = False

    def __str__(self) -> str:
        return " + ".join((self.scene if self.scene != "line" else self.line, *self.faults))


DECK: tuple[Trouble, ...] = (
    Trouble("kiosk", ("paper-out-mid",)),
    Trouble("kiosk", ("paper-out-mid",), quiet=True),
    Trouble("kiosk", ("paper-low",)),
    Trouble("kiosk", ("paper-out",)),
    Trouble("kiosk", ("cover-open",)),
    Trouble("kiosk", ("silent",)),
    Trouble("kiosk", ("no-status",)),
    Trouble("kiosk", ("no-status",), reply="silence"),
    Trouble("kiosk", ("no-status", "paper-out-mid")),
    Trouble("kiosk", ("no-gs-h",)),
    Trouble("kiosk", ("byte-by-byte",)),
    Trouble("kiosk", ("slow",)),
    Trouble("line", ("cut-line",), "displays", 3.0),
    Trouble("line", ("wrong-checksum",), "displays", 2.0),
    Trouble("line", ("byte-by-byte",), "displays", 2.0),
    Trouble("line", ("slow",), "displays", 2.0),
    Trouble("line", ("unplug",), "displays", 2.0),
    Trouble("line", ("cut-line",), "keypads", 3.0),
    Trouble("line", ("wrong-checksum",), "keypads", 2.0),
    Trouble("line", ("byte-by-byte",), "keypads", 2.0),
    Trouble("line", ("slow",), "keypads", 2.0),
    Trouble("hall", ("stopped",), seconds=3.0),
    Trouble("counter", ("killed",), seconds=1.0),
)


def schedule(visitors: int, random: Random) -> dict[int, Trouble]:
    """Which trouble begins with which visitor, counted from 0. Never two with one visitor."""
    found: dict[int, Trouble] = {}
    for first in range(0, visitors, VISITORS_A_DECK):
        places = range(first, min(first + VISITORS_A_DECK, visitors))
        deck = random.sample(DECK, min(len(DECK), len(places)))
        found.update(zip(sorted(random.sample(places, len(deck))), deck, strict=True))
    return found


async def switch(props: Props, line: str, faults: Iterable[str], on: bool) -> None:
    """Switch these faults of one line."""
    for fault in faults:
        await props.fault(line, fault, on)


async def heal_printer(props: Props, trouble: Trouble) -> None:
    """What staff do: take the fault away, put in paper, close the cover."""
    await switch(props, "printer", trouble.faults, False)
    await props.do("printer", "refill")


async def befall(stage: Stage, props: Props, trouble: Trouble) -> None:
    """Let a trouble of lines or processes happen and pass."""
    match trouble.scene:
        case "line":
            await switch(props, trouble.line, trouble.faults, True)
            await asyncio.sleep(trouble.seconds)
            await switch(props, trouble.line, trouble.faults, False)
        case "hall":
            await stage.hall.stop()
            await asyncio.sleep(trouble.seconds)
            await stage.hall.start()
            await stage.hall_answers()
        case "counter":
            await stage.counter.kill()
            await asyncio.sleep(trouble.seconds)
            await stage.counter.start()
            await stage.box_stands(stage.counter)
        case "kiosk":
            raise ValueError("the kiosk's troubles belong to its visitors")
