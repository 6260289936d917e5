"""Ports that nobody has, for servers that tests start.

Not those the kernel would give: it gives the same to every connection that goes out, so one that was free when asked
for may be a browser's by the time a server starts, and stays taken for a minute after.
"""

from __future__ import annotations

from contextlib import ExitStack
from random import SystemRandom
from socket import socket

FROM, BELOW = 10000, 20000
"""Below what the kernel gives to connections (32768 and up), and below the demonstrations of tests.system.running."""
_random = SystemRandom()


def free_port() -> int:
    """One."""
    return free_neighbours(1)


def free_neighbours(count: int) -> int:
    """The first of so many side by side."""
    while True:
        first = _random.randrange(FROM, BELOW)
        with ExitStack() as held:
            try:
                for port in range(first, first + count):
                    held.enter_context(socket()).bind(("", port))
            except OSError:
                continue
            return first
