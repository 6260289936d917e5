"""`yichuang demo`: a hall at work for a person to see, or, headless, for the judge."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from simulators.demo import report
from simulators.demo.judge import judge
from simulators.demo.places import Ports
from simulators.demo.play import Play
from simulators.demo.props import Props
from simulators.demo.stage import LINES, DiedAtStart, NotReady, Stage, stage
from simulators.demo.visitors import KioskStuck
from simulators.smart_card import VPCD_PORT


def tell(line: str) -> None:
    """One line to whoever started the demonstration."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run(argv: Sequence[str]) -> int:
    """Run the demonstration. 0 well, 1 the judge found something or a process died, 130 stopped by hand."""
    options = _options(argv)
    try:
        return asyncio.run(_stoppable(options))
    except KeyboardInterrupt:
        return 130


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="yichuang demo", description="A hall at work on simulated devices.")
    parser.add_argument("--headless", action="store_true", help="let made-up visitors play, and judge")
    parser.add_argument("--visitors", type=int, default=40, metavar="N", help="how many (headless; default 40)")
    parser.add_argument("--seed", type=int, default=7, metavar="S", help="of everything drawn (headless; default 7)")
    parser.add_argument("--report", type=Path, metavar="FILE.json", help="write the judge's report there (headless)")
    parser.add_argument("--port-base", type=int, default=8600, metavar="PORT", help="first of the four ports (8600)")
    parser.add_argument(
        "--card-port", type=int, default=VPCD_PORT, metavar="PORT", help=f"of vsmartcard's reader ({VPCD_PORT})"
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="run in DIR and leave it, instead of a temporary one")
    options = parser.parse_args(argv)
    options.keep = options.keep and options.keep.resolve()
    if options.visitors < 1:
        parser.error("--visitors: give 1 or more")
    return options


async def _stoppable(options: argparse.Namespace) -> int:
    """Run until the end, SIGTERM or SIGINT; either strikes the stage before leaving."""
    loop = asyncio.get_running_loop()
    working = loop.create_task(_work(options))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, working.cancel)
    try:
        await asyncio.wait({working})
        return 130 if working.cancelled() else working.result()
    except* (DiedAtStart, NotReady, KioskStuck) as group:
        for error in leaves(group):
            tell(f"✗ {error}")
    return 1


def leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    """The errors themselves."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from leaves(error)
        else:
            yield error


async def _work(options: argparse.Namespace) -> int:
    async with stage(Ports(options.port_base, options.card_port), options.keep, tell) as scene, props(scene) as things:
        if options.headless:
            return await _headless(scene, things, options)
        from simulators.demo.bench_page import serve  # a headless play needs no page

        await serve(scene, things, tell)
    return 0


@asynccontextmanager
async def props(scene: Stage) -> AsyncIterator[Props]:
    """The devices of a stage, heard until the end."""
    things = Props({line: scene.run.control(line) for line in LINES})
    connected = asyncio.Event()
    listening = asyncio.ensure_future(things.listen(connected))
    try:
        await connected.wait()
        yield things
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


async def _headless(scene: Stage, things: Props, options: argparse.Namespace) -> int:
    play = Play(scene, things, options.visitors, options.seed, tell)
    evidence, course = await play.run()
    verdicts = judge(evidence)
    for line in report.table(verdicts):
        tell(line)
    for line in report.complaints(evidence, verdicts):
        tell(line)
    if not course.settled:
        tell("✗ the hall came to a standstill before everybody was called")
    tell(f"{course.visitors} visitors, {course.presses} presses, {len(course.troubles)} troubles, {course.seconds} s")
    if options.report is not None:
        report.write(options.report, report.as_json(evidence, verdicts, course))
    return 0 if report.passed(verdicts, course) else 1
