"""`make bench`: one table: the hall's and boxes' figures first (simulators/bench), then drivers, codecs, lines, pages.

    python -m tests.bench.devices.cli [--json FILE] [--quick] [--devices]

Drivers are timed from here, over ptys, with the simulators as processes of their own: simulators know no driver.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import structlog
import uvloop

from simulators.bench import main as hall
from simulators.bench.figures import Figure, table
from simulators.demo.processes import DiedAtStart, NotReady
from tests.bench.devices.shared_line import BAUD, QUICK_BAUD, ROUNDS, shared_line_figures
from tests.bench.devices.throughput import SECONDS, throughput_figures
from tests.bench.devices.transactions import transaction_figures
from tests.bench.pages.screens import page_figures

QUICK = 0.1


def main(argv: Sequence[str] | None = None) -> int:
    """0 once all is measured, bars kept or not; 1 when it cannot be."""
    options = _parser().parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # dead displays are meant
    try:
        with tempfile.TemporaryDirectory(prefix="yc-bench-", dir=options.directory) as folder:
            figures = [] if options.devices else asyncio.run(hall.measure(_amount(options), Path(folder)))
            figures += uvloop.run(device_figures(Path(folder), quick=options.quick))
            figures += [] if options.devices else asyncio.run(_pages(Path(folder), quick=options.quick))
    except (DiedAtStart, NotReady) as error:
        print(f"make bench: {error}", file=sys.stderr)
        return 1
    finally:
        structlog.reset_defaults()
    print(table(figures))
    if options.json is not None:
        options.json.write_bytes(hall.document(figures))
    return 0


async def device_figures(folder: Path, *, quick: bool = False) -> list[Figure]:
    """Drivers over their lines, a line of thirty-two, codecs. Raises DiedAtStart, NotReady."""
    share = QUICK if quick else 1.0
    print("drivers: a transaction each", file=sys.stderr)
    rows = await transaction_figures(folder, share)
    print("a line with thirty-two displays", file=sys.stderr)
    rows += await shared_line_figures(folder, *((1, QUICK_BAUD) if quick else (ROUNDS, BAUD)))
    print("codecs", file=sys.stderr)
    return [*rows, *throughput_figures(SECONDS * share)]


async def _pages(folder: Path, *, quick: bool) -> list[Figure]:
    print("pages: first paint, weight, touches", file=sys.stderr)
    return await page_figures(folder, QUICK if quick else 1.0)


def _amount(options: argparse.Namespace) -> hall.Amount:
    return hall.QUICK if options.quick else hall.Amount()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description="The figures and their bars.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: shows that all of it works")
    parser.add_argument("--devices", action="store_true", help="drivers, codecs and lines alone")
    parser.add_argument("--directory", type=Path, default=Path(tempfile.gettempdir()), help="where its files go")
    return parser


if __name__ == "__main__":
    sys.exit(main())
