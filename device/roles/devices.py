"""The lines and devices of a box, each running by itself."""

from __future__ import annotations

from device.hardware import Hardware
from device.roles.box import Work


def lines_and_devices(hardware: Hardware) -> dict[str, Work]:
    """Each to run for as long as the box lives, by name."""
    lines = {f"line {bus.name}": bus.run for bus in hardware.buses.values()}
    monitors = {f"line monitor {number}": monitor.run for number, monitor in enumerate(hardware.monitors, 1)}
    return {**lines, **monitors, **{f"device {cell.name}": cell.run for cell in hardware.cells}}
