"""`yichuang bench`: every figure of the table, with its bar."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from simulators.bench import proc
from simulators.bench.display import display_figures
from simulators.bench.figures import Figure, at_most, machine, median, table
from simulators.bench.full_hall import COUNTERS, FULL
from simulators.bench.hall_figures import Counts
from simulators.bench.hall_load import HallLoad
from simulators.bench.idle import idle_figures
from simulators.bench.ingest import ingest_pace
from simulators.bench.long_past import start_figures
from simulators.bench.million import MILLION
from simulators.bench.pile import WITHIN_S, pile_figures
from simulators.bench.rebuild import rebuild_figures
from simulators.bench.recovery import killed_figures, outbox_figures
from simulators.bench.scene import Scene, scene
from simulators.bench.settings import ALONE, ALONE_LINE, FRESH, HALL, OLD, PILE
from simulators.bench.touch import touch_figures
from simulators.demo.processes import DiedAtStart, NotReady
from simulators.demo.settings import COUNTER, KIOSK


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is measured."""

    hall: Counts = field(default_factory=Counts)
    touches: int = 120
    silences: int = 6
    presses: int = 120
    idle_seconds: float = 20.0
    starts: int = 5
    kills: int = 7
    untold: int = 10_000
    ingest: int = 15_000
    day: int = 6000
    past: int = MILLION
    pile: int = COUNTERS
    pile_seconds: float = WITHIN_S


QUICK = Amount(
    Counts().tenth(),
    touches=12,
    silences=1,
    presses=12,
    idle_seconds=2.0,
    starts=1,
    kills=1,
    untold=1000,
    ingest=1500,
    day=600,
    past=MILLION // 10,
    pile=3,
    pile_seconds=2.0,
)


def run(argv: Sequence[str]) -> int:
    """Measure and print; 0 once all is measured, bars kept or not: a busy machine is no error. 1 when it cannot be."""
    options = _parser().parse_args(argv)
    try:
        figures = asyncio.run(measure(QUICK if options.quick else Amount(), options.directory.absolute()))
    except (DiedAtStart, NotReady) as error:
        sys.stderr.write(f"yichuang bench: {error}\n")
        return 1
    sys.stdout.write(table(figures) + "\n")
    if options.json is not None:
        options.json.write_bytes(document(figures))
    return 0


def document(figures: Sequence[Figure]) -> bytes:
    """The JSON file: what the machine is, and one row a figure."""
    told = {"machine": machine(), "figures": [figure.row() for figure in figures]}
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


async def measure(amount: Amount, folder: Path) -> list[Figure]:
    """Every figure, room by room: what is measured has the machine to itself. Raises DiedAtStart, NotReady."""
    async with scene(folder) as here:
        return [
            *await _hall(here, amount),
            *await _kiosk(here, amount),
            *await _display(here, amount),
            *await _idle(here, amount),
            *await _recovery(here, amount),
            *await _other_halls(here, amount),
        ]


async def _hall(here: Scene, amount: Amount) -> list[Figure]:
    _say("hall: cold starts")
    starts = [await here.start_hall()]
    for _ in range(amount.starts - 1):
        await here.hall.stop()
        starts.append(await here.start_hall())
    memory = proc.rss_mb(here.hall.pid) if here.hall.pid is not None else 0.0
    _say("hall: tickets and calls")
    load = await HallLoad(here, amount.hall).figures()
    return [
        Figure("hall memory after start", memory, "MB", at_most(70)),
        Figure("hall cold start to first answer, median", median(starts), "s", at_most(0.8)),
        *load,
    ]


async def _kiosk(here: Scene, amount: Amount) -> list[Figure]:
    _say("kiosk: touches")
    await here.start_line("printer")
    await here.start_box(KIOSK)
    figures = await touch_figures(here, amount.touches, amount.silences)
    await here.boxes[KIOSK].stop()
    return figures


async def _display(here: Scene, amount: Amount) -> list[Figure]:
    _say("window: presses")
    await here.start_line(ALONE_LINE)
    await here.start_box(ALONE)
    figures = await display_figures(here, amount.presses)
    await here.boxes[ALONE].stop()
    await here.lines[ALONE_LINE].stop()
    return figures


async def _idle(here: Scene, amount: Amount) -> list[Figure]:
    _say("boxes: cold starts, then nobody comes")
    for line in ("displays", "keypads"):
        await here.start_line(line)
    return await idle_figures(here, amount.idle_seconds, amount.starts)


async def _recovery(here: Scene, amount: Amount) -> list[Figure]:
    for name in (KIOSK, COUNTER):
        await here.boxes[name].stop()
    _say("hall: facts a second")
    await here.change_hall(FRESH)
    await here.start_hall()
    pace = await ingest_pace(here, amount.ingest)
    _say("hall: killed and back")
    await here.change_hall(HALL)
    await here.start_hall()
    await here.start_line(ALONE_LINE)
    await here.start_box(ALONE)
    killed = await killed_figures(here, amount.kills)
    await here.boxes[ALONE].stop()
    _say("kiosk: a full outbox")
    return [*pace.figures(), *killed, *await outbox_figures(here, amount.untold, pace.alone)]


async def _other_halls(here: Scene, amount: Amount) -> list[Figure]:
    _say("hall: rebuilt from its boxes")
    await here.change_hall(FULL)
    rebuilt = await rebuild_figures(here, amount.day)
    _say("speaker: everybody calls at once")
    await here.change_hall(PILE)
    heard = await pile_figures(here, amount.pile, amount.pile_seconds)
    _say("hall: a long past")
    await here.change_hall(OLD)
    return [*rebuilt, *heard, *await start_figures(here, amount.past, amount.starts)]


def _say(what: str) -> None:
    sys.stderr.write(f"{what} …\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yichuang bench", description="The figures and their bars.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: shows that all of it works")
    parser.add_argument(
        "--directory",
        type=Path,
        default=Path(tempfile.gettempdir()),
        help="where the bench's files go: that disk's commits are measured",
    )
    return parser
