"""Clerks who call one after the other, and whether anybody was called twice."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from simulators.bench.box import Chain, command, sign_in
from simulators.bench.crew import Spot
from simulators.bench.settings import Loader
from simulators.bench.wire import Broken


class Called(NamedTuple):
    """One call as its answer told it."""

    ticket: str
    call: str
    window: int


@dataclass(frozen=True, slots=True)
class Calls:
    """What one clerk's calls took, in seconds, and whom they called."""

    taken: list[float]
    called: list[Called]


def call_next(spot: Spot, loader: Loader, count: int) -> Calls:
    """Call ``count`` times, or until nobody waits. Between calls the visit is finished, unmeasured."""
    calls = Calls([], [])
    clerk, box = loader.clerk, Chain(loader.name)
    with spot.connect() as connection:
        connection.post("/device/hello", box.hello()).json()
        signed = connection.post("/device/commands", sign_in(loader.window, clerk.name, clerk.pin)).json()
        if signed["outcome"] != "done":
            raise Broken(f"{clerk.name} cannot sign in: {signed['reason']}")
        spot.line_up()
        while len(calls.taken) < count:
            press = command("call-next", loader.window, clerk.staff_no, box.boot)
            pressed = connection.ready("POST", "/device/commands", press)
            begun = time.perf_counter()
            answer = connection.ask(pressed)
            took = time.perf_counter() - begun
            told = answer.json()
            if told.get("reason") == "nobody-waiting":
                break
            held = told["window"]["held"]
            calls.taken.append(took)
            calls.called.append(Called(held["ticket"], held["call"], loader.window))
            finish = command("finish", loader.window, clerk.staff_no, box.boot, held["call"])
            connection.ask(connection.ready("POST", "/device/commands", finish)).json()
    return calls


def violations(called: Iterable[Called]) -> int:
    """Tickets with two calls, and tickets at two windows, where nothing but *finished* lay between."""
    distinct = set(called)
    calls = Counter(ticket for ticket, _ in {(one.ticket, one.call) for one in distinct})
    windows = Counter(ticket for ticket, _ in {(one.ticket, one.window) for one in distinct})
    return sum(calls[ticket] > 1 or windows[ticket] > 1 for ticket in calls)
