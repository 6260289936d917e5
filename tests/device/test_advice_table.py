"""For each device and each fault that the simulators can make: the sentence, and who follows it sees it clear.

The real cells with the real drivers, the simulators at the other end of the line, on virtual time.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from simulators.control import Fault
from tests.device.advice_scene import Bench, MemoryLine, bench, every_word
from tests.device.advice_table import KINDS, Kind, Row
from tests.virtual_time import run

ROWS = [pytest.param(kind, row, id=f"{kind.name} {row.fault}") for kind in KINDS for row in kind.rows]
LONG_SECONDS = 100.0
"""By then every device has been asked at least once."""


def offered(kind: Kind) -> set[str]:
    """The faults of this simulator, as it says itself when it is asked for another."""

    async def ask() -> str:
        line = MemoryLine(kind.wired.baud, pair=kind.wired.pair)
        station = kind.wired.build(line, lambda _: None)
        try:
            station.do(Fault("no such fault", True))
        except ValueError as refused:
            return str(refused)
        finally:
            station.close()
        raise AssertionError("it knows every fault")

    named = run(ask()).split("faults ", 1)[1].removeprefix("are ").partition(", not ")[0]
    return set(re.split(r",\s*", named))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_fault_of_a_simulator_is_missing_in_the_table(kind: Kind) -> None:
    assert {row.fault for row in kind.rows} == offered(kind) - _ALONE.get(kind.name, set())


_ALONE = {name: {"same-address", "swapped"} for name in ("vfd-cd5220", "vfd-epson")}
"""What takes two devices cannot befall one alone on its line."""


@pytest.mark.parametrize(("kind", "row"), ROWS)
def test_a_fault_is_named_with_its_device_and_its_mending_and_clears_when_that_is_done(
    kind: Kind, row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def befall() -> None:
        async with bench(kind.wired, tmp_path, monkeypatch) as it:
            await it.well()
            it.fault(row.fault, True, row.at)
            await row.then(it)
            if row.says:
                await _tells(it, row)
            else:
                await asyncio.sleep(LONG_SECONDS)
                assert [each.fault for each in it.advice()] == []
            it.fault(row.fault, False, row.at)
            await row.mended(it)
            await it.well()

    run(befall())


async def _tells(it: Bench, row: Row) -> None:
    advice = await it.says(row.says, row.device)
    for language in ("zh-CN", "en"):
        assert row.device in advice.what[language]
        assert row.device in advice.mend[language] or "line-1" in advice.mend[language]
        assert advice.until[language]
    assert not any(re.search(r"[{}]|None", text) for text in every_word(advice))
