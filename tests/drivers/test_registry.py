"""Models are found by name, and their options refused with key, fault and remedy before anything runs."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import drivers
from drivers import contract, registry
from drivers.registry import MODELS, SettingsProblem, driver_class, models, settings_for


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("escpos", "ticket_printer"),
        ("onbon-bx5k", "window_display"),
        ("onbon-bx5e", "window_display"),
        ("cpower5200", "window_display"),
        ("strip-a090", "window_display"),
        ("modbus-text", "window_display"),
        ("alpha-sign", "window_display"),
        ("vfd-2x20", "window_display"),
        ("template-display", "window_display"),
        ("ff68-caller", "caller"),
        ("ff68-keypad", "rating_keypad"),
        ("usb-caller", "caller"),
        ("usb-keypad", "rating_keypad"),
        ("ascii-caller", "caller"),
        ("ascii-pad", "rating_keypad"),
        ("usb-access-keypad", "access_keypad"),
        ("ascii-access-keypad", "access_keypad"),
        ("sdt-reader", "id_card"),
        ("ipp-printer", "office_printer"),
        ("sane-scanner", "document_scanner"),
        ("escl-scanner", "document_scanner"),
        ("document-camera", "document_scanner"),
    ],
)
def test_every_model_has_a_driver_of_its_family_with_frozen_settings(model: str, family: str) -> None:
    cls = driver_class(model)
    assert cls.family == family
    assert dataclasses.fields(cls.Settings)
    assert cls.Settings.__dataclass_params__.frozen
    assert {*MODELS} <= {*models()}


def test_an_unknown_model_names_those_there_are() -> None:
    with pytest.raises(SettingsProblem) as problem:
        driver_class("escposs")
    assert problem.value.key == "model"
    assert "escpos, ff68-caller" in problem.value.remedy


def test_a_driver_from_outside_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        name, value = "from-outside", "drivers.ticket_printer.escpos:EscPosPrinter"

    monkeypatch.setattr(registry, "entry_points", lambda group: [Point()] if group == "yichuang.drivers" else [])
    assert driver_class("from-outside").family == "ticket_printer"


@pytest.mark.parametrize(
    ("model", "options", "address", "key"),
    [
        ("escpos", {"colums": 48}, None, "colums"),
        ("escpos", {"columns": "48"}, None, "columns"),
        ("escpos", {"columns": True}, None, "columns"),
        ("escpos", {"columns": 5}, None, "columns"),
        ("escpos", {"status": "perhaps"}, None, "status"),
        ("escpos", {"print_seconds": "3"}, None, "print_seconds"),
        ("escpos", {}, 3, "address"),
        ("onbon-bx5k", {}, None, "address"),
        ("onbon-bx5k", {}, 0, "address"),
        ("onbon-bx5k", {"address": 3}, None, "address"),
        ("onbon-bx5k", {"unit": "bytes8", "width": 60}, 1, "x"),
        ("alpha-sign", {"answers": "ack"}, None, "answers"),
        ("vfd-2x20", {}, 1, "address"),
        ("template-display", {"frame": "7E {text"}, 1, "frame"),
        ("ff68-caller", {}, 129, "address"),
        ("ff68-keypad", {"grades": 3}, 129, "grades"),
        ("sdt-reader", {"poll_ms": 100}, None, "poll_ms"),
        ("sdt-reader", {"read": "30 10"}, None, "read"),
        ("sane-scanner", {"quiet_seconds": 0}, None, "quiet_seconds"),
        ("sane-scanner", {"sources": {"glass": "Flatbed"}}, None, "sources"),
        ("escl-scanner", {"retry_ms": 1}, None, "retry_ms"),
        ("document-camera", {"take": "last"}, None, "take"),
        ("document-camera", {"width": 2592}, None, "width"),
        ("ff68-keypad", {"grades": 3, "mapping": "good"}, 129, "mapping"),
        ("ff68-keypad", {"grades": 2, "mapping": {"0": "bad", "1": "good"}}, 129, "mapping"),
        ("usb-keypad", {}, None, "mapping"),
        ("usb-keypad", {"mapping": {"1": "satisfied", "2": 5}}, None, "mapping"),
        ("usb-keypad", {"mapping": {"1": "satisfied", "2": "dissatisfied"}}, 1, "address"),
        ("usb-caller", {"keys": {"enter": "next"}}, None, "keys"),
        ("ascii-pad", {"mapping": {"31": "satisfied", "31 32": "dissatisfied"}}, None, "mapping"),
        ("ascii-caller", {"keys": {"0D": "call"}, "number": "FF"}, None, "number"),
        ("usb-access-keypad", {"keys": {"KEY_UP": "up"}}, None, "keys"),
        ("ascii-access-keypad", {}, None, "keys"),
        ("ipp-printer", {"media": "A4"}, None, "media"),
        ("ipp-printer", {"special_source": "tray 2"}, None, "special_source"),
        ("ipp-printer", {"completed": "perhaps"}, None, "completed"),
    ],
)
def test_a_wrong_option_is_named_with_its_remedy(
    model: str, options: dict[str, Any], address: int | None, key: str
) -> None:
    with pytest.raises(SettingsProblem) as problem:
        settings_for(driver_class(model), options, address)
    assert problem.value.key == key
    assert problem.value.what
    assert problem.value.remedy


def test_good_options_become_settings() -> None:
    settings = settings_for(driver_class("escpos"), {"columns": 32, "print_seconds": 4, "cut": "full"}, None)
    assert (settings.columns, settings.print_seconds, settings.cut) == (32, 4.0, "full")


def test_a_mapping_as_toml_gives_it_has_text_keys() -> None:
    options = {"grades": 2, "mapping": {"0": "dissatisfied", "1": "satisfied"}}
    assert settings_for(driver_class("ff68-keypad"), options, 129).word(1) == "satisfied"


def test_neither_registry_nor_drivers_import_anything_of_ours_or_pillow() -> None:
    code = (
        "import sys\n"
        "from drivers.registry import MODELS, driver_class\n"
        "[driver_class(model) for model in MODELS]\n"
        "ours = {'config', 'device', 'hall', 'screens', 'simulators', 'PIL', 'pydantic', 'serial'}\n"
        "print(sorted(ours & {name.split('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.strip() == "[]"


def test_what_a_device_can_be_asked_is_never_a_value_of_the_same_name() -> None:
    """isinstance looks at names alone: a value called as an ability would be taken for one, and called."""
    abilities = [each for each in vars(contract).values() if getattr(each, "_is_runtime_protocol", False)]
    verbs = {name for each in abilities for name, what in vars(each).items() if inspect.isfunction(what)}
    verbs = {name for name in verbs if not name.startswith("_")}
    assert {"identity", "cut_off", "ask_port", "set_paper_used"} <= verbs
    folder = Path(drivers.__file__).parent
    taken = [
        f"{file.name}:{node.lineno} {node.attr}"
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr in verbs
    ]
    assert taken == []
