"""Faults of a line with several devices: some are the line's, some are one device's."""

from __future__ import annotations

from collections.abc import Iterable

from simulators.control import Fault
from simulators.line import FAULTS as OF_LINE
from simulators.line import Wire

OF_DEVICE = frozenset({"silent", "wrong-checksum"})


class Faults:
    """Which faults are on, and where."""

    def __init__(self, line: Wire, addresses: Iterable[int]) -> None:
        self._line = line
        self._addresses = frozenset(addresses)
        self._faulty: dict[str, set[int]] = {name: set() for name in OF_DEVICE}

    def switch(self, fault: Fault) -> None:
        """Switch it; a device's fault without an address is everybody's. Raises ValueError for one not known here."""
        if fault.name in OF_LINE:
            self._line.switch(fault.name, fault.on)
            return
        if fault.name not in OF_DEVICE:
            raise ValueError(f"the faults are {', '.join(sorted(OF_LINE | OF_DEVICE))}, not {fault.name}")
        meant = self._addresses if fault.address is None else {fault.address}
        if not meant <= self._addresses:
            raise ValueError(f"no device at address {fault.address}")
        faulty = self._faulty[fault.name]
        (faulty.update if fault.on else faulty.difference_update)(meant)

    def silent(self, address: int) -> bool:
        """Whether this device is dead."""
        return address in self._faulty["silent"]

    def wrong_checksum(self, address: int) -> bool:
        """Whether this device's frames have wrong sums."""
        return address in self._faulty["wrong-checksum"]

    def names(self) -> list[str]:
        """Every fault that is on somewhere."""
        return sorted(self._line.faults | {name for name, faulty in self._faulty.items() if faulty})
