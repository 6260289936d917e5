"""How far a case is, for whoever knows its number and the ending; nothing for anybody else, nothing of it in a log."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from hall.cases import TRIES, Cases, TooManyTries
from hall.contract import AskProgress, Progress
from tests.hall.scene import FakeClock
from tests.hall.served import hello, serve

CASE, TAIL = "YX-2026-000123", "001X"
HEAD = "case,last4,name,state,item,accepted,promised,changed\n"
CSV = f"{HEAD}{CASE},{TAIL},某某,in-review,id-card,2026-11-20,2026-12-04,\n"
FOUND = Progress(state="in-review", item="id-card", accepted="2026-11-20", promised="2026-12-04")


def cases(folder: Path, text: str = CSV, name: str = "cases.csv", key: bytes = b"") -> Cases:
    (folder / name).write_text(text, encoding="utf-8")
    return Cases(folder / name, FakeClock(), key)


def ask(case: str = CASE, last4: str = TAIL) -> AskProgress:
    return AskProgress(case=case, last4=last4)


async def test_number_and_ending_tell_how_far_it_is(tmp_path: Path) -> None:
    assert await cases(tmp_path).ask(ask(), "entrance-1") == FOUND
    assert await cases(tmp_path).ask(ask(CASE.lower(), TAIL.lower()), "entrance-1") == FOUND


async def test_a_wrong_ending_hears_what_an_unknown_number_hears(tmp_path: Path) -> None:
    known = cases(tmp_path)
    wrong = await known.ask(ask(last4="0021"), "entrance-1")
    assert wrong == await known.ask(ask("YX-2026-999999"), "entrance-1") == Progress()


async def test_json_lines_and_hashes_are_read_as_well(tmp_path: Path) -> None:
    key = b"shared with the platform"
    made = cases(tmp_path, key=key).hash(CASE, TAIL)
    line = json.dumps({"hash": made, "state": "approved", "changed": "2026-11-22"})
    known = cases(tmp_path, line + "\n\n", "cases.jsonl", key)
    assert await known.ask(ask(), "entrance-1") == Progress(state="approved", changed="2026-11-22")


async def test_the_file_is_read_anew_when_the_platform_drops_another(tmp_path: Path) -> None:
    known = cases(tmp_path)
    await known.ask(ask(), "entrance-1")
    file = tmp_path / "cases.csv"
    file.write_text(CSV.replace("in-review", "approved"), encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert (await known.ask(ask(), "entrance-1")).state == "approved"


@pytest.mark.parametrize("damage", [b"\xff\xfe\xff", b'{"case": '])
async def test_a_file_that_cannot_be_read_leaves_what_was_known(tmp_path: Path, damage: bytes) -> None:
    row = {"case": CASE, "last4": TAIL, "state": "in-review"}
    known = cases(tmp_path, json.dumps(row), "cases.jsonl")
    await known.ask(ask(), "entrance-1")
    (tmp_path / "cases.jsonl").write_bytes(damage)
    assert (await known.ask(ask(), "entrance-1")).state == "in-review"
    (tmp_path / "cases.jsonl").unlink()
    assert (await known.ask(ask(), "entrance-1")).state == "in-review"


async def test_a_row_that_is_not_whole_is_left_out_and_counted(tmp_path: Path) -> None:
    known = cases(tmp_path, CSV + "YX-2026-000124\n")
    with capture_logs() as logs:
        assert await known.ask(ask(), "entrance-1") == FOUND
    assert [each["count"] for each in logs if each["event"] == "cases left out"] == [1]


async def test_six_tries_a_minute_and_box_are_enough(tmp_path: Path) -> None:
    clock = FakeClock()
    (tmp_path / "cases.csv").write_text(CSV, encoding="utf-8")
    known = Cases(tmp_path / "cases.csv", clock)
    for _ in range(TRIES):
        await known.ask(ask(last4="0000"), "entrance-1")
    with pytest.raises(TooManyTries):
        await known.ask(ask(), "entrance-1")
    assert await known.ask(ask(), "entrance-2") == FOUND
    clock.pass_ms(60_000)
    assert await known.ask(ask(), "entrance-1") == FOUND


async def test_neither_number_nor_ending_nor_name_can_be_read_back(tmp_path: Path) -> None:
    known = cases(tmp_path)
    with capture_logs() as logs:
        await known.ask(ask(), "entrance-1")
        await known.ask(ask(last4="0021"), "entrance-1")
    held = repr(vars(known))
    for personal in (CASE, TAIL, "某某"):
        assert personal not in held + repr(logs) + repr(ask()) + str(ask())


class TestOverTheWire:
    @pytest.fixture
    def settings(self, settings_file: Path) -> Path:
        (settings_file.parent / "cases.csv").write_text(CSV, encoding="utf-8")
        text = settings_file.read_text(encoding="utf-8")
        settings_file.write_text(text.replace("[hall]\n", '[hall]\ncases = "cases.csv"\n'), encoding="utf-8")
        return settings_file

    async def test_a_box_asks_and_is_told_only_that(self, settings: Path) -> None:
        with capture_logs() as logs:
            async with serve(settings) as served, served.caller("kiosk-1") as kiosk:
                welcome = (await kiosk.post("/device/hello", json=hello("kiosk-1"))).json()
                assert welcome["progress"] is True
                told: list[tuple[int, dict[str, Any]]] = []
                for last4 in (TAIL, "0021", "12"):
                    response = await kiosk.post("/device/progress", json={"case": CASE, "last4": last4})
                    told.append((response.status_code, response.json()))
        found, wrong, refused = told
        assert (found[0], found[1]["state"]) == (200, "in-review")
        assert (wrong[0], wrong[1]["state"], wrong[1]["accepted"]) == (200, "", "")
        assert refused[0] == 422
        assert CASE not in repr(logs)
        assert TAIL not in repr(logs)

    async def test_too_many_tries_are_refused(self, settings: Path) -> None:
        async with serve(settings) as served, served.caller("kiosk-1") as kiosk:
            for _ in range(TRIES):
                await kiosk.post("/device/progress", json={"case": CASE, "last4": "0021"})
            response = await kiosk.post("/device/progress", json={"case": CASE, "last4": TAIL})
        assert (response.status_code, response.json()["error"]) == (429, "too-many-tries")

    async def test_a_hall_without_such_a_file_does_not_offer_it(self, settings_file: Path) -> None:
        async with serve(settings_file) as served, served.caller("kiosk-1") as kiosk:
            welcome = (await kiosk.post("/device/hello", json=hello("kiosk-1"))).json()
            assert "progress" not in welcome
            response = await kiosk.post("/device/progress", json={"case": CASE, "last4": TAIL})
        assert (response.status_code, response.json()["error"]) == (404, "no-such-call")
