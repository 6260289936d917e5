"""The settings that a hall copies for its boxes are good as they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.box import load_box
from device.hardware import build_hardware

EXAMPLES = Path("config/examples").resolve()
FAMILIES: dict[str, set[str]] = {
    "board": set(),
    "counter": {"window_display", "caller", "rating_keypad"},
    "entrance": {"ticket_printer"},
    "kiosk": {"ticket_printer"},
    "speaker": {"speaker"},
}


@pytest.mark.parametrize(("role", "families"), FAMILIES.items())
def test_an_example_gives_each_role_its_devices(role: str, families: set[str]) -> None:
    hardware = build_hardware(load_box(EXAMPLES / f"{role}.toml"))
    assert {cell.family for cell in hardware.cells} == families
