"""A box's settings are one file and the drop-ins beside it; each value keeps where it was given."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.box import BoxSettings, load_box
from config.loader import Loaded
from config.problem import SettingsError
from tests.config.test_settings import BOX, line_with


def written(tmp_path: Path, **drop_ins: str) -> Path:
    file = tmp_path / "box.toml"
    file.write_text(BOX, encoding="utf-8")
    (tmp_path / "box.toml.d").mkdir(exist_ok=True)
    for name, text in drop_ins.items():
        (tmp_path / "box.toml.d" / f"{name}.toml").write_text(text, encoding="utf-8")
    return file


def loaded(tmp_path: Path, **drop_ins: str) -> Loaded[BoxSettings]:
    return load_box(written(tmp_path, **drop_ins))


def test_a_drop_in_changes_one_value_and_leaves_its_neighbours(tmp_path: Path) -> None:
    box = loaded(tmp_path, site="[box]\nport = 8700\n").values.box
    assert (box.port, box.name) == (8700, "counter-1")


def test_drop_ins_are_applied_in_the_order_of_their_names(tmp_path: Path) -> None:
    found = loaded(tmp_path, **{"20-b": "[box]\nport = 2000\n", "10-a": "[box]\nport = 1000\n"})
    assert found.values.box.port == 2000
    places = found.merged.places["box", "port"]
    assert [(place.file.name, place.line, place.value) for place in places] == [
        ("box.toml", 4, 8630),
        ("10-a.toml", 2, 1000),
        ("20-b.toml", 2, 2000),
    ]


def test_a_device_of_a_name_that_is_there_is_changed_and_another_one_is_added(tmp_path: Path) -> None:
    second = """\
[[device]]
name = "display-2"
model = "onbon-bx5k"
line = "displays"
address = 2

[[device]]
name = "display-1"
address = 7
"""
    devices = loaded(tmp_path, more=second).values.device
    assert [(device.name, device.address, device.window) for device in devices] == [
        ("display-1", 7, 1),
        ("display-2", 2, None),
    ]


def test_a_window_is_known_by_its_number(tmp_path: Path) -> None:
    text = '[[window]]\nnumber = 1\nheadphone = "nobody"\n\n[[window]]\nnumber = 2\n'
    with pytest.raises(SettingsError) as refusal:
        loaded(tmp_path, windows=text)
    (problem,) = refusal.value.problems  # no third window, and the complaint is about the drop-in's line
    assert (problem.file.name, problem.line) == ("windows.toml", 3)


def test_options_of_a_driver_are_merged_key_by_key(tmp_path: Path) -> None:
    first = '[[device]]\nname = "display-1"\noptions = { width = 96, lines = 2 }\n'
    second = '[[device]]\nname = "display-1"\noptions = { lines = 1 }\n'
    (device,) = loaded(tmp_path, a=first, b=second).values.device
    assert device.options == {"width": 96, "lines": 1}


def test_phrases_which_have_no_name_take_the_place_of_the_earlier_ones(tmp_path: Path) -> None:
    first = '[[counter.phrase]]\nzh = "一"\n\n[[counter.phrase]]\nzh = "二"\n'
    found = loaded(tmp_path, a=first, b='[[counter.phrase]]\nzh = "三"\n')
    assert [phrase.zh for phrase in found.values.counter.phrase] == ["三"]
    assert [place.file.name for place in found.merged.places["counter", "phrase", 0, "zh"]] == ["b.toml"]


def test_a_second_device_of_one_name_in_one_drop_in_is_refused_there(tmp_path: Path) -> None:
    twice = '[[device]]\nname = "display-1"\naddress = 3\n' * 2
    with pytest.raises(SettingsError) as refusal:
        loaded(tmp_path, twice=twice)
    assert {problem.file.name for problem in refusal.value.problems} == {"twice.toml"}


def test_a_wrong_value_is_refused_in_the_file_that_gave_it_last(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        loaded(tmp_path, site="[voice]\nsecond = 'en'\n\n[box]\nport = 70000\n")
    (problem,) = refusal.value.problems
    assert (problem.file.name, problem.line) == ("site.toml", 5)


def test_an_unknown_key_in_the_middle_of_a_drop_in_is_refused_at_its_line(tmp_path: Path) -> None:
    text = '[[device]]\nname = "display-1"\nadress = 3\n'
    with pytest.raises(SettingsError) as refusal:
        loaded(tmp_path, site=text)
    (problem,) = refusal.value.problems
    assert (problem.file.name, problem.line) == ("site.toml", 3)


def test_what_no_file_names_is_missing_where_its_table_began(tmp_path: Path) -> None:
    file = written(tmp_path, a="[voice]\nsecond = 'en'\n")
    file.write_text(BOX.replace('port = "/dev/ttyS0"\n', ""), encoding="utf-8")
    with pytest.raises(SettingsError) as refusal:
        load_box(file)
    (problem,) = refusal.value.problems
    assert (problem.file.name, problem.line) == ("box.toml", line_with(file.read_text("utf-8"), "[[line]]"))


def test_every_broken_drop_in_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        loaded(tmp_path, a="[box\n", b="port = \n")
    assert [problem.file.name for problem in refusal.value.problems] == ["a.toml", "b.toml"]


def test_relative_paths_start_at_the_settings_file_whoever_names_them(tmp_path: Path) -> None:
    found = loaded(tmp_path, site='[hall]\nca = "other.pem"\n')
    assert found.beside(found.values.hall.ca) == tmp_path / "other.pem"


def test_a_secret_is_in_no_complaint(tmp_path: Path) -> None:
    kiosk = '[kiosk]\nsigning_key = "slip.key"\nstaff_code = "13572468"\n'
    with pytest.raises(SettingsError) as refusal:
        loaded(tmp_path, kiosk=kiosk)
    assert "13572468" not in str(refusal.value)
    assert "staff_code" in str(refusal.value)
