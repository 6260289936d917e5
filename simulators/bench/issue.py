"""Tickets issued and confirmed: two requests each, as a kiosk makes them, and how they got their numbers."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import cycle, islice

from simulators.bench.box import Chain, mono_ms
from simulators.bench.crew import Spot
from simulators.bench.settings import BAND, SERVICES, Loader

BATCH = 60
"""Tickets a batch when many are told at once: 180 facts, about what a box sends when it catches up."""


@dataclass(frozen=True, slots=True)
class Issued:
    """What one client's tickets took, in seconds, and the digits they got."""

    reserve: list[float]
    confirm: list[float]
    digits: list[str]

    @property
    def requests(self) -> list[float]:
        """Both requests of every ticket."""
        return [*self.reserve, *self.confirm]


def issue(spot: Spot, loader: Loader, count: int) -> Issued:
    """Issue and confirm ``count`` tickets, one after the other."""
    issued = Issued([], [], [])
    chain = Chain(loader.name)
    with spot.connect() as connection:
        connection.post("/device/hello", chain.hello()).json()
        spot.line_up()
        for service in islice(cycle(SERVICES), loader.digit, loader.digit + count):
            ticket = chain.tell("requested", service=service, touch=f"touch-{chain.journal}-{time.monotonic_ns()}")
            asked = connection.ready("POST", "/device/reserve", chain.reservation(ticket, service))
            begun = time.perf_counter()
            answer = connection.ask(asked)
            issued.reserve.append(time.perf_counter() - begun)
            reserved = answer.json()
            chain.slip(ticket, service, reserved["digits"], reserved["date"], "hall")
            told = connection.ready("POST", "/device/facts", chain.batch())
            begun = time.perf_counter()
            answer = connection.ask(told)
            issued.confirm.append(time.perf_counter() - begun)
            answer.json()
            issued.digits.append(reserved["digits"])
    return issued


def preload(spot: Spot, loader: Loader, count: int, date: str) -> list[str]:
    """Tell of ``count`` tickets from this kiosk's own band, as after a long time cut off; the digits they have."""
    if count > BAND * len(SERVICES):
        raise ValueError(f"a band holds {BAND} numbers a service")
    chain = Chain(loader.name)
    numbers = [(code, f"{code}{loader.digit}{n:03}") for n in range(1, BAND + 1) for code in SERVICES][:count]
    begun_ms = mono_ms() - count
    with spot.connect() as connection:
        connection.post("/device/hello", chain.hello()).json()
        spot.line_up()
        for start in range(0, count, BATCH):
            for index, (code, digits) in enumerate(numbers[start : start + BATCH], start):
                ticket = chain.tell("requested", at_mono_ms=begun_ms + index, service=code, touch=f"touch-{index}")
                chain.slip(ticket, code, digits, date, "band")
            connection.ask(connection.ready("POST", "/device/facts", chain.batch())).json()
    return [digits for _, digits in numbers]
