"""Which model speaks how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from drivers.dialect.spoken import Dialect

DIALECTS: dict[str, str] = {
    "escpos": "drivers.dialect.escpos:escpos",
    "onbon-bx5k": "drivers.dialect.onbon:font_card",
    "onbon-bx5e": "drivers.dialect.onbon:bitmap_card",
    "cpower5200": "drivers.dialect.cpower:cpower",
    "strip-a090": "drivers.dialect.strip:strip",
    "modbus-text": "drivers.dialect.modbus:modbus",
    "alpha-sign": "drivers.dialect.alpha:alpha",
    "vfd-2x20": "drivers.dialect.vfd:vfd",
    "template-display": "drivers.dialect.template:template",
    "ff68-caller": "drivers.dialect.ff68:ff68",
    "ff68-keypad": "drivers.dialect.ff68:ff68",
    "usb-caller": "drivers.dialect.keys:typed",
    "usb-keypad": "drivers.dialect.keys:typed",
    "ascii-caller": "drivers.dialect.keys:caller",
    "ascii-pad": "drivers.dialect.keys:pad",
    "usb-access-keypad": "drivers.dialect.keys:typed",
    "headphone-jack": "drivers.dialect.keys:typed",
    "ascii-access-keypad": "drivers.dialect.keys:caller",
    "sdt-reader": "drivers.dialect.sdt:sdt",
}
"""Model → what makes its dialect of the device's options. ``pcsc-reader`` has no line that bytes pass."""

UNHEARD = Dialect(None, None, secret=True)
"""Of a model that nobody has described: its bytes may be anything, so none is shown."""


def dialect_of(model: str, options: Mapping[str, Any] | None = None) -> Dialect:
    """How this model speaks, with these options of its settings. UNHEARD for one that is not in the table."""
    if model not in DIALECTS:
        return UNHEARD
    module, _, name = DIALECTS[model].partition(":")
    make: Callable[[Mapping[str, Any]], Dialect] = getattr(import_module(module), name)
    return make(options or {})
