"""Tickets issued and confirmed: two requests each, as a kiosk makes them, and how they got their numbers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice, product

from simulators.bench.box import Chain, batches, now_ms
from simulators.bench.crew import Spot
from simulators.bench.settings import BAND, SERVICES, Loader


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


def band(digit: int, first: int, count: int) -> list[tuple[str, str]]:
    """``count`` numbers of a kiosk's own band from its ``first`` on (0), as (service, digits). Raises ValueError."""
    if first + count > BAND * len(SERVICES):
        raise ValueError(f"a band holds {BAND} numbers a service")
    numbers = product(range(1, BAND + 1), SERVICES)
    return [(code, f"{code}{digit}{number:03}") for number, code in islice(numbers, first, first + count)]


def tell_band(chain: Chain, numbers: Sequence[tuple[str, str]], date: str) -> None:
    """Tell of one ticket a number, each a ms after the one before, the last one now."""
    begun_ms = now_ms() - len(numbers)
    for at_ms, (code, digits) in enumerate(numbers, begun_ms):
        ticket = chain.tell("requested", at_ms=at_ms, service=code, touch=f"touch-{digits}")
        chain.slip(ticket, code, digits, date, "band", at_ms)


def preload(spot: Spot, loader: Loader, count: int, date: str) -> list[str]:
    """Tell of ``count`` tickets from this kiosk's own band, as after a long time cut off; the digits they have."""
    chain = Chain(loader.name)
    numbers = band(loader.digit, 0, count)
    tell_band(chain, numbers, date)
    with spot.connect() as connection:
        connection.post("/device/hello", chain.hello()).json()
        spot.line_up()
        for facts in batches(chain.untold()):
            connection.ask(connection.ready("POST", "/device/facts", chain.batch(facts))).json()
    return [digits for _, digits in numbers]
