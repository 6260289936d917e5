"""The hall signs settings for a box, the box fetches them over its own line, and says what became of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config.hall import load_hall
from config.signed import private_key, settings_key
from hall.ca import settings_key as make_key
from hall.cli import hall
from hall.contract.settings import AskSettings
from hall.sent_settings import NotSigned, SentSettings, hand_over, told
from tests.hall.served import serve

NOW_MS = 1_700_000_000_000
TEXT = "[missed]\nseconds = 45\n"


@pytest.fixture
def signing(settings_file: Path) -> Path:
    """The hall's settings, with a key to sign with."""
    make_key(settings_file.with_name("settings.key"))
    text = settings_file.read_text(encoding="utf-8")
    settings_file.write_text(text.replace("[hall]\n", '[hall]\nsettings_key = "settings.key"\n', 1), encoding="utf-8")
    settings_file.with_name("new.toml").write_text(TEXT, encoding="utf-8")
    return settings_file


def asked(**fields: Any) -> dict[str, Any]:
    return {"number": 0, "runs": 0, **fields}


@pytest.mark.wire
async def test_a_box_is_offered_what_was_signed_for_it_and_nobody_else_is(signing: Path) -> None:
    settings, _ = load_hall(signing)
    async with serve(signing) as served, served.caller("counter-1") as counter, served.caller("kiosk-1") as kiosk:
        assert (await counter.post("/device/settings", json=asked())).json() == {"settings": None}
        number = hand_over(settings, "counter-1", signing.with_name("new.toml"), NOW_MS)
        offer = (await counter.post("/device/settings", json=asked())).json()["settings"]
        assert (offer["box"], offer["number"], offer["text"]) == ("counter-1", number, TEXT)
        assert (await kiosk.post("/device/settings", json=asked())).json() == {"settings": None}
        assert (await counter.post("/device/settings", json=asked(number=number))).json() == {"settings": None}


@pytest.mark.wire
async def test_nobody_without_a_box_s_certificate_is_told_a_box_s_settings(signing: Path) -> None:
    async with serve(signing) as served:
        for name, status in (("", 401), ("observer-1", 403), ("stranger-1", 403)):
            async with served.caller(name) as caller:
                assert (await caller.post("/device/settings", json=asked())).status_code == status


@pytest.mark.wire
async def test_what_a_box_refuses_it_is_not_offered_again_and_the_hall_can_tell_why(signing: Path) -> None:
    settings, _ = load_hall(signing)
    number = hand_over(settings, "counter-1", signing.with_name("new.toml"), NOW_MS)
    async with serve(signing) as served, served.caller("counter-1") as counter:
        refused = asked(refused=number, keyword="not-valid", why="box.toml:4: no such line")
        assert (await counter.post("/device/settings", json=refused)).json() == {"settings": None}
    assert f"refused  {number} not-valid: box.toml:4: no such line" in told(settings, "counter-1")


def test_the_number_grows_even_when_the_clock_does_not(signing: Path) -> None:
    settings, _ = load_hall(signing)

    file = signing.with_name("new.toml")
    assert [hand_over(settings, "counter-1", file, 1000) for _ in range(3)] == [1000, 1001, 1002]


def test_the_number_is_beyond_what_the_box_has_even_in_a_hall_that_lost_its_data(signing: Path) -> None:
    settings, _ = load_hall(signing)
    kept = SentSettings.of(settings)
    kept._answer(AskSettings(number=10**15, runs=0), "counter-1")
    assert hand_over(settings, "counter-1", signing.with_name("new.toml"), NOW_MS) == 10**15 + 1


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[missed\n", "line 1"),
        ('[hall]\nurl = "https://other:1"\n', "不能由大厅更改"),
        ("# " + "x" * 70_000, "characters"),
    ],
)
def test_what_the_box_would_refuse_anyway_is_not_signed(signing: Path, text: str, part: str) -> None:
    settings, _ = load_hall(signing)
    signing.with_name("new.toml").write_text(text, encoding="utf-8")
    with pytest.raises(NotSigned, match=part):
        hand_over(settings, "counter-1", signing.with_name("new.toml"), NOW_MS)
    assert SentSettings.of(settings).standing("counter-1").offered is None


def test_nothing_is_signed_for_a_box_that_nobody_knows(signing: Path) -> None:
    settings, _ = load_hall(signing)
    with pytest.raises(NotSigned, match="no box counter-9"):
        hand_over(settings, "counter-9", signing.with_name("new.toml"), NOW_MS)


def test_a_hall_without_a_key_says_how_to_make_one(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings_file.with_name("new.toml").write_text(TEXT, encoding="utf-8")
    assert hall(["settings", str(settings_file), "counter-1", str(settings_file.with_name("new.toml"))]) == 1
    assert "yichuang ca settings-key" in capsys.readouterr().err


def test_the_command_line_signs_and_then_tells_what_stands(signing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert hall(["settings", str(signing), "counter-1", str(signing.with_name("new.toml"))]) == 0
    assert hall(["settings", str(signing), "counter-1"]) == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("offered  ")
    assert second == "the box has never asked"


def test_the_key_s_public_part_is_the_line_for_the_boxes(tmp_path: Path) -> None:
    line = make_key(tmp_path / "settings.key")
    assert line == f'settings_key = "{settings_key(private_key(tmp_path / "settings.key"))}"'
    with pytest.raises(FileExistsError):
        make_key(tmp_path / "settings.key")
