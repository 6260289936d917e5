"""Setup is broken off at every moment there is: what stands afterwards is the old state, or soon the new one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from config import durable
from workshop.setup import stage
from workshop.setup.stage import LIST, Stage, finish

OLD, NEW = {"box.toml": "old settings", "rules": "old rules"}, {"box.toml": "new settings", "rules": "new rules"}


class PowerCut(BaseException):
    """Not even an exception handler of ours sees this."""


def state(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text() for name in OLD}


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    folder = tmp_path / "etc"
    folder.mkdir()
    for name, text in OLD.items():
        (folder / name).write_text(text)
    return folder


def run(etc: Path, staged: Path) -> None:
    files = Stage(staged)
    for name, text in NEW.items():
        files.add(etc / name, text, 0o640)
    files.commit()


def cut_after(monkeypatch: pytest.MonkeyPatch, writes: int) -> Callable[[], int]:
    """The power fails instead of the write after so many. Gives how many were done."""
    done: list[Path] = []
    write = durable.write_durably

    def written(file: Path, data: bytes, mode: int = 0o600) -> None:
        if len(done) == writes:
            raise PowerCut
        write(file, data, mode)
        done.append(file)

    monkeypatch.setattr(stage, "write_durably", written)
    return lambda: len(done)


def test_what_was_there_is_kept_beside(etc: Path, tmp_path: Path) -> None:
    run(etc, tmp_path / "stage")
    assert state(etc) == NEW
    assert (etc / "box.toml.bak").read_text() == "old settings"
    assert (etc / "box.toml").stat().st_mode & 0o777 == 0o640
    assert not (tmp_path / "stage").exists()


def test_the_same_again_keeps_no_copy_of_itself(etc: Path, tmp_path: Path) -> None:
    for _ in range(2):
        run(etc, tmp_path / "stage")
    assert (etc / "box.toml.bak").read_text() == "old settings"


@pytest.mark.parametrize("writes", range(8))
def test_a_power_cut_before_any_write_leaves_all_old_or_is_finished_by_the_next_run(
    etc: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    staged = tmp_path / "stage"
    with monkeypatch.context() as patched:
        done = cut_after(patched, writes)
        if writes < 7:
            with pytest.raises(PowerCut):
                run(etc, staged)
        else:
            run(etc, staged)
        assert done() == writes if writes < 7 else done() == 7, "two made, the list, and each kept and put"
    listed = (staged / LIST).exists()
    assert listed == (3 <= writes < 7)
    if writes <= 4:
        assert state(etc)["rules"] == "old rules"
    assert finish(staged) == listed
    assert state(etc) == (NEW if writes >= 3 else OLD)
    if writes >= 3:
        assert {name: (etc / f"{name}.bak").read_text() for name in OLD} == OLD


def test_a_run_that_is_dropped_changes_nothing(etc: Path, tmp_path: Path) -> None:
    files = Stage(tmp_path / "stage")
    files.add(etc / "box.toml", "new")
    files.drop()
    assert state(etc) == OLD
    assert not finish(tmp_path / "stage")


def test_the_stage_is_its_owner_s_alone(tmp_path: Path) -> None:
    files = Stage(tmp_path / "stage")
    files.add(tmp_path / "key", "secret", 0o600)
    assert files.folder.stat().st_mode & 0o777 == 0o700
    (staged,) = files.folder.iterdir()
    assert staged.stat().st_mode & 0o777 == 0o600
    files.commit()
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_the_list_tells_no_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = Stage(tmp_path / "stage")
    files.add(tmp_path / "key", "secret", 0o600)
    cut_after(monkeypatch, 1)
    with pytest.raises(PowerCut):
        files.commit()
    (told,) = json.loads((files.folder / LIST).read_bytes())
    assert told["to"] == str(tmp_path / "key")
    assert "secret" not in json.dumps(told)
