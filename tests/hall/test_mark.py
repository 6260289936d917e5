from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hall import mark
from hall.mark import Mark, MarkFile

SEEN = Mark("0f" * 16, 3, 41)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data.mark"


def kept(file: Path, *marks: Mark) -> None:
    keeping = MarkFile(file)
    for one in marks:
        keeping.put(one)
    keeping.close()


def test_the_last_mark_is_read_again(file: Path) -> None:
    kept(file, SEEN, SEEN._replace(commits=123_456))
    assert mark.read(file) == SEEN._replace(commits=123_456)


def test_a_mark_takes_the_place_of_whatever_stood_there(file: Path) -> None:
    file.write_bytes(b"x" * 4096)
    kept(file, SEEN)
    assert mark.read(file) == SEEN


def test_no_mark_and_half_a_mark_are_none(file: Path) -> None:
    assert mark.read(file) is None
    for broken in (b"", mark.line(SEEN)[:-9], mark.line(SEEN).replace(b"41", b"42"), b"\xff" * 80):
        file.write_bytes(broken)
        assert mark.read(file) is None


def test_a_mark_that_cannot_be_written_stops_nobody_and_is_said_once(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keeping = MarkFile(file.parent / "gone" / file.name)
    keeping.put(SEEN)
    keeping.put(SEEN)
    keeping.close()
    assert capsys.readouterr().out.count("mark not written") == 1


def test_a_mark_is_written_again_when_it_can_be(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = file.parent / "gone"
    keeping = MarkFile(folder / file.name)
    keeping.put(SEEN)
    folder.mkdir()
    keeping.put(SEEN)
    keeping.close()
    assert mark.read(folder / file.name) == SEEN
    assert "mark is written again" in capsys.readouterr().out
    shutil.rmtree(folder)
