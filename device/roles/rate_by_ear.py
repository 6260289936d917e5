"""Windows that are rated by ear: those whose settings name a headphone, and that have an access keypad."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from device.flows.mouth import Mouth
from device.flows.rate_by_ear import RateByEar
from device.flows.serve import WindowDesk
from device.roles.box import Box, Role

log = structlog.get_logger()


def rate_by_ear(box: Box, desks: Mapping[int, WindowDesk]) -> Role:
    """Keys and headphone of each such window."""
    role = Role()
    for window in box.loaded.values.window:
        keypads = [
            cell for cell in box.hardware.cells if cell.family == "access_keypad" and cell.window == window.number
        ]
        if not window.headphone:
            continue
        if not keypads:
            log.warning("no rating by ear", window=window.number, why="no access keypad", headphone=window.headphone)
            continue
        desk = desks[window.number]
        speaker = next(cell for cell in box.hardware.cells if cell.name == window.headphone)
        role.long_lived[f"window {window.number} by ear"] = RateByEar(desk, Mouth(speaker), keypads).run
    return role
