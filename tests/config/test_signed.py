"""What a hall sends is taken when the hall has signed it, for this box, and sets nothing that is not the hall's."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from config.box import load_box
from config.hall_drop_in import FOLDER, NAME, number_of
from config.problem import Problem, SettingsError
from config.signed import NotOurs, check, from_file, settings_key, sign
from tests.config.test_settings import BOX

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TRUSTED = settings_key(KEY)


def box(tmp_path: Path, trusted: str = TRUSTED) -> Path:
    file = tmp_path / "box.toml"
    file.write_text(BOX.replace("[hall]\n", f'[hall]\nsettings_key = "{trusted}"\n'), encoding="utf-8")
    return file


def sent(tmp_path: Path, text: str, name: str = "counter-1", key: Ed25519PrivateKey = KEY, number: int = 7) -> None:
    place = tmp_path / "data" / FOLDER / NAME
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(sign(key, name, number, text).as_file(), encoding="utf-8", newline="")


def refused(file: Path) -> Problem:
    with pytest.raises(SettingsError) as refusal:
        load_box(file)
    return refusal.value.problems[0]


def test_signed_settings_are_applied_between_drop_ins_of_earlier_and_later_names(tmp_path: Path) -> None:
    file = box(tmp_path)
    sent(tmp_path, "[missed]\nseconds = 50\ncalls = 5\n")
    (tmp_path / "box.toml.d").mkdir()
    (tmp_path / "box.toml.d" / "10-early.toml").write_text("[missed]\nseconds = 10\n", encoding="utf-8")
    (tmp_path / "box.toml.d" / "90-late.toml").write_text("[missed]\ncalls = 9\n", encoding="utf-8")
    missed = load_box(file).values.missed
    assert (missed.seconds, missed.calls) == (50, 9)


def test_where_a_signed_value_stands_is_told(tmp_path: Path) -> None:
    file = box(tmp_path)
    sent(tmp_path, "[missed]\nseconds = 50\n")
    place = load_box(file).merged.places["missed", "seconds"][-1]
    assert (place.file.name, place.line) == (NAME, 3)  # the signature is the first line of the file


def test_settings_that_another_key_signed_are_refused(tmp_path: Path) -> None:
    file = box(tmp_path)
    sent(tmp_path, "[missed]\nseconds = 50\n", key=Ed25519PrivateKey.from_private_bytes(bytes(32)))
    problem = refused(file)
    assert (problem.file.name, problem.line) == (NAME, 1)
    assert "签名不对" in problem.what
    assert "signature is wrong" in problem.what


def test_a_value_changed_by_hand_in_what_the_hall_has_signed_is_refused(tmp_path: Path) -> None:
    file = box(tmp_path)
    sent(tmp_path, "[missed]\nseconds = 50\n")
    place = tmp_path / "data" / FOLDER / NAME
    place.write_text(place.read_text("utf-8").replace("50", "60"), encoding="utf-8")
    assert "signature is wrong" in refused(file).what


def test_settings_that_nobody_signed_are_refused_under_the_hall_s_name(tmp_path: Path) -> None:
    file = box(tmp_path)
    (tmp_path / "data" / FOLDER).mkdir(parents=True)
    (tmp_path / "data" / FOLDER / NAME).write_text("[missed]\nseconds = 50\n", encoding="utf-8")
    assert "nobody has signed" in refused(file).what


def test_the_hall_s_name_is_refused_for_a_drop_in_of_the_box_s_own(tmp_path: Path) -> None:
    file = box(tmp_path)
    (tmp_path / "box.toml.d").mkdir()
    (tmp_path / "box.toml.d" / NAME).write_text("[missed]\nseconds = 50\n", encoding="utf-8")
    assert "hall's" in refused(file).what


def test_settings_signed_for_another_box_are_refused(tmp_path: Path) -> None:
    file = box(tmp_path)
    sent(tmp_path, "[missed]\nseconds = 50\n", name="counter-2")
    assert "another box" in refused(file).what


def test_a_box_that_names_no_key_trusts_no_hall_s_settings(tmp_path: Path) -> None:
    file = box(tmp_path, trusted="")
    sent(tmp_path, "[missed]\nseconds = 50\n")
    assert "takes no settings" in refused(file).what


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[hall]\nurl = "https://other:1"\n', "hall"),
        ('[hall]\nca = "other.pem"\n', "hall"),
        ('[box]\nname = "counter-9"\n', "box.name"),
        ('[box]\ndata = "/elsewhere"\n', "box.data"),
        ('[box]\nmode = "live"\n', "box.mode"),
        ('[kiosk]\nsigning_key = "other.key"\n', "kiosk.signing_key"),
    ],
)
def test_the_hall_cannot_make_a_box_another_hall_s_or_another_box(tmp_path: Path, text: str, key: str) -> None:
    file = box(tmp_path)
    sent(tmp_path, text)
    problem = refused(file)
    assert problem.what.startswith(key)
    assert problem.file.name == NAME


def test_the_number_is_that_of_the_file_and_nought_without_one(tmp_path: Path) -> None:
    sent(tmp_path, "", number=41)
    assert number_of(tmp_path / "data" / FOLDER / NAME) == 41
    assert number_of(tmp_path / "nowhere.toml") == 0
    (tmp_path / "loose.toml").write_text("a = 1\n", encoding="utf-8")
    assert number_of(tmp_path / "loose.toml") == 0


@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    number=st.integers(0, 10**18 - 1),
    flip=st.integers(0, 10**6),
)
def test_what_is_signed_comes_back_whole_and_one_changed_character_is_noticed(
    text: str, number: int, flip: int
) -> None:
    written = sign(KEY, "counter-1", number, text).as_file()
    signed = from_file(written)
    assert (signed.number, signed.text) == (number, text)
    check(signed, TRUSTED, "counter-1")
    at = flip % len(written)
    changed = written[:at] + chr(ord(written[at]) ^ 1) + written[at + 1 :]
    with pytest.raises(NotOurs):
        check(from_file(changed), TRUSTED, "counter-1")


def test_the_signature_is_over_name_number_and_text_as_written_down_here() -> None:
    signed = sign(KEY, "counter-1", 7, "a = 1\n")
    KEY.public_key().verify(base64.b64decode(signed.signature), b"yichuang settings\0counter-1\x007\0a = 1\n")
