"""`yichuang config` on a box's settings, as a technician types it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from config.box import load_box
from device.settings.cli import config
from device.settings.last_good import LastGood
from tests.config.test_drop_ins import written
from tests.config.test_settings import BOX


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path, site='[box]\nport = 8700\n\n[[device]]\nname = "display-1"\noptions = { width = 96 }\n')


def test_a_key_is_explained_with_value_type_default_meaning_origin_and_who_else_set_it(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert config(["explain", str(file), "box.port"]) == 0
    told = capsys.readouterr().out
    assert "box.port = 8700" in told
    assert f"{file}.d/site.toml:2" in told
    assert f"was 8630 in {file}:4" in told
    assert "int from 1 to 65535" in told
    assert "Pages are served on 127.0.0.1" in told


def test_a_default_is_explained_as_one(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert config(["explain", str(file), "missed.calls"]) == 0
    assert "missed.calls = 3\n    default\n" in capsys.readouterr().out


def test_a_part_of_a_key_explains_all_below_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert config(["explain", str(file), "device.display-1"]) == 0
    told = capsys.readouterr().out
    assert "device.display-1.model" in told
    assert "device.display-1.options.width = 96" in told


def test_a_key_that_is_not_there_is_answered_with_those_like_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert config(["explain", str(file), "window.2.headphone"]) == 2
    assert "window.1.headphone" in capsys.readouterr().err


def test_diff_tells_what_is_not_the_default(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert config(["diff", str(file)]) == 0
    told = capsys.readouterr().out
    assert "box.port = 8700" in told
    assert "missed.calls" not in told
    assert 'box.mode = "demo"' in told
    assert 'default "live"' in told


def test_diff_against_another_file_tells_both_sides(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.toml"
    other.write_text(BOX.replace("onbon-bx5k", "strip-a090"), encoding="utf-8")
    assert config(["diff", str(file), str(other)]) == 1
    told = capsys.readouterr().out
    assert '- device.display-1.model = "strip-a090"' in told
    assert '+ device.display-1.model = "onbon-bx5k"' in told
    assert config(["diff", str(other), str(other)]) == 0


def test_diff_against_the_last_good_copy_tells_what_was_changed_since(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = load_box(file)
    LastGood.of(loaded).keep(loaded)
    (file.with_name("box.toml.d") / "site.toml").write_text("[missed]\nseconds = 30\n", encoding="utf-8")
    assert config(["diff", str(file), "--good"]) == 1
    told = capsys.readouterr().out
    assert "- box.port = 8700" in told
    assert "+ box.port = 8630" in told
    assert "+ missed.seconds = 30" in told


def test_check_names_the_files_and_refuses_what_a_start_would_refuse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "box.toml"
    shutil.copy("config/examples/board.toml", file)
    assert config(["check", str(file)]) == 2  # no certificates here
    assert "copy ca.pem from the hall" in capsys.readouterr().err
    text = file.read_text(encoding="utf-8")
    for name in ("ca.pem", "board-1.pem", "board-1.key"):
        assert name in text
        (tmp_path / name).touch()
    assert config(["check", str(file)]) == 0
    assert str(file) in capsys.readouterr().out


def test_check_refuses_an_option_that_the_driver_does_not_know(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = file.with_name("box.toml.d") / "site.toml"
    site.write_text('[[device]]\nname = "display-1"\noptions = { colour = "red" }\n', encoding="utf-8")
    assert config(["check", str(file)]) == 2
    assert "site.toml:3" in capsys.readouterr().err
