"""From a line of the settings to a reader of smart cards: by its name, and for nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.box import load_box
from config.problem import Problem, SettingsError
from device.hardware import build_hardware
from drivers.smart_card.pcsc import PcscReader

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
name = "cards"
port = "{port}"
simulated = true

[[device]]
name = "reader-1"
model = "{model}"
line = "cards"
window = 1
"""


def written(folder: Path, port: str, model: str) -> Path:
    file = folder / "box.toml"
    file.write_text(BOX.format(port=port, model=model), encoding="utf-8")
    return file


def refused(folder: Path, port: str, model: str) -> Problem:
    with pytest.raises(SettingsError) as error:
        build_hardware(load_box(written(folder, port, model)))
    (problem,) = error.value.problems
    return problem


def test_a_reader_is_reached_by_the_name_on_its_line_and_shares_no_bus(tmp_path: Path) -> None:
    hardware = build_hardware(load_box(written(tmp_path, "pcsc:Virtual PCD 00 00", "pcsc-reader")))
    assert hardware.buses == {}
    cell = hardware.of("smart_card", 1)
    assert cell is not None
    assert isinstance(cell._driver, PcscReader)
    assert cell._driver._port._reader == "Virtual PCD 00 00"  # type: ignore[attr-defined]
    assert "simulated" in cell.state.keywords()


@pytest.mark.parametrize(
    ("port", "model", "remedy"),
    [("/dev/ttyS0", "pcsc-reader", "pcsc:NAME"), ("pcsc:0", "escpos", "a serial port")],
)
def test_a_line_of_another_kind_is_refused_where_it_is_named(
    tmp_path: Path, port: str, model: str, remedy: str
) -> None:
    problem = refused(tmp_path, port, model)
    assert problem.line == BOX.splitlines().index('line = "cards"') + 1
    assert remedy in problem.remedy


def test_a_window_has_its_own_reader_or_shares_the_boxs(tmp_path: Path) -> None:
    second = '\n[[window]]\nnumber = 2\n\n[[line]]\nname = "shared"\nport = "pcsc:1"\nsimulated = true\n'
    second += '\n[[device]]\nname = "reader-all"\nmodel = "pcsc-reader"\nline = "shared"\n'
    file = written(tmp_path, "pcsc:0", "pcsc-reader")
    file.write_text(file.read_text(encoding="utf-8") + second, encoding="utf-8")
    hardware = build_hardware(load_box(file))
    names = [cell.name if (cell := hardware.serving("smart_card", window)) else "" for window in (1, 2)]
    assert names == ["reader-1", "reader-all"]
    assert hardware.serving("id_card", 1) is None


def test_what_the_notice_says_is_a_setting_and_a_value_kept_too_long_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, "pcsc:0", "pcsc-reader")
    assert load_box(file).values.cards.keep_seconds == 120
    plain = file.read_text(encoding="utf-8")
    file.write_text(plain + '\n[cards]\npurpose = "核对申请人"\nkeep_seconds = 60\n', encoding="utf-8")
    assert load_box(file).values.cards.purpose == "核对申请人"
    file.write_text(plain + "\n[cards]\nkeep_seconds = 3600\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="keep_seconds"):
        load_box(file)


def test_two_readers_are_two_lines(tmp_path: Path) -> None:
    second = '\n[[device]]\nname = "reader-2"\nmodel = "pcsc-reader"\nline = "cards"\n'
    file = written(tmp_path, "pcsc:0", "pcsc-reader")
    file.write_text(file.read_text(encoding="utf-8") + second, encoding="utf-8")
    with pytest.raises(SettingsError, match="both without an address"):
        load_box(file)
