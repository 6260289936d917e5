"""`yichuang hall boxes` on a terminal: what is to be done first, both languages, and an exit code for the doors."""

from __future__ import annotations

import asyncio
import unicodedata
from pathlib import Path

import pytest

from hall import cli
from hall.boxes.checklist import Standing
from hall.boxes.printed import MARKS, printed
from hall.contract.maintenance import Boxes
from tests.hall.boxes_scene import advice, box_of, condition
from tests.hall.served import serve
from tests.hall.test_boxes_seen import ORDER
from tests.hall.test_recovering_wire import on_port


@pytest.mark.usefixtures("log_aside")
async def test_it_prints_what_to_do_and_leaves_with_1_until_all_are_ready(
    settings_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with serve(settings_file) as served:
        own = on_port(settings_file, served.port)

        async def told() -> tuple[int, list[str]]:
            code = await asyncio.to_thread(cli.hall, ["boxes", str(own)])
            return code, capsys.readouterr().out.splitlines()

        async with box_of(served, "kiosk-1"):
            code, lines = await told()
            assert (code, lines[1]) == (1, "? counter-1  尚无消息  Not heard yet  窗口 1 2 3  windows 1 2 3")
            assert lines[-2:] == [
                "✓ kiosk-1  就绪  Ready  取号机  kiosk",
                "2 台终端中 1 台未就绪  1 of 2 boxes not ready",
            ]
            async with box_of(served, "counter-1") as counter:
                await counter.tell(condition(advice("media-low")))
                code, lines = await told()
                assert (code, lines[-1]) == (0, "2 台终端全部就绪  All 2 boxes are ready")
                assert "    printer media-low what" in lines


def test_a_hall_that_does_not_answer_is_no_hall_that_is_ready(
    settings_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.hall(["boxes", str(on_port(settings_file, 9))]) == 1
    assert "does not answer" in capsys.readouterr().err


def test_every_standing_has_a_mark_of_its_own_beside_its_word() -> None:
    told = Boxes(hall="大厅", business_date="2026-11-23", now_ms=0, opens="08:30", boxes=ORDER)
    lines = list(printed(told))
    assert lines[0] == "大厅  2026-11-23  今天 08:30 开门  The hall opens at 08:30"
    marked = [line for line in lines[1:-1] if not line.startswith(" ")]
    assert [line.split("  ")[0].split(" ")[1] for line in marked] == [line.box for line in ORDER]
    standings: list[Standing] = ["gone", "not-heard", "not-ready", "in-maintenance", "look", "ready"]
    assert set(MARKS) == set(standings)
    assert {line[0] for line in marked} == {*MARKS.values()}
    assert not any(unicodedata.category(letter) == "Cc" for line in lines for letter in line)
