"""What advises on one box: what it knows, the ears and looks of its lines, the last checks of its devices."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from config.box import BoxSettings
from config.loader import Loaded
from device.advice import advice_of
from device.advice.knowing import Knowing, LastChecks
from device.advice.watching import LineWatch
from device.clock import Clock
from device.hardware import Hardware
from device.journal import Journal
from device.sync.link import Link
from hall.contract.maintenance import Advice


class Advising:
    """Of a box with flows, or of one for maintenance alone: ``link`` None, ``journal`` None where there is none."""

    def __init__(
        self,
        loaded: Loaded[BoxSettings],
        hardware: Hardware,
        clock: Clock,
        journal: Journal | None,
        link: Link | None,
    ) -> None:
        self.checks = LastChecks()
        monitors: Mapping[str, Callable[[], Any]] = {each.bus.name: each.interpret for each in hardware.monitors}
        self._lines = LineWatch(loaded.values, hardware, monitors)
        self._knowing = Knowing(loaded, hardware, clock, journal, link, self.checks, self._lines)

    @property
    def long_lived(self) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        """Each to run for as long as the box lives, by name."""
        return self._lines.long_lived

    def advice(self, certificate_days: int | None = None, pairing_days: int | None = None) -> list[Advice]:
        """What a person has to do at this box now, worst first."""
        return advice_of(self._knowing.box(certificate_days, pairing_days))
