"""Where a simulated keypad is plugged in: a Unix socket that gives event records to one reader at a time."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


class InputSocket:
    """The socket at ``link``. Records said while nobody reads are lost, as a press is that no program hears."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.on_change: Callable[[], None] = lambda: None
        """Told when somebody begins to read, or ends."""
        self.stands: Callable[[], bytes] = bytes
        """What a reader could ask for when it begins: the records of how the switches stand."""
        self._loop = asyncio.get_running_loop()
        self._listening: socket.socket | None = None
        self._reader: socket.socket | None = None

    @property
    def plugged(self) -> bool:
        """Whether it is there."""
        return self._listening is not None

    @property
    def taken(self) -> bool:
        """Whether somebody reads."""
        return self._reader is not None

    def open(self) -> None:
        """Plug it in. Raises FileExistsError when something other than a socket stands there."""
        if self.plugged:
            return
        if self.link.exists() and not self.link.is_socket():
            raise FileExistsError(f"{self.link} is no socket")
        with suppress(FileNotFoundError):
            self.link.unlink()
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listening.bind(str(self.link))
            listening.listen()
            listening.setblocking(False)
        except OSError:
            listening.close()
            raise
        self._listening = listening
        self._loop.add_reader(listening.fileno(), self._accept, listening)

    def close(self) -> None:
        """Unplug it: whoever reads is told by the end of the stream."""
        self._hang_up()
        if self._listening is not None:
            self._loop.remove_reader(self._listening.fileno())
            self._listening.close()
            self._listening = None
            with suppress(FileNotFoundError):
                self.link.unlink()

    def say(self, records: bytes) -> bool:
        """Hand records to the reader; whether there is one."""
        if self._reader is None:
            return False
        try:
            whole = self._reader.send(records) == len(records)
        except OSError:
            whole = False
        if not whole:
            self._hang_up()
        return whole

    def _accept(self, listening: socket.socket) -> None:
        with suppress(BlockingIOError):
            reader, _ = listening.accept()
            if self._reader is not None:  # grabbed by another
                reader.close()
                return
            reader.setblocking(False)
            self._reader = reader
            self._loop.add_reader(reader.fileno(), self._heard, reader)
            self.say(self.stands())
            self.on_change()

    def _heard(self, reader: socket.socket) -> None:
        try:
            gone = not reader.recv(1024)
        except BlockingIOError:
            return
        except OSError:
            gone = True
        if gone:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._reader is not None:
            self._loop.remove_reader(self._reader.fileno())
            self._reader.close()
            self._reader = None
            self.on_change()
