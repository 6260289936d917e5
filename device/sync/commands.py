"""A clerk's presses on their way to the hall: each one once, however often it must be sent."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from device.journal import Journal
from device.sync.downlink import Desired
from device.sync.link import Link
from drivers.deadline import Deadline
from hall.contract import Answer, Command


class Commands:
    """Sends commands in the order of their window and repeats each under its own request id until it is answered."""

    def __init__(self, link: Link, journal: Journal, desired: Desired) -> None:
        """Take all that is needed; nothing runs before ``run``."""

    async def send(self, command: Command, deadline: Deadline, *, ticket: str = "") -> Answer:
        """Journal, send, repeat; the answer's window is offered to ``desired`` before this returns.

        Raises HallUnreachable at the deadline (the command stays pending; a SignIn does not), HallRefused,
        JournalStopped (then nothing was sent).
        """
        raise NotImplementedError

    def on_late(self, call: Callable[[Command, Answer], Coroutine[Any, Any, None]]) -> None:
        """Await this with each answer that came after its sender had gone, or after a restart."""

    async def run(self) -> None:
        """Long-lived: re-send what is pending, at start and whenever the hall is back."""
