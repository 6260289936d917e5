"""Numbered sheets: the number that a paper says is the one it is printed on, through jams, doubts and power cuts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.journal import Journal
from device.special_paper import NoSheet, SpecialPaper
from drivers.contract import MEDIA_JAM, Completion, CompletionCode, DeviceFault
from drivers.deadline import Deadline
from drivers.office_printer.ipp import IppSettings
from hall.contract import FactKind
from tests.device.journal_scene import Disk, facts_of, read
from tests.drivers.office_bench import NOTICE, MemoryPort, Simulated, in_memory
from tests.hall.scene import Scene
from tests.virtual_time import run, virtual

PRINTED = Completion(CompletionCode.SUCCESS, True, "job-state")
NOT_PRINTED = Completion(CompletionCode.CANCELED, False, "job-state")
JAMMED = Completion(CompletionCode.HARDWARE_ERROR, False, "job-state", frozenset({MEDIA_JAM}))
RECEIPT = replace(NOTICE, stock="special")
DOUBTFUL = Completion(CompletionCode.TIME_OUT, None, "sent")


def told(journal: Journal) -> list[tuple[str, object, object]]:
    facts = [read(raw) for raw in facts_of(journal).values()]
    return [(f.kind, f.data["first"], f.data.get("case")) for f in facts if f.kind.startswith("sheets-")]


@virtual
async def test_sheets_are_taken_in_their_order_until_they_are_used_up(tmp_path: Path) -> None:
    journal = Disk(tmp_path).open()
    paper = SpecialPaper(journal, "office")
    with pytest.raises(NoSheet, match="not-loaded"):
        await paper.take("c")
    await paper.load("NO.000099", 3, "operator-1")
    assert await paper.take("c-1") == ("NO.000099",)
    assert await paper.ended(PRINTED)
    assert await paper.take("c-2", 2) == ("NO.000100", "NO.000101")
    assert await paper.ended(PRINTED)
    assert paper.left == 0
    with pytest.raises(NoSheet, match="used-up"):
        await paper.take("c-3")
    assert told(journal) == [
        ("sheets-loaded", "NO.000099", None),
        ("sheets-taken", "NO.000099", "c-1"),
        ("sheets-printed", "NO.000099", "c-1"),
        ("sheets-taken", "NO.000100", "c-2"),
        ("sheets-printed", "NO.000100", "c-2"),
    ]
    await journal.close()


@virtual
async def test_a_sheet_that_did_not_leave_is_the_next_one_again(tmp_path: Path) -> None:
    journal = Disk(tmp_path).open()
    paper = SpecialPaper(journal, "office")
    await paper.load("7", 5)
    await paper.take("c-1")
    assert await paper.ended(NOT_PRINTED)
    assert await paper.take("c-2") == ("7",)
    await journal.close()


@pytest.mark.parametrize("completion", [DOUBTFUL, JAMMED])
def test_what_nobody_knows_stops_the_paper_until_somebody_has_looked(tmp_path: Path, completion: Completion) -> None:
    @virtual
    async def one() -> None:
        for outcome, following in (("printed", "8"), ("spoiled", "8"), ("unused", "7")):
            journal = Disk(tmp_path / outcome).open()
            paper = SpecialPaper(journal, "office")
            await paper.load("7", 5)
            await paper.take("c-1")
            assert not await paper.ended(completion)
            assert paper.in_doubt == ("7",)
            for refused in (paper.take("c-2"), paper.load("20", 1), paper.spoil(1, "operator-1")):
                with pytest.raises(NoSheet, match="in-doubt"):
                    await refused
            await paper.settle(outcome, "operator-1")  # type: ignore[arg-type]
            assert told(journal)[-2:] == [("sheets-doubtful", "7", "c-1"), (f"sheets-{outcome}", "7", "c-1")]
            assert await paper.take("c-2") == (following,)
            await journal.close()

    one()


@virtual
async def test_sheets_torn_up_by_hand_are_told_and_passed_over(tmp_path: Path) -> None:
    journal = Disk(tmp_path).open()
    paper = SpecialPaper(journal, "office")
    await paper.load("A0001", 4)
    await paper.spoil(3, "operator-1")
    assert await paper.take("c-1") == ("A0004",)
    await paper.ended(PRINTED)
    for wrong in (0, 1):
        with pytest.raises(NoSheet, match="used-up"):
            await paper.spoil(wrong, "operator-1")
    for first, count in (("", 1), ("NO.", 1), ("12", 0), ("1-2-3x", 1)):
        with pytest.raises(ValueError, match=r"NO\.000101"):
            await paper.load(first, count)
    await journal.close()


@virtual
async def test_a_power_cut_at_any_write_leaves_the_number_right_or_in_doubt(tmp_path: Path) -> None:
    for cut in range(6):
        disk = Disk(tmp_path / f"{cut}" / "box")
        journal = disk.open()
        paper = SpecialPaper(journal, "office")
        await paper.load("7", 5)
        left = _cut_before_write(journal, cut, partial(disk.copied, "left"))
        await paper.take("c-1")
        await paper.ended(PRINTED)
        await journal.close()
        there = left[0].open() if left else disk.open()
        again = SpecialPaper(there, "office")
        kinds = [kind for kind, _, _ in told(there)]
        if again.in_doubt:
            assert again.in_doubt == ("7",)
            await again.settle("printed", "operator-1")
            assert told(there)[-1][:2] == ("sheets-printed", "7")
            assert await again.take("c-2") == ("8",)
        else:
            printed = "sheets-printed" in kinds
            assert await again.take("c-2") == ("8" if printed else "7",)
            assert printed is (cut > 3)
        await there.close()


@virtual
async def test_the_hall_keeps_all_that_is_told_of_sheets(tmp_path: Path) -> None:
    journal = Disk(tmp_path).open()
    paper = SpecialPaper(journal, "office")
    await paper.load("7", 5, "operator-1")
    for case, completion in (("c-1", PRINTED), ("c-2", NOT_PRINTED), ("c-3", JAMMED)):
        await paper.take(case)
        await paper.ended(completion)
    await paper.settle("spoiled", "operator-1")
    await paper.spoil(1, "operator-1")
    kinds = {kind for kind, _, _ in told(journal)}
    scene = Scene()
    box = scene.box(journal.device, journal.id)
    box.send(list(facts_of(journal).values()))
    assert scene.conflicts() == []
    assert {kind for (kind,) in scene.rows("SELECT kind FROM fact")} == {"opened", *kinds}
    assert kinds == {kind for kind in get_args(FactKind) if kind.startswith("sheets-")}
    scene.close()
    await journal.close()


def _cut_before_write(journal: Journal, count: int, copy: Callable[[], Disk]) -> list[Disk]:
    """Keeps what the disk holds before the ``count``-th write from now on."""
    left: list[Disk] = []
    submit, writes = journal._writer.submit, [0]

    async def counted(work: object) -> object:
        if writes[0] == count:
            left.append(copy())
        writes[0] += 1
        return await submit(work)  # type: ignore[arg-type]

    journal._writer.submit = counted  # type: ignore[assignment, method-assign]
    return left


STEPS = st.lists(st.sampled_from(["good", "jam", "out-of-paper", "busy", "power", "cable"]), min_size=1, max_size=6)


@settings(max_examples=10, deadline=None)
@given(STEPS)
def test_the_number_on_a_sheet_is_the_one_in_its_fact_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    run(a_day(Disk(tmp_path_factory.mktemp("sheets")), steps))


async def a_day(disk: Disk, steps: list[str]) -> None:
    journal = disk.open()
    paper = SpecialPaper(journal, "office")
    await paper.load("101", 50)
    options = IppSettings(special_source="tray-2")
    async with in_memory(options, first_serial=101, page_seconds=1.0) as (driver, printer, port):
        for number, step in enumerate(steps):
            serials = await paper.take(f"c-{number}")
            before = printer.out
            happens_soon(step, printer, port)
            try:
                done = await driver.print_document(RECEIPT, Deadline.after(20))
            except DeviceFault:
                await paper.settle("unused")
            else:
                if not await paper.ended(done):  # the clerk looks into the tray
                    await paper.settle("printed" if printer.out > before else "unused", "operator-1")
            if printer.out > before:
                assert tuple(str(serial) for serial in printer.jobs()[-1]["serials"]) == serials
            port.unplugged = False
            for fault in ("jam", "out-of-paper", "busy"):
                printer.fault(fault, on=False)
            await driver.poll(Deadline.after(5))
            assert paper._stack is not None
            assert paper._stack.top == printer.printer._serial
    printed = [first for kind, first, _ in told(journal) if kind == "sheets-printed"]
    assert printed == [str(serial) for job in printer.jobs() for serial in job["serials"]]
    await journal.close()


def happens_soon(step: str, printer: Simulated, port: MemoryPort) -> None:
    """Half a second before its sheet is out."""
    loop = asyncio.get_running_loop()
    match step:
        case "busy":
            printer.fault("busy")
        case "jam" | "out-of-paper":
            loop.call_later(0.5, printer.fault, step)
        case "power":
            loop.call_later(0.5, printer.printer._lose_power)
        case "cable":
            loop.call_later(0.5, setattr, port, "unplugged", True)
