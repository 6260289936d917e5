"""From a clerk's press to the last byte of the frame that shows the number."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from simulators.bench.ear import Ear, Event
from simulators.bench.figures import Figure, at_most, percentile
from simulators.bench.issue import issue
from simulators.bench.scene import Scene
from simulators.bench.settings import ALONE, ALONE_CLERK, ALONE_LINE, ALONE_WINDOW, LOADING
from simulators.bench.wire import Broken, Connection

SETTLED_SECONDS = 0.1
"""After an idle frame: its acknowledgement and the line's silence have passed. A clerk is never faster."""


class Clerk:
    """The page of one window, on one connection."""

    def __init__(self, box: Connection, headers: Mapping[str, str]) -> None:
        self._box = box
        self._headers = headers

    @classmethod
    def signing_in(cls, box: Connection) -> Clerk:
        """The clerk opens the window. Raises Broken."""
        who = {"name": ALONE_CLERK.name, "pin": ALONE_CLERK.pin}
        token = box.post(f"/window/{ALONE_WINDOW}/sign-in", who).json()["token"]
        return cls(box, {"Authorization": f"Bearer {token}"})

    def through(self, box: Connection) -> Clerk:
        """The same clerk on another connection: a box hangs up when nobody has pressed for 5 s."""
        return Clerk(box, self._headers)

    def press(self, act: str) -> tuple[float, dict[str, Any]]:
        """Press a button: the moment of it (monotonic seconds) and the window's state after it. Raises Broken."""
        body = b'{"act":"%b","press":"%b"}' % (act.encode(), uuid.uuid4().hex.encode())
        sent = self._box.ready("POST", f"/window/{ALONE_WINDOW}/press", body, self._headers)
        begun = time.monotonic()
        told = self._box.ask(sent).json()
        if told["outcome"] != "done":
            raise Broken(f"{act}: {told['reason']}")
        window: dict[str, Any] = told["window"]
        return begun, window


def ratios(scene: Scene, count: int) -> list[float]:
    """Time to the frame's last byte, as a multiple of what the frame itself takes on the wire. Raises Broken."""
    taken: list[float] = []
    with Connection(scene.ports.alone) as box, Ear(scene.run.control(ALONE_LINE)) as display:
        clerk = Clerk.signing_in(box)
        display.until(partial(_shows_other, "-"))
        for _ in range(count):
            time.sleep(SETTLED_SECONDS)
            begun, window = clerk.press("next")
            number = window["held"]["number"]
            frame = display.until(partial(_shows, number))
            taken.append((frame["t"] - begun) * 1000 / frame["wire_ms"])
            _, window = clerk.press("finish")
            display.until(partial(_shows_other, number))
    return taken


def _shows(number: str, event: Event) -> bool:
    return event["event"] == "shown" and number in event["text"]


def _shows_other(number: str, event: Event) -> bool:
    return event["event"] == "shown" and number not in event["text"]


async def display_figures(scene: Scene, count: int) -> list[Figure]:
    """The display's figures. The scene's hall, line and box with one display are up."""
    await scene.box_works(ALONE)
    await asyncio.to_thread(issue, scene.spot(LOADING[0].name), LOADING[0], count)
    taken = await asyncio.to_thread(ratios, scene, count)
    return [
        Figure("press to frame's last byte ÷ frame's wire time, p50", percentile(taken, 50), "×", at_most(1.10)),
        Figure("press to frame's last byte ÷ frame's wire time, p99", percentile(taken, 99), "×", at_most(1.30)),
    ]
