"""`yichuang drill`: break a hall at work by a seeded schedule, and judge it from outside."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path

from config.wording import one_line
from simulators.demo import report
from simulators.demo.judge import judge
from simulators.demo.main import leaves, tell
from simulators.demo.processes import DiedAtStart, NotReady
from simulators.drill.course import CLOSING_SECONDS, Drill
from simulators.drill.faults import missing
from simulators.drill.namespaces import isolate
from simulators.drill.schedule import KINDS, Trouble, draw
from simulators.drill.settings import Size
from simulators.drill.stage import Ground, drill_stage


def run(argv: Sequence[str]) -> int:
    """Run the drill. 0 nothing lost and nobody called twice, 1 the judge found something, 130 stopped by hand."""
    options = _options(argv)
    size = Size(options.kiosks, options.counters)
    schedule = draw(options.seed, options.minutes * 60 - CLOSING_SECONDS, size, options.faults)
    if options.schedule:
        for trouble in schedule:
            tell(str(trouble))
        return 0
    why_not = isolate()
    if why_not:
        tell(one_line("demo", "not-isolated", why=why_not))
    try:
        return asyncio.run(
            _stoppable(options, schedule, Ground(size, options.seed, not why_not, options.keep, options.wishes))
        )
    except KeyboardInterrupt:
        return 130


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="yichuang drill", description="Break a hall at work, and judge it.")
    parser.add_argument("--minutes", type=float, default=10.0, metavar="M", help="from first visitor to last call (10)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the schedule and everybody's will (1)")
    parser.add_argument("--report", type=Path, metavar="FILE.json", help="write the judge's report there")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="run in DIR and leave it, instead of a temporary one")
    parser.add_argument("--schedule", action="store_true", help="only print what this seed's schedule is")
    parser.add_argument("--faults", type=_kinds, default=(), metavar="KIND,…", help="only these kinds of fault")
    parser.add_argument("--kiosks", type=int, choices=range(1, 10), default=4, metavar="N", help="how many (4)")
    parser.add_argument("--counters", type=int, choices=range(1, 10), default=3, metavar="N", help="of 3 windows (3)")
    parser.add_argument("--wishes", type=float, metavar="SHARE", help="so many ask something of their number")
    options = parser.parse_args(argv)
    options.keep = options.keep and options.keep.resolve()
    if options.minutes * 60 <= CLOSING_SECONDS:
        parser.error(f"--minutes: its last {CLOSING_SECONDS:.0f} s are without faults, give more")
    return options


def _kinds(text: str) -> tuple[str, ...]:
    known = [kind.name for kind in KINDS]
    wanted = tuple(text.split(","))
    if strange := set(wanted) - set(known):
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(strange))}: the kinds are {', '.join(known)}")
    return wanted


async def _stoppable(options: argparse.Namespace, schedule: Sequence[Trouble], ground: Ground) -> int:
    """Run until the end, SIGTERM or SIGINT; either strikes the stage before leaving."""
    loop = asyncio.get_running_loop()
    working = loop.create_task(_work(options, schedule, ground))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, working.cancel)
    try:
        await asyncio.wait({working})
        return 130 if working.cancelled() else working.result()
    except* (DiedAtStart, NotReady) as group:
        for error in leaves(group):
            tell(f"✗ {error}")
    return 1


async def _work(options: argparse.Namespace, schedule: Sequence[Trouble], ground: Ground) -> int:
    lacks = missing(ground.isolated)
    left_out = {kind.name: lacks[kind.needs] for kind in KINDS if kind.needs in lacks}
    for kind, why in left_out.items():
        tell(one_line("demo", "left-out", kind=kind, why=why))
    async with drill_stage(ground, tell) as stage:
        drill = Drill(stage, options.seed, options.minutes * 60, schedule, left_out, tell)
        evidence, course = await drill.run()
    verdicts = judge(evidence)
    for line in (*report.table(verdicts), *report.complaints(evidence, verdicts)):
        tell(line)
    if not course.settled:
        tell("✗ the hall came to a standstill before everybody was called")
    slips = sum(slip.complete for slip in evidence.slips)
    tell(
        f"seed {course.seed}: {len(course.troubles)} faults, {course.lost_answers} answers lost, "
        f"{sum(course.restarts.values())} ends of processes, {slips} slips, {len(evidence.calls)} calls, "
        f"{course.presses} presses, {course.seconds} s"
    )
    if options.report is not None:
        report.write(options.report, report.as_json(evidence, verdicts, course))
    return 0 if report.passed(verdicts, course) else 1
