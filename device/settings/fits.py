"""Whether a box could start with settings: its devices can be built, and the files that they name are there."""

from __future__ import annotations

from config.box import BoxSettings, packs_of
from config.loader import Loaded
from device.files import certificates_must_exist
from device.hardware import Hardware, build_hardware


def built(loaded: Loaded[BoxSettings]) -> Hardware:
    """The hardware of a box that could start; nothing is opened. Raises SettingsError."""
    hardware = build_hardware(loaded)
    certificates_must_exist(loaded)
    packs_of(loaded)
    return hardware
