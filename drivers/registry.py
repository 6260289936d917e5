"""Which driver drives which model, and its options checked before anything runs."""

from __future__ import annotations

import dataclasses
from importlib import import_module
from importlib.metadata import entry_points
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

MODELS: dict[str, str] = {
    "escpos": "drivers.ticket_printer.escpos:EscPosPrinter",
    "onbon-bx5k": "drivers.window_display.onbon_bx5k:OnbonBx5k",
    "onbon-bx5e": "drivers.window_display.onbon_bx5e:OnbonBx5e",
    "cpower5200": "drivers.window_display.cpower5200:CPower5200",
    "strip-a090": "drivers.window_display.strip_a090:StripA090",
    "modbus-text": "drivers.window_display.modbus_text:ModbusText",
    "alpha-sign": "drivers.window_display.alpha_sign:AlphaSign",
    "vfd-2x20": "drivers.window_display.vfd_2x20:Vfd2x20",
    "template-display": "drivers.window_display.template_display:TemplateDisplay",
    "ff68-caller": "drivers.caller.ff68:Ff68Caller",
    "ff68-keypad": "drivers.rating_keypad.ff68:Ff68Keypad",
    "usb-caller": "drivers.caller.usb:UsbCaller",
    "usb-keypad": "drivers.rating_keypad.usb:UsbKeypad",
    "ascii-caller": "drivers.caller.ascii:AsciiCaller",
    "ascii-pad": "drivers.rating_keypad.ascii:AsciiPad",
    "usb-access-keypad": "drivers.access_keypad.usb:UsbAccessKeypad",
    "ascii-access-keypad": "drivers.access_keypad.ascii:AsciiAccessKeypad",
    "headphone-jack": "drivers.access_keypad.usb:HeadphoneJack",
    "pcsc-reader": "drivers.smart_card.pcsc:PcscReader",
    "sdt-reader": "drivers.id_card.sdt:SdtReader",
    "ipp-printer": "drivers.office_printer.ipp:IppPrinter",
    "speaker": "drivers.speaker.speaker:SoundSpeaker",
    "sane-scanner": "drivers.document_scanner.sane:SaneScanner",
    "escl-scanner": "drivers.document_scanner.escl:EsclScanner",
    "document-camera": "drivers.document_scanner.camera:DocumentCamera",
}
"""Model → import string. A class has ``Settings`` (frozen dataclass), ``family``; it is built (settings, transport)."""

ENTRY_POINTS = "yichuang.drivers"
"""Group of entry points under which drivers from outside give their models."""


class SettingsProblem(Exception):
    """An option is wrong. ``key`` names it, "" when the options as a whole are meant."""

    def __init__(self, key: str, what: str, remedy: str) -> None:
        super().__init__(f"{what} → {remedy}")
        self.key = key
        self.what = what
        self.remedy = remedy


def models() -> dict[str, str]:
    """Every model known here; ours stand before those from outside."""
    outside = {point.name: point.value for point in entry_points(group=ENTRY_POINTS)}
    return {**outside, **MODELS}


def driver_class(model: str) -> Any:
    """The driver's class, imported now. Raises SettingsProblem for a model that nobody knows."""
    known = models()
    if model not in known:
        raise SettingsProblem("model", f"no driver for model {model!r}", f"name one of: {', '.join(sorted(known))}")
    module, _, name = known[model].partition(":")
    return getattr(import_module(module), name)


def settings_for(cls: Any, options: dict[str, Any], address: int | None) -> Any:
    """The driver's frozen Settings from a device's options. Raises SettingsProblem."""
    settings = cls.Settings
    fields = {field.name: field for field in dataclasses.fields(settings)}
    values = dict(options)
    if "address" in values:
        raise SettingsProblem("address", "address is no option", "write it beside model and line")
    if address is not None:
        if "address" not in fields:
            raise SettingsProblem("address", "a device of this model has no address", "remove it")
        values["address"] = address
    for key in values:
        if key not in fields:
            known = ", ".join(name for name in fields if name != "address") or "none"
            raise SettingsProblem(key, f"unknown option {key}", f"remove it, or use one of: {known}")
    _check_present(fields, values)
    hints = get_type_hints(settings)
    for key, value in values.items():
        values[key] = _typed(key, value, hints[key])
    try:
        return settings(**values)
    except ValueError as wrong:
        raise _problem(str(wrong), fields) from None


def _check_present(fields: dict[str, dataclasses.Field[Any]], values: dict[str, Any]) -> None:
    for name, field in fields.items():
        needed = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if needed and name not in values:
            raise SettingsProblem(name, f"{name} is missing", f"add {name} = …")


def _typed(key: str, value: Any, kind: Any) -> Any:
    """The value, a whole number given for a fraction widened. Raises SettingsProblem when it is of another kind."""
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            allowed = ", ".join(repr(choice) for choice in get_args(kind))
            raise SettingsProblem(key, f"{key} = {value!r}", f"give one of: {allowed}")
        return value
    if get_origin(kind) in (Union, UnionType):
        accepted = [choice for choice in get_args(kind) if _fits(value, choice)]
        if not accepted:
            raise SettingsProblem(key, f"{key} = {value!r}", "give a value of the kind that the driver's Settings name")
        return value
    if kind is float and _fits(value, int):
        return float(value)
    if not _fits(value, kind):
        wanted = _NAMES.get(get_origin(kind) or kind, "another kind of value")
        raise SettingsProblem(key, f"{key} = {value!r}", f"give {wanted}")
    return value


def _fits(value: Any, kind: Any) -> bool:
    kind = get_origin(kind) or kind
    if isinstance(value, bool) and kind is not bool:
        return False
    return isinstance(value, kind)


_NAMES: dict[Any, str] = {int: "a whole number", float: "a number", str: "text in quotes", bool: "true or false"}


def _problem(text: str, fields: dict[str, dataclasses.Field[Any]]) -> SettingsProblem:
    """A Settings' own complaint, "what → remedy"; it belongs to the first option that it names."""
    what, _, remedy = text.partition(" → ")
    words = what.replace(",", " ").split()
    key = next((word for word in words if word in fields), "")
    return SettingsProblem(key, what, remedy or "correct it")
