"""From a line of the settings to a scanner or camera: by its port, and marked where it is simulated."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.box import load_box, port_of
from config.problem import Problem, SettingsError
from device.cell import OPEN_SECONDS
from device.hardware import build_hardware
from drivers.document_scanner.camera import DocumentCamera
from drivers.document_scanner.escl import EsclScanner
from drivers.document_scanner.sane import SaneScanner

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
name = "scanner"
port = "{port}"
simulated = {simulated}

[[device]]
name = "scanner-1"
model = "{model}"
line = "scanner"
window = 1
"""
REAL = [
    ("sane:Canon LiDE 210@1-2.3", "sane-scanner"),
    ("http://192.0.2.7/eSCL", "escl-scanner"),
    ("v4l2:/dev/v4l/by-path/pci-0000:00:14.0-usb-0:2:1.0-video-index0", "document-camera"),
]
SIMULATED = [
    ("sane:test:0", "sane-scanner"),
    ("sane:pnm:0", "sane-scanner"),
    ("sane:net:192.0.2.7:test:1", "sane-scanner"),
    ("http://127.0.0.1:8080/eSCL", "escl-scanner"),
    ("http://[::1]:8080/eSCL", "escl-scanner"),
    ("folder:pictures", "document-camera"),
]
CLASSES = {"sane-scanner": SaneScanner, "escl-scanner": EsclScanner, "document-camera": DocumentCamera}


def written(folder: Path, port: str, model: str, *, simulated: bool) -> Path:
    file = folder / "box.toml"
    file.write_text(BOX.format(port=port, model=model, simulated=str(simulated).lower()), encoding="utf-8")
    return file


def refused(file: Path) -> Problem:
    with pytest.raises(SettingsError) as error:
        build_hardware(load_box(file))
    (problem,) = error.value.problems
    return problem


@pytest.mark.parametrize(("port", "model"), [*REAL, *SIMULATED])
def test_a_scanner_is_reached_by_its_port_and_shares_no_bus(tmp_path: Path, port: str, model: str) -> None:
    simulated = (port, model) in SIMULATED
    hardware = build_hardware(load_box(written(tmp_path, port, model, simulated=simulated)))
    assert hardware.buses == {}
    cell = hardware.of("document_scanner", 1)
    assert cell is not None
    assert isinstance(cell._driver, CLASSES[model])
    assert ("simulated" in cell.state.keywords()) is simulated
    assert cell._open_seconds >= OPEN_SECONDS


@pytest.mark.parametrize(("port", "model"), SIMULATED)
def test_a_simulated_scanner_has_to_be_called_so(tmp_path: Path, port: str, model: str) -> None:
    problem = refused(written(tmp_path, port, model, simulated=False))
    assert problem.line == BOX.splitlines().index('port = "{port}"') + 1
    assert "simulated = true" in problem.remedy


@pytest.mark.parametrize(
    ("port", "model", "remedy"),
    [
        ("/dev/ttyS0", "sane-scanner", "sane:MAKER MODEL"),
        ("sane:Canon LiDE 210", "escl-scanner", "http://ADDRESS/eSCL"),
        ("http://192.0.2.7/eSCL", "document-camera", "v4l2:/dev/v4l/by-path"),
        ("v4l2:/dev/video0", "escpos", "a serial port"),
        ("sane:genesys:libusb:001:004", "sane-scanner", "sane:MAKER MODEL"),
        ("http://scanner.local/eSCL", "escl-scanner", "http://ADDRESS/eSCL"),
        ("https://192.0.2.7/eSCL", "escl-scanner", "the option certificate"),
        ("v4l2:video0", "document-camera", "v4l2:/dev/v4l/by-path"),
    ],
)
def test_a_port_that_the_model_cannot_use_is_refused_with_the_form(
    tmp_path: Path, port: str, model: str, remedy: str
) -> None:
    problem = refused(written(tmp_path, port, model, simulated=False))
    assert problem.line == BOX.splitlines().index('line = "scanner"') + 1
    assert remedy in problem.remedy


def test_a_folder_of_pictures_lies_beside_the_settings(tmp_path: Path) -> None:
    loaded = load_box(written(tmp_path, "folder:pictures", "document-camera", simulated=True))
    assert port_of(loaded, loaded.values.line[0]) == f"folder:{tmp_path / 'pictures'}"


def test_a_scanner_has_no_speed(tmp_path: Path) -> None:
    file = written(tmp_path, 'http://192.0.2.7/eSCL"\nbaud = 9600 # "', "escl-scanner", simulated=False)
    assert "only a serial line has a baud" in refused(file).what
