"""Names can be found by the initials of their pinyin and by the strokes of their characters."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from config.hall import load_hall
from hall import letters
from hall.directory import directory_of
from hall.letters import Kept, Letters, initials_of, letters_of, look_up, strokes_in

EXAMPLE = Path(__file__).parents[2] / "config" / "examples" / "catalogue.toml"


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("重新设密码", "cxsmm"),
        ("银行", "yh"),
        ("长期护理", "cqhl"),
        ("长辈", "zb"),
        ("参保登记", "cbdj"),
        ("单位参保", "dwcb"),
        ("工作调动", "gzdd"),
        ("还清贷款", "hqdk"),
        ("会计", "kj"),
        ("重庆", "cq"),
        ("A4 纸、U盾", "a4 z、ud"),
    ],
)
def test_each_character_has_one_letter_and_words_decide_between_readings(name: str, initials: str) -> None:
    assert initials_of(name) == initials
    assert len(initials_of(name)) == len(name)


@pytest.mark.parametrize(
    ("character", "strokes"),
    [("社", "4524121"), ("必", "45434"), ("万", "153"), ("母", "55414"), ("老", "121335"), ("情", "44211212511")],
)
def test_strokes_are_those_of_mainland_schools(character: str, strokes: str) -> None:
    assert look_up([character])[character].strokes == [strokes]


def test_of_two_ways_to_write_a_character_the_last_counts_and_what_is_no_stroke_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "dict"
    file.write_text("# 万 comment\n万\thpz\n万\thzp\n老\tnot strokes\n", encoding="utf-8")
    assert strokes_in(file, {"万", "老", "x"}) == {"万": "153"}


def test_without_the_data_no_strokes_are_offered(tmp_path: Path) -> None:
    assert look_up(["社保"], tmp_path / "nothing")["社保"].strokes == []


def test_a_hall_starts_all_the_same_when_nothing_can_be_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hall.letters.sys.executable", "/nowhere/python")
    found = letters_of(["独一无二的名字"])
    assert (found["独一无二的名字"].initials, found["独一无二的名字"].strokes) == ("", [])


class Child:
    """In the place of the process that looks names up."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, names: tuple[str, ...]) -> dict[str, Letters]:
        self.asked.append(names)
        return {name: Letters("x" * len(name), ["1"] * len(name)) for name in names}


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Child:
    child = Child()
    monkeypatch.setattr(letters, "_asked", child)
    return child


def test_a_hall_that_comes_back_asks_for_no_name_again(child: Child, tmp_path: Path) -> None:
    first = letters_of(["社保", "银行"], tmp_path / "letters.json")
    assert letters_of(["社保", "银行"], tmp_path / "letters.json") == first
    assert child.asked == [("社保", "银行")]


def test_only_a_new_name_is_asked_for_and_one_that_is_gone_is_not_kept(child: Child, tmp_path: Path) -> None:
    file = tmp_path / "letters.json"
    letters_of(["社保", "银行"], file)
    assert set(letters_of(["社保", "医保"], file)) == {"社保", "医保"}
    assert child.asked == [("社保", "银行"), ("医保",)]
    assert set(msgspec.json.decode(file.read_bytes(), type=Kept).names) == {"社保", "医保"}


def test_another_pypinyin_or_other_strokes_are_asked_for_everything(
    child: Child, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters_of(["社保"], tmp_path / "letters.json")
    monkeypatch.setattr(letters, "_sources", lambda: ["0.56.0", "2025"])
    letters_of(["社保"], tmp_path / "letters.json")
    assert child.asked == [("社保",)] * 2


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b'{"sources": [], "names": {"\xe7": 1}}', b"\x00" * 64])
def test_a_damaged_file_is_written_anew(child: Child, tmp_path: Path, damaged: bytes) -> None:
    file = tmp_path / "letters.json"
    file.write_bytes(damaged)
    assert letters_of(["社保"], file)["社保"].initials == "xx"
    letters_of(["社保"], file)
    assert child.asked == [("社保",)]


def test_a_folder_that_takes_nothing_keeps_no_hall_from_its_start(child: Child, tmp_path: Path) -> None:
    assert letters_of(["社保"], tmp_path / "gone" / "letters.json")["社保"].initials == "xx"


def test_what_was_not_found_for_want_of_a_process_is_asked_for_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "letters.json"
    with monkeypatch.context() as broken:
        broken.setattr(letters, "_asked", lambda _: {})
        letters_of(["社保"], file)
    assert not file.exists()
    assert letters_of(["社保"], file)["社保"].initials == "sb"


def test_every_item_of_the_example_is_found_by_each_of_its_names() -> None:
    _, written = load_hall(EXAMPLE.with_name("hall.toml"))
    directory = directory_of(written.values)
    assert 40 <= len(directory.items) <= 70
    for item in directory.items:
        names = [item.name, *item.also_called]
        assert [len(name) for name in names] == [len(each) for each in item.initials] == [len(s) for s in item.strokes]
        characters = [
            pair for name, strokes in zip(names, item.strokes, strict=True) for pair in zip(name, strokes, strict=True)
        ]
        assert [char for char, strokes in characters if "\u4e00" <= char <= "\u9fff" and not strokes] == []
