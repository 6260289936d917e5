"""A line of the settings may be a USB device; one that names none is refused at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.box import load_box, port_of
from config.problem import SettingsError
from device.hardware import build_hardware
from drivers.transport import SerialTransport, transport_for
from drivers.usb_transport import UsbTransport
from tests.config.test_settings import BOX

CARD_READER = (
    '\n[[line]]\nname = "cards"\nport = "{}"\n\n[[device]]\nname = "cards"\nmodel = "sdt-reader"\nline = "cards"\n'
)


def written(tmp_path: Path, port: str) -> Path:
    file = tmp_path / "box.toml"
    file.write_text(BOX + CARD_READER.format(port), encoding="utf-8")
    return file


async def test_a_card_reader_on_usb_is_built_with_its_own_transport(tmp_path: Path) -> None:
    loaded = load_box(written(tmp_path, "usb:0400:c35a@1-2.3"))
    hardware = build_hardware(loaded)
    assert hardware.of("id_card") is not None
    displays, cards = (transport_for(port_of(loaded, line), line.baud)() for line in loaded.values.line)
    assert (type(displays), type(cards)) == (SerialTransport, UsbTransport)


async def test_a_usb_port_that_names_no_device_is_refused_with_its_line_and_remedy(tmp_path: Path) -> None:
    file = written(tmp_path, "usb:c35a")
    with pytest.raises(SettingsError) as refused:
        build_hardware(load_box(file))
    (problem,) = refused.value.problems
    line = next(number for number, text in enumerate(file.read_text().splitlines(), 1) if "usb:c35a" in text)
    assert (problem.line, problem.file) == (line, file)
    assert "usb:0400:c35a" in problem.remedy


async def test_a_path_is_still_taken_from_the_folder_of_the_settings(tmp_path: Path) -> None:
    loaded = load_box(written(tmp_path, "link-to-port"))
    assert port_of(loaded, loaded.values.line[1]) == str(tmp_path / "link-to-port")
