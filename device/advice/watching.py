"""What a box does on its own so that its advice can tell faults apart: an ear and a look for each line of bytes."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from config.box import BoxSettings
from device.advice.ear import Ear
from device.advice.known import NOTHING_HEARD, LineHeard
from device.advice.look import Look
from device.hardware import Hardware


class LineWatch:
    """All lines of a box that bytes pass."""

    def __init__(self, values: BoxSettings, hardware: Hardware, monitors: Mapping[str, Callable[[], Any]]) -> None:
        self._ears: dict[str, Ear] = {}
        self._looks: dict[str, Look] = {}
        for name, bus in hardware.buses.items():
            devices = [device for device in values.device if device.line == name]
            names = {device.name for device in devices}
            cells = [cell for cell in hardware.cells if cell.name in names]
            taken = frozenset(device.address for device in devices if device.address is not None)
            self._ears[name] = Ear(bus, cells, monitors[name])
            self._looks[name] = Look(cells, hardware.elsewhere, taken)

    @property
    def long_lived(self) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        """Each to run for as long as the box lives, by name."""
        ears = {f"ear of line {name}": ear.run for name, ear in self._ears.items()}
        return {**ears, **{f"look on line {name}": look.run for name, look in self._looks.items()}}

    def heard(self, line: str) -> LineHeard:
        """What its ear has heard lately."""
        return self._ears[line].heard() if line in self._ears else NOTHING_HEARD

    def found(self, line: str) -> dict[str, int]:
        """Its silent devices, and where one of their kind answers."""
        return dict(self._looks[line].found) if line in self._looks else {}
