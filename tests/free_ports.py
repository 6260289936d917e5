"""Ports that nobody has, for servers that tests start.

Not those the kernel would give: it gives the same to every connection that goes out, so one that was free when asked
for may be a browser's by the time a server starts, and stays taken for a minute after. Tests that run at the same time
have each their own: what was free may else be another's by then.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable
from contextlib import ExitStack
from random import SystemRandom
from socket import socket

FROM, EACH = 10000, 5000
"""Below what the kernel gives to connections, 32768 and up, for four that run at the same time (Makefile)."""
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_random = SystemRandom()
_given: deque[int] = deque(maxlen=1000)
"""A test asks for several before it starts a server."""


def free_port() -> int:
    """One."""
    return free_neighbours(1)


def free_neighbours(count: int) -> int:
    """The first of so many side by side."""
    first = FROM + _WORKER % 4 * EACH
    while True:
        chosen = first + _random.randrange(EACH - count)
        ports = range(chosen, chosen + count)
        if not set(ports).intersection(_given) and _are_free(ports):
            _given.extend(ports)
            return chosen


def _are_free(ports: Iterable[int]) -> bool:
    with ExitStack() as held:
        try:
            for port in ports:
                held.enter_context(socket()).bind(("", port))
        except OSError:
            return False
    return True
