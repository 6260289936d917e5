"""What a daemon tells systemd: one datagram to $NOTIFY_SOCKET (sd_notify(3)). Nothing where nobody listens."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

LINE_BREAKS = str.maketrans("\r\n", "  ")


class Notify:
    """The manager that started this process; a process that was started by hand has none, and every call is quiet.

    ``environment`` is read once, so that a child of this process speaks for itself only when it was told to.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        """A leading @ names an abstract socket."""
        self.watchdog_s = _watchdog_s(environment) if self._address else 0.0
        """Seconds within which the manager wants to hear from us again and again; 0.0: it does not."""
        self._status = ""

    @property
    def listened(self) -> bool:
        """Whether anybody wants to be told."""
        return bool(self._address)

    def ready(self) -> None:
        """It does its work now: whoever waits for the unit goes on."""
        self._tell("READY=1")

    def feed(self) -> None:
        """All that has to go on does go on."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """It ends by itself, or as it was told."""
        self._tell("STOPPING=1")

    def status(self, sentence: str) -> None:
        """One line for ``systemctl status``; told only when it has changed."""
        if sentence != self._status:
            self._status = sentence
            self._tell("STATUS=" + sentence.translate(LINE_BREAKS))

    def _tell(self, line: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as speaking:
            speaking.setblocking(False)  # a manager that is slow to read must not be what hangs the loop
            speaking.sendto(line.encode(), self._address)


def _watchdog_s(environment: Mapping[str, str]) -> float:
    """As sd_watchdog_enabled(3) reads it: of this process alone, where a process is named."""
    whose, asked = environment.get("WATCHDOG_PID", ""), environment.get("WATCHDOG_USEC", "")
    if whose and whose != str(os.getpid()):
        return 0.0
    return int(asked) / 1_000_000 if asked.isdecimal() else 0.0
