"""Pads whose bytes are a table in the settings, and keypads that type, read along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drivers import evdev_record as event
from drivers.dialect.spoken import Dialect, Said, Side
from drivers.key_table import KeyTable


def pad(options: Mapping[str, Any]) -> Dialect:
    """The dialect of ``ascii-pad``."""
    return _by_table("mapping", options)


def caller(options: Mapping[str, Any]) -> Dialect:
    """The dialect of ``ascii-caller``."""
    return _by_table("keys", options)


def typed(_options: Mapping[str, Any]) -> Dialect:
    """The dialect of whatever the kernel makes records of: ``usb-keypad``, ``headphone-jack``."""
    return _TYPED


def _by_table(option: str, options: Mapping[str, Any]) -> Dialect:
    """Without its table a pad's bytes are shown as they are."""
    if not options.get(option):
        return _PLAIN
    table = KeyTable(option, options[option])
    return Dialect(None, Side(table.scan, lambda message: Said("key", {"key": table.meaning(message)}), table.cap))


def _say_record(record: bytes) -> Said:
    heard = event.decode(record)
    key = event.pressed(heard)
    if key is not None:
        return Said("key", {"key": key})
    plugged = event.headphone(heard)
    if plugged is not None:
        return Said("headphone-in" if plugged else "headphone-out")
    return Said("key-record", {"type": heard.type, "code": heard.code, "value": heard.value})


_PLAIN = Dialect(None, None)
_TYPED = Dialect(None, Side(event.scan, _say_record, event.CAP))
