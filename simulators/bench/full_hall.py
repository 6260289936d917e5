"""A county's hall as a hall that is rebuilt: 5 kiosks, 60 counters of one window each, all of them made up."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.bench.settings import CATALOGUE, HALVES, BenchPorts, box_entry, clerk_entry, hall_settings, window_entry
from simulators.demo.places import RunDirectory
from simulators.demo.tables import DemoClerk, pin_line

FULL = "full-hall"
KIOSKS = 5
COUNTERS = 60
FIRST_WINDOW = 101


@dataclass(frozen=True, slots=True)
class FullKiosk:
    """A kiosk and its digit."""

    digit: int

    @property
    def name(self) -> str:
        """Its certificate's common name."""
        return f"full-kiosk-{self.digit}"


@dataclass(frozen=True, slots=True)
class FullCounter:
    """A counter's box with its one window."""

    window: int

    @property
    def name(self) -> str:
        """Its certificate's common name."""
        return f"full-counter-{self.window}"

    @property
    def services(self) -> tuple[str, ...]:
        """What its window serves."""
        return HALVES[self.window % 2]

    @property
    def clerk(self) -> DemoClerk:
        """Who sits there; made up."""
        return DemoClerk(f"F{self.window}", f"柜员{self.window}", "0000")


FULL_KIOSKS = tuple(FullKiosk(digit) for digit in range(1, 1 + KIOSKS))
FULL_COUNTERS = tuple(FullCounter(window) for window in range(FIRST_WINDOW, FIRST_WINDOW + COUNTERS))
BOXES: tuple[FullKiosk | FullCounter, ...] = (*FULL_KIOSKS, *FULL_COUNTERS)


def write(run: RunDirectory, ports: BenchPorts) -> None:
    """Write the settings of this hall and its catalogue."""
    windows = "".join(window_entry(counter.window, counter.services) for counter in FULL_COUNTERS)
    (run.root / f"{FULL}-catalogue.toml").write_text(CATALOGUE + windows, encoding="utf-8")
    boxes = [box_entry(kiosk.name, kiosk.digit, ()) for kiosk in FULL_KIOSKS]
    boxes += [box_entry(counter.name, 0, (counter.window,)) for counter in FULL_COUNTERS]
    pin = pin_line("0000")  # the same for all: each line takes 50 ms to make
    clerks = [clerk_entry(counter.clerk, pin) for counter in FULL_COUNTERS]
    text = hall_settings(run, ports, FULL, f"{FULL}-catalogue.toml", [*boxes, *clerks])
    run.settings(FULL).write_text(text, encoding="utf-8")
