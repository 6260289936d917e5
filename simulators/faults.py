"""Faults of a line with several devices: of the line, of one device, of the hand that set it up."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simulators.control import Fault
from simulators.line import FAULTS as OF_LINE
from simulators.line import OF_PAIR, SharedWire

OF_DEVICE = frozenset({"silent", "wrong-checksum"})
OF_ADDRESS = frozenset({"factory-address", "same-address", "swapped"})
"""``factory-address``: a new device in this place has still its maker's address; ``same-address``: somebody gave it the
one of the next place; ``swapped``: it and that of the next place were changed over."""


class Faults:
    """Which faults are on, and where. ``addressed``: those of OF_ADDRESS that such devices know.

    ``factory``: the address that a new device has in place of this one.
    """

    def __init__(
        self,
        line: SharedWire,
        addresses: Iterable[int],
        addressed: frozenset[str] = OF_ADDRESS,
        factory: Callable[[int], int] = lambda _: 1,
    ) -> None:
        self._line = line
        self._addresses = tuple(addresses)
        self._factory = factory
        self._addressed = addressed
        self._faulty: dict[str, set[int]] = {name: set() for name in OF_DEVICE | addressed}

    def switch(self, fault: Fault) -> None:
        """Switch it; a device's fault without an address is everybody's. Raises ValueError for one not known here."""
        of_line = OF_LINE | OF_PAIR if self._line.pair else OF_LINE
        if fault.name in of_line:
            self._line.switch(fault.name, fault.on)
            return
        if fault.name not in self._faulty:
            raise ValueError(f"the faults are {', '.join(sorted(of_line | {*self._faulty}))}, not {fault.name}")
        meant = self._meant(fault)
        faulty = self._faulty[fault.name]
        (faulty.update if fault.on else faulty.difference_update)(meant)

    def silent(self, address: int) -> bool:
        """Whether this device is dead."""
        return address in self._faulty["silent"]

    def wrong_checksum(self, address: int) -> bool:
        """Whether this device's frames have wrong sums."""
        return address in self._faulty["wrong-checksum"]

    def set_to(self, place: int) -> int:
        """The address that the device in this place has been given; its place is the one that it should have."""
        addressed = {name for name in self._addressed if place in self._faulty[name]}
        if "factory-address" in addressed:
            return self._factory(place)
        if "same-address" in addressed:
            return self._next(place)
        for name in self._addressed & {"swapped"}:
            for one in self._faulty[name]:
                pair = (one, self._next(one))
                if place in pair:
                    return pair[1 - pair.index(place)]
        return place

    def names(self) -> list[str]:
        """Every fault that is on somewhere."""
        return sorted(self._line.faults | {name for name, faulty in self._faulty.items() if faulty})

    def _meant(self, fault: Fault) -> set[int]:
        if fault.address is not None:
            if fault.address not in self._addresses:
                raise ValueError(f"no device at address {fault.address}")
            meant = {fault.address}
        else:  # everybody cannot stand in another's place: then it is the last one
            meant = {self._addresses[-1]} if fault.name in OF_ADDRESS else {*self._addresses}
        if fault.name in ("same-address", "swapped") and len(self._addresses) < 2:
            raise ValueError(f"{fault.name} needs two devices")
        return meant

    def _next(self, place: int) -> int:
        return self._addresses[(self._addresses.index(place) + 1) % len(self._addresses)]
