"""Settings that are refused leave no counter dark: the box starts on the last ones that it was ready with, loudly."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from config.box import BoxSettings, load_box
from config.hall_drop_in import FOLDER as HALL_FOLDER
from config.hall_drop_in import NAME
from config.loader import Loaded
from config.problem import SettingsError
from config.signed import sign
from device.settings.advice import settings_advice
from device.settings.last_good import FOLDER, OLD, LastGood, keep_once_ready, or_last_good
from tests.config.test_drop_ins import written
from tests.config.test_settings import BOX, line_with
from tests.config.test_signed import KEY, TRUSTED
from tests.virtual_time import run, virtual


def fine(loaded: Loaded[BoxSettings]) -> int:
    """What a box is built of: nothing here stands in its way."""
    return loaded.values.box.port


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Settings that a box was ready with."""
    file = written(tmp_path, site="[missed]\nseconds = 33\n")
    loaded = load_box(file)
    LastGood.of(loaded).keep(loaded)
    return file


def test_good_settings_are_taken_as_they_are(file: Path) -> None:
    loaded, port = or_last_good(file, fine)
    assert (loaded.refused, loaded.file, port) == ((), file, 8630)


@pytest.mark.parametrize(
    "broken",
    [
        BOX.replace("port = 8630", "port = "),
        BOX.replace("port = 8630", "port = 0"),
        BOX.replace('line = "displays"', 'line = "nowhere"'),
        "[box\n" + BOX,
    ],
    ids=["no TOML", "a wrong value", "a line that is not there", "no TOML from its first line on"],
)
def test_refused_settings_are_stood_in_for_by_the_last_good_ones(file: Path, broken: str) -> None:
    file.write_text(broken, encoding="utf-8")
    loaded, port = or_last_good(file, fine)
    assert (port, loaded.values.missed.seconds) == (8630, 33)  # its drop-ins with it
    assert {problem.file for problem in loaded.refused} == {file}
    assert loaded.beside(Path("ca.pem")) == file.parent / "ca.pem"  # paths start where they did


def test_a_broken_drop_in_is_stood_in_for_too(file: Path) -> None:
    (file.parent / "box.toml.d" / "site.toml").write_text("[missed\n", encoding="utf-8")
    loaded, _ = or_last_good(file, fine)
    assert (loaded.values.missed.seconds, loaded.refused[0].file.name) == (33, "site.toml")


def test_settings_that_no_box_can_be_built_of_are_stood_in_for(file: Path) -> None:
    file.write_text(BOX.replace("8630", "8700"), encoding="utf-8")

    def no_such_model(loaded: Loaded[BoxSettings]) -> int:
        if loaded.values.box.port == 8700:
            raise SettingsError([loaded.problem(("device", 0, "model"), "no such model", "name another")])
        return loaded.values.box.port

    loaded, port = or_last_good(file, no_such_model)
    assert (port, loaded.refused[0].line) == (8630, line_with(BOX, "model"))


def test_a_file_that_is_gone_is_looked_up_in_the_unit_s_state_folder(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.unlink()
    with pytest.raises(SettingsError, match="no such file"):
        or_last_good(file, fine)
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "data"))
    assert or_last_good(file, fine)[1] == 8630


def test_without_a_copy_the_refusal_stands(tmp_path: Path) -> None:
    file = written(tmp_path)
    file.write_text(BOX.replace("port = 8630", "port = 0"), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"box\.toml:4"):
        or_last_good(file, fine)


def test_a_copy_that_holds_no_more_is_not_run_on_and_the_refusal_is_of_what_is_written(file: Path) -> None:
    file.write_text(BOX.replace("port = 8630", "port = 0"), encoding="utf-8")

    def certificates_are_gone(loaded: Loaded[BoxSettings]) -> int:
        raise SettingsError([loaded.problem(("hall", "ca"), "no such file", "copy it")])

    with pytest.raises(SettingsError, match=r"box\.port"):
        or_last_good(file, certificates_are_gone)


def test_the_copy_is_for_nobody_else_to_read(file: Path) -> None:
    folder = file.parent / "data" / FOLDER
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = [each for each in folder.rglob("*") if each.is_file()]
    assert len(files) == 2
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}


def test_the_copy_is_of_what_was_read_not_of_what_stands_there_later(file: Path) -> None:
    loaded = load_box(file)
    file.write_text("[box\n", encoding="utf-8")
    LastGood.of(loaded).keep(loaded)
    assert (file.parent / "data" / FOLDER / "box.toml").read_text("utf-8") == BOX


def test_a_drop_in_that_was_taken_away_is_not_in_the_next_copy(file: Path) -> None:
    (file.parent / "box.toml.d" / "site.toml").unlink()
    loaded = load_box(file)
    LastGood.of(loaded).keep(loaded)
    assert list((file.parent / "data" / FOLDER / "box.toml.d").iterdir()) == []


def test_power_that_goes_while_the_copy_is_exchanged_leaves_the_earlier_one(file: Path) -> None:
    (file.parent / "data" / FOLDER).rename(file.parent / "data" / OLD)
    file.write_text("[box\n" + BOX, encoding="utf-8")
    assert or_last_good(file, fine)[1] == 8630


def test_what_the_hall_signed_is_in_the_copy_and_still_needs_its_signature(tmp_path: Path) -> None:
    file = written(tmp_path)
    text = BOX.replace("[hall]\n", f'[hall]\nsettings_key = "{TRUSTED}"\n')
    file.write_text(text, encoding="utf-8")
    sent = tmp_path / "data" / HALL_FOLDER / NAME
    sent.parent.mkdir(parents=True)
    sent.write_text(sign(KEY, "counter-1", 3, "[missed]\nseconds = 44\n").as_file(), encoding="utf-8")
    loaded = load_box(file)
    LastGood.of(loaded).keep(loaded)
    file.write_text("[box\n" + text, encoding="utf-8")
    sent.unlink()
    assert or_last_good(file, fine)[0].values.missed.seconds == 44
    kept = tmp_path / "data" / FOLDER / "box.toml.d" / NAME
    kept.write_text(kept.read_text("utf-8").replace("44", "45"), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"box\.toml:1"):
        or_last_good(file, fine)


@virtual
async def test_the_copy_is_kept_only_once_the_box_is_ready(tmp_path: Path) -> None:
    file = written(tmp_path)
    loaded = load_box(file)
    kept = tmp_path / "data" / FOLDER / "box.toml"

    ready = False
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(keep_once_ready(loaded, lambda: ready))
        await asyncio.sleep(60)
        assert not kept.exists()
        ready = True
        await keeping
    assert kept.exists()


def test_a_box_that_runs_on_the_copy_keeps_no_other(file: Path) -> None:
    file.write_text("[box\n" + BOX, encoding="utf-8")
    loaded, _ = or_last_good(file, fine)
    before = sorted((file.parent / "data").rglob("*"))
    run(keep_once_ready(loaded, lambda: True))
    assert sorted((file.parent / "data").rglob("*")) == before


def test_advice_says_what_is_wrong_where_and_what_goes_on_until_then(file: Path) -> None:
    file.write_text(BOX.replace("port = 8630", "port = 0"), encoding="utf-8")
    loaded, _ = or_last_good(file, fine)
    (advice,) = settings_advice(loaded.refused)
    assert (advice.fault, advice.severity) == ("settings-refused", "error")
    assert "box.toml:4" in advice.mend["zh-CN"]
    assert all(advice.what[tongue] and advice.until[tongue] for tongue in ("zh-CN", "en"))
    assert settings_advice(()) == []
