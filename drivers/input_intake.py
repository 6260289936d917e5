"""Takes one input node's records in, and makes good what the kernel had to drop. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from drivers import evdev_record as event
from drivers.evdev_record import Record
from drivers.framing import Framer


class Intake:
    """Records in, records out.

    After SYN_DROPPED (the kernel's buffer was full) everything up to the next SYN_REPORT is worthless; then the keys
    that are down are asked for, and what they tell is put in its place: a key down that was not is pressed, once. The
    switches are asked for too, and told as they stand.
    """

    def __init__(
        self, active_keys: Callable[[], Collection[int]], switches: Callable[[], Mapping[int, bool]] = dict
    ) -> None:
        self._active_keys = active_keys
        self._switches = switches
        self._framer = Framer(event.scan, event.CAP)
        self._down: set[int] = set()
        self._dropping = False
        self.dropped = 0
        """How often the kernel's buffer was full."""

    def take(self, data: bytes) -> bytes:
        """What ``data`` comes to, in whole records. Raises OSError when the node went while it was asked."""
        return b"".join(record.encode() for raw in self._framer.feed(data) for record in self._taken(event.decode(raw)))

    def _taken(self, record: Record) -> list[Record]:
        what = (record.type, record.code)
        if what == (event.EV_SYN, event.SYN_DROPPED):
            self._dropping = True
            self.dropped += 1
            return []
        if self._dropping:
            if what != (event.EV_SYN, event.SYN_REPORT):
                return []
            self._dropping = False
            return [*self._missed(record), record]
        return [record] if self._follow(record) else []

    def _missed(self, report: Record) -> list[Record]:
        now = set(self._active_keys())
        changes = [(code, event.UP) for code in sorted(self._down - now)]
        changes += [(code, event.DOWN) for code in sorted(now - self._down)]
        self._down = now
        missed = [Record(report.seconds, report.microseconds, event.EV_KEY, code, value) for code, value in changes]
        return missed + [
            Record(report.seconds, report.microseconds, event.EV_SW, code, int(on))
            for code, on in sorted(self._switches().items())
        ]

    def _follow(self, record: Record) -> bool:
        """Whether it tells anything new: what was read before the keys were asked for may be in their answer."""
        if record.type != event.EV_KEY:
            return True
        if record.value == event.HELD:
            self._down.add(record.code)
            return True
        was_down = record.code in self._down
        (self._down.add if record.value == event.DOWN else self._down.discard)(record.code)
        return was_down != (record.value == event.DOWN)
