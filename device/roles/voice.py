"""The voice of a box: its speakers call for its own windows, and for a zone that the hall leases to it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from device.flows.serve import WindowDesk
from device.flows.voices import announcers, can_speak
from device.roles.box import Box, Role
from device.sync.zone import Zone


def voice(box: Box, desks: Mapping[int, WindowDesk]) -> Role:
    """An announcer for each speaker, and the zone's lease when there is one."""
    role = Role()
    cells = box.hardware.cells
    zone = Zone(box.link, box.desired, box.clock, partial(can_speak, cells))
    for cell, announcer in announcers(cells, desks, zone, box.journal):
        role.long_lived |= {"zone": zone.run, f"calls of {cell.name}": announcer.run}
    return role
