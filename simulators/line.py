"""The far end of a serial line: a pty on which every byte takes the time it would take on copper."""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import termios
import tty
from array import array
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from simulators.uart import swapped

Receive = Callable[[int, float], None]
"""Takes one byte and the moment (monotonic seconds) at which its stop bit had passed."""

FAULTS = frozenset({"cut-line", "unplug", "garble", "byte-by-byte", "slow"})
OF_PAIR = frozenset({"swapped-wires"})
"""Of a line that is one pair of wires, RS-485: A and B changed over."""

BITS_A_BYTE = 10
"""8N1: start, eight data bits, stop."""

SLOW_SECONDS = 0.15
"""How much later a slow device answers: inside the 500 ms of a printer's status, and of a display's 300 ms."""

APART_SECONDS = 0.003
"""Between two bytes that come one by one: at any speed of ours a reader sees them apart."""

PATIENCE_SECONDS = 0.1
"""How long a byte that comes alone waits for the one before it to be read."""

PORT_BUFFER = 4096
"""Bytes that the port of a PC holds before a write has to wait."""

ONE_COLLISION_SECONDS = 0.05
"""Overlapping bytes within this time are one collision."""

_BAUDS = {
    getattr(termios, name): int(name[1:])
    for name in dir(termios)
    if re.fullmatch(r"B\d+", name) and name != "B0"  # B0 hangs up, it is no speed
}


class Wire(Protocol):
    """The far end of any line, as a device has it: ``receive`` is called for each byte that comes."""

    receive: Receive
    faults: set[str]

    def open(self) -> None:
        """Be reachable. Raises OSError."""

    def send(self, data: bytes, at: float) -> float:
        """Say ``data``, not before ``at``; when its last byte has left."""

    def switch(self, fault: str, on: bool) -> None:
        """Switch one of FAULTS on or off."""

    def close(self) -> None:
        """Be there no more; what was on its way is lost."""


class SharedWire(Wire, Protocol):
    """One that several devices may hang on. ``pair``: it is one pair of wires, with the faults OF_PAIR too."""

    pair: bool

    on_collision: Callable[[float], None]
    """Told when bytes of both sides have met; never on a network."""

    @property
    def byte_seconds(self) -> float:
        """What one byte takes; 0.0 on a network."""


@dataclass(slots=True)
class _Passing:
    """A byte on its way, when its last bit will have passed, and whether another talked over it."""

    byte: int
    due: float
    broken: bool = False

    def arrives(self) -> int:
        """The byte as it is heard: broken, its outer bits are wrong, so no fixed bits, marks or sums survive."""
        return self.byte ^ 0x81 if self.broken else self.byte


class Line:
    """One line and its pty, reached by the symbolic link ``link``.

    Both directions keep a schedule: a byte begins when the one before it has passed, however late the event loop
    wakes. On a ``half_duplex`` line bytes that overlap destroy each other and ``on_collision`` is told once.
    With ``own_speed`` the devices speak at ``baud``: at any other both sides hear wrong bytes.
    """

    def __init__(self, link: Path, baud: int, *, half_duplex: bool = False, own_speed: bool = False) -> None:
        self.link = link
        self.receive: Receive = lambda _byte, _at: None
        self.on_collision: Callable[[float], None] = lambda _at: None
        self.faults: set[str] = set()
        self._first_baud = baud
        self.pair = half_duplex
        self._own_speed = own_speed
        self._loop = asyncio.get_running_loop()
        self._master = self._slave = -1
        self._reading = False
        self._in: deque[_Passing] = deque()
        self._out: deque[_Passing] = deque()
        self._in_until = self._out_from = self._out_until = 0.0
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._collided = -1.0

    @property
    def baud(self) -> int:
        """Bits a second, as the other side has set its port."""
        if self._master < 0:
            return self._first_baud
        return _BAUDS.get(termios.tcgetattr(self._master)[5], self._first_baud)

    @property
    def _misheard(self) -> bool:
        return self._own_speed and self.baud != self._first_baud

    @property
    def byte_seconds(self) -> float:
        """What one byte takes."""
        return BITS_A_BYTE / self.baud

    @property
    def quiet_since(self) -> float:
        """When the last byte in either direction has passed or will have passed."""
        return max(self._in_until, self._out_until)

    def open(self) -> None:
        """Make the pty and link it. Raises FileExistsError when something other than a link stands there."""
        if self.link.exists() and not self.link.is_symlink():
            raise FileExistsError(f"{self.link} is no link")
        self._master, self._slave = os.openpty()
        # The slave stays open here too: else the other side's closing would end the pty (EIO on the master).
        tty.setraw(self._slave)
        settings = termios.tcgetattr(self._slave)
        settings[4] = settings[5] = getattr(termios, f"B{self._first_baud}")
        termios.tcsetattr(self._slave, termios.TCSANOW, settings)
        os.set_blocking(self._master, False)
        self._read(True)
        fresh = self.link.with_name(f".{self.link.name}.new")
        with suppress(FileNotFoundError):
            fresh.unlink()
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(self.link)

    def close(self) -> None:
        """Take link and pty away; what was on its way is lost."""
        if self._master < 0:
            return
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._in.clear()
        self._out.clear()
        self._read(False)
        if self.link.is_symlink() and self.link.readlink() == Path(os.ttyname(self._slave)):
            self.link.unlink()
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1

    def switch(self, fault: str, on: bool) -> None:
        """Switch one of FAULTS on or off, or of OF_PAIR."""
        (self.faults.add if on else self.faults.discard)(fault)
        if fault == "unplug":
            if on:
                self.close()
            elif self._master < 0:
                self.open()

    def send(self, data: bytes, at: float) -> float:
        """Put ``data`` on the line, not before ``at`` nor before what is still passing; when its last bit passes."""
        begin = max(self._out_until, at) + (SLOW_SECONDS if "slow" in self.faults else 0.0)
        step = self.byte_seconds + (APART_SECONDS if "byte-by-byte" in self.faults else 0.0)
        broken = self.pair and begin < self._in_until
        if broken:
            self._collide(begin)
        for count, byte in enumerate(self._through(data), 1):
            self._out.append(_Passing(byte, begin + count * step, broken or self._misheard))
        self._out_from, self._out_until = begin, begin + len(data) * step
        self._wake("out", self._out, self._put)
        return self._out_until

    def _read(self, on: bool) -> None:
        if on and not self._reading:
            self._loop.add_reader(self._master, self._arrived)
        elif not on and self._reading:
            self._loop.remove_reader(self._master)
        self._reading = on

    def _arrived(self) -> None:
        now = self._loop.time()
        try:
            data = self._come()
        except BlockingIOError:
            return
        step = self.byte_seconds
        begin = max(self._in_until, now)
        end = begin + len(data) * step
        broken = self.pair and begin < self._out_until and end > self._out_from
        if broken:
            self._collide(begin)
        for count, byte in enumerate(self._through(data), 1):
            self._in.append(_Passing(byte, begin + count * step, broken or self._misheard))
        self._in_until = end
        self._wake("in", self._in, self._take)
        if len(self._in) >= PORT_BUFFER:
            self._read(False)

    def _through(self, data: bytes) -> bytes:
        return swapped(data) if "swapped-wires" in self.faults else data

    def _take(self) -> None:
        """Hand the device what has passed."""
        while self._in and self._in[0].due <= self._loop.time():
            passed = self._in.popleft()
            if "cut-line" not in self.faults:
                self.receive(passed.arrives(), passed.due)
        if self._master >= 0 and not self._reading and len(self._in) < PORT_BUFFER // 2:
            self._read(True)
        self._wake("in", self._in, self._take)

    def _put(self) -> None:
        """Hand the other side what has passed."""
        now, one_by_one = self._loop.time(), "byte-by-byte" in self.faults
        if one_by_one and self._unread() and now < self._out[0].due + PATIENCE_SECONDS:
            self._timers["out"] = self._loop.call_at(now + APART_SECONDS, self._put)
            return
        passed = bytearray()
        while self._out and self._out[0].due <= now and not (one_by_one and passed):
            passing = self._out.popleft()
            passing.broken |= "garble" in self.faults
            passed.append(passing.arrives())
        if passed and self._master >= 0 and "cut-line" not in self.faults:
            with suppress(BlockingIOError):  # nobody reads: the port overruns, as a real one does
                self._go(bytes(passed))
        self._wake("out", self._out, self._put, not_before=now + APART_SECONDS * one_by_one)

    def _come(self) -> bytes:
        """What the other side has written. Raises BlockingIOError when it has not."""
        return os.read(self._master, PORT_BUFFER)

    def _go(self, data: bytes) -> None:
        """To the other side. Raises BlockingIOError when nobody reads there."""
        os.write(self._master, data)

    def _unread(self) -> bool:
        """Whether the other side has not yet taken what it was handed."""
        count = array("i", (0,))
        fcntl.ioctl(self._slave, termios.FIONREAD, count)
        return count[0] > 0

    def _wake(self, name: str, queue: deque[_Passing], then: Callable[[], None], *, not_before: float = 0.0) -> None:
        if timer := self._timers.pop(name, None):
            timer.cancel()
        if self._master < 0:
            queue.clear()
        if queue:
            self._timers[name] = self._loop.call_at(max(queue[0].due, not_before), then)

    def _collide(self, at: float) -> None:
        """Break what is on its way in both directions."""
        for passing in (*self._in, *self._out):
            passing.broken = True
        if at - self._collided > ONE_COLLISION_SECONDS:
            self.on_collision(at)
        self._collided = at
