"""From a line of the settings to an office printer: by its address, and for nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.box import load_box
from config.problem import Problem, SettingsError
from device.hardware import build_hardware
from drivers.office_printer.ipp import IppPrinter

BOX = """\
[box]
name = "counter-1"
mode = "demo"
port = 8630
data = "data"

[hall]
url = "https://127.0.0.1:8610"
ca = "ca.pem"
certificate = "box.pem"
key = "box.key"

[[window]]
number = 1

[[line]]
name = "office"
port = "{port}"
simulated = {simulated}

[[device]]
name = "office-printer"
model = "{model}"
line = "office"
options = {{ special_source = "tray-2" }}
"""
HERE = "ipp://127.0.0.1:8631/ipp/print"


def written(folder: Path, port: str = HERE, model: str = "ipp-printer", simulated: str = "true") -> Path:
    file = folder / "box.toml"
    file.write_text(BOX.format(port=port, model=model, simulated=simulated), encoding="utf-8")
    return file


def refused(file: Path) -> Problem:
    with pytest.raises(SettingsError) as error:
        build_hardware(load_box(file))
    (problem,) = error.value.problems
    return problem


@pytest.mark.parametrize("port", [HERE, "ipp://192.0.2.9/ipp/print", "ipp://[2001:db8::9]:631/ipp/print"])
def test_a_printer_is_reached_by_the_address_of_its_line_and_shares_no_bus(tmp_path: Path, port: str) -> None:
    hardware = build_hardware(load_box(written(tmp_path, port)))
    assert hardware.buses == {}
    cell = hardware.of("office_printer")
    assert cell is not None
    assert isinstance(cell._driver, IppPrinter)
    assert cell._driver._client._port.uri.startswith(port.split("/ipp/print", maxsplit=1)[0])
    assert "simulated" in cell.state.keywords()


@pytest.mark.parametrize(
    ("port", "model", "remedy"),
    [
        ("/dev/ttyS0", "ipp-printer", "ipp://ADDRESS:631"),
        ("tcp:192.0.2.9:9100", "ipp-printer", "ipp://ADDRESS:631"),
        ("ipp://printer.local/ipp/print", "ipp-printer", "ipp://192.0.2.9:631/ipp/print"),
        ("ipp://192.0.2.9/ipp/print", "escpos", "a serial port"),
    ],
)
def test_a_line_of_another_kind_is_refused_where_it_is_named(
    tmp_path: Path, port: str, model: str, remedy: str
) -> None:
    file = written(tmp_path, port, model)
    if model == "escpos":
        file.write_text(file.read_text(encoding="utf-8").replace('options = { special_source = "tray-2" }', ""))
    problem = refused(file)
    assert problem.line == 1 + BOX.splitlines().index('line = "office"')
    assert remedy in problem.remedy


def test_a_printer_with_tls_needs_its_certificate(tmp_path: Path) -> None:
    problem = refused(written(tmp_path, "ipps://192.0.2.9/ipp/print"))
    assert problem.remedy == "give ipps: and certificate, or neither"


def test_an_address_on_this_machine_is_a_simulator_s_and_must_say_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        load_box(written(tmp_path, simulated="false"))
    (problem,) = error.value.problems
    assert "simulated = true" in problem.remedy
    load_box(written(tmp_path, "ipp://192.0.2.9/ipp/print", simulated="false"))
