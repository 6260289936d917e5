"""Certificates and keys of a box, and where they come from."""

from __future__ import annotations

from pathlib import Path

from config.box import BoxSettings
from config.files import must_exist
from config.lines import KeyPath
from config.loader import Loaded


def certificates_must_exist(settings: Loaded[BoxSettings]) -> None:
    """Raises SettingsError for those that are not there."""
    link, kiosk = settings.values.hall, settings.values.kiosk
    issued = f"copy it from the hall: yichuang ca issue DIR {settings.values.box.name} --role box"
    named: dict[KeyPath, tuple[Path, str]] = {
        ("hall", "ca"): (link.ca, "copy ca.pem from the hall"),
        ("hall", "certificate"): (link.certificate, issued),
        ("hall", "key"): (link.key, issued),
    }
    if kiosk is not None:
        named["kiosk", "signing_key"] = (kiosk.signing_key, f"make one: yichuang ca slip-key {kiosk.signing_key}")
    must_exist(settings, named)
