"""What was found, as settings: the loader takes what is printed, in every language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.box import load_box
from config.wording import LANGUAGES, room
from device.hardware import build_hardware
from workshop.probe.block import settings_block
from workshop.probe.finding import Device, Finding, Kind, Note, Outcome
from workshop.probe.machine import Holder
from workshop.probe.report import report

BOX = """[box]
name = "counter-1"
mode = "demo"
port = 8630
data = "data"
[hall]
url = "https://hall.test:8610"
ca = "ca.pem"
certificate = "c.pem"
key = "c.key"
[[window]]
number = 1

"""
SILENT = tuple(map(Note, ("check-power", "check-cable", "check-address", "check-speed", "cannot-be-asked")))


def found(
    port: str,
    kind: Kind,
    *devices: Device,
    baud: int | None = None,
    outcome: Outcome = "answered",
    simulated: bool = False,
) -> Finding:
    return Finding(port, kind, outcome, devices, baud, simulated=simulated)


EVERYTHING = (
    found("/dev/serial/by-path/p0", "serial", Device("escpos", doubts=(Note("doubt-columns"),)), baud=115200),
    found(
        "/dev/ttyS1",
        "serial",
        Device("onbon-bx5k", 1, doubts=(Note("doubt-panel"),)),
        Device("onbon-bx5e", 2, doubts=(Note("doubt-series"),)),
        Device("cpower5200", 3),
        Device("modbus-text", 4, doubts=(Note("doubt-registers"),)),
        Device("ff68-caller", 5, (Note("pressed"),)),
        Device("ff68-keypad", 129, doubts=(Note("doubt-grades"), Note("doubt-window"))),
        baud=9600,
    ),
    found("tcp:192.0.2.7:9100", "network", Device("escpos")),
    found("usb:0400:c35a@1-2", "usb", Device("sdt-reader", None, (Note("module", {"status": "90"}),))),
    found("input:phys:usb-0000:00:14.0-2.3", "input", Device("usb-keypad", doubts=(Note("doubt-keys"),))),
    found('pcsc:A "reader" \\ 01', "cards", Device("pcsc-reader"), outcome="present"),
    found("/dev/pts/7", "serial", Device("sdt-reader"), baud=115200, simulated=True),
    Finding("/dev/ttyUSB7", "serial", "silent", tried=(9600, 115200), notes=SILENT),
    Finding("/dev/ttyUSB8", "serial", "noise", tried=(9600,), notes=(Note("noise", {"bauds": "9600", "count": 3}),)),
    Finding("/dev/ttyUSB9", "serial", "taken", holder=Holder(4711, "minicom")),
    Finding("/dev/ttyS0", "serial", "taken", holder=Holder(0, "console")),
    Finding("/dev/ttyUSB6", "serial", "closed", notes=(Note("closed", {"why": "permission denied"}),)),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_block_is_taken_by_the_loader_with_every_device_in_it(tmp_path: Path, language: str) -> None:
    file = tmp_path / "box.toml"
    file.write_text(BOX + settings_block(EVERYTHING, language), encoding="utf-8")
    loaded = load_box(file)
    hardware = build_hardware(loaded)
    wanted = [device.model for finding in EVERYTHING for device in finding.devices]
    assert [cell.model for cell in hardware.cells] == wanted
    assert [line.port for line in loaded.values.line] == [finding.port for finding in EVERYTHING if finding.devices]
    assert [line.baud for line in loaded.values.line[:2]] == [115200, 9600]


@given(text=st.text(max_size=40), port=st.text(min_size=1, max_size=20))
def test_whatever_a_device_calls_itself_the_block_stays_toml(text: str, port: str) -> None:
    import tomllib

    finding = found(f"pcsc:{port}", "cards", Device("pcsc-reader", None, (Note("identity", {"text": text}),)))
    block = tomllib.loads(settings_block([finding], "en"))
    assert block["line"][0]["port"] == f"pcsc:{port}"
    assert block["device"] == [{"name": "card-reader-1", "model": "pcsc-reader", "line": "line-1"}]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_port_is_told_with_what_to_do(language: str) -> None:
    text = report(EVERYTHING, language)
    for finding in EVERYTHING:
        assert finding.port in text
    for word in ("check-power", "check-cable", "check-address", "check-speed"):
        assert room("probe", language)[word] in text
    assert "minicom" in text
    assert "4711" in text
    assert "permission denied" in text
    assert report([], language).strip() == room("probe", language)["found-none"]


def test_for_machines_there_are_keywords_and_no_sentences() -> None:
    told = json.loads(json.dumps([finding.as_object() for finding in EVERYTHING]))
    assert told[0]["devices"][0] == {
        "model": "escpos",
        "address": None,
        "tells": [],
        "doubts": [{"word": "doubt-columns"}],
    }
    assert told[9]["holder"] == {"pid": 4711, "name": "minicom"}
    assert [port["outcome"] for port in told[7:]] == ["silent", "noise", "taken", "taken", "closed"]


@pytest.mark.parametrize("name", ["probe", "monitor"])
def test_both_languages_have_the_same_sentences_with_the_same_fields(name: str) -> None:
    first, second = (room(name, language) for language in LANGUAGES)
    assert list(first) == list(second)
    for key in first:
        assert fields_of(first[key]) == fields_of(second[key]), key


def fields_of(sentence: str) -> set[str | None]:
    from string import Formatter

    return {field for _, field, _, _ in Formatter().parse(sentence) if field is not None}
