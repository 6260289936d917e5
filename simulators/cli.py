"""The command lines of the simulators: simulate, demo, drill, bench."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path

from simulators.line import Line
from simulators.process import Build, Emit, Place
from simulators.process import simulate as run

FULL_DUPLEX = ("printer", "id-card-reader")
"""Kinds on a line of their own, with a wire for each direction; the others share an RS-485 pair."""


def simulate(argv: Sequence[str]) -> int:
    """`yichuang simulate KIND --link PATH --control PATH …`: one line with its devices, until SIGTERM or SIGINT."""
    options = _parser().parse_args(argv)
    for path in (options.link, options.control):
        path.parent.mkdir(parents=True, exist_ok=True)
    place = Place(options.link.absolute(), options.control.absolute(), options.baud, options.kind not in FULL_DUPLEX)
    try:
        asyncio.run(run(place, options.build(options)))
    except OSError as error:
        print(f"yichuang simulate: {error}", file=sys.stderr)
        return 1
    return 0


def demo(argv: Sequence[str]) -> int:
    """`yichuang demo`: a hall at work on simulated devices."""
    code: int = import_module("simulators.demo.main").run(argv)
    return code


def drill(argv: Sequence[str]) -> int:
    """`yichuang drill`: a hall in which everything goes wrong, and the judge."""
    code: int = import_module("simulators.drill.main").run(argv)
    return code


def bench(argv: Sequence[str]) -> int:
    """`yichuang bench`: the figures and their bars."""
    code: int = import_module("simulators.bench.main").run(argv)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yichuang simulate", description="Simulated devices on a pty.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    printer = _kind(kinds, "printer", 115200, _printer)
    printer.add_argument("--paper", type=Path, help="folder for pictures of paper; default: beside the control socket")
    printer.add_argument("--mm-per-second", type=float, default=250.0, help="speed of the paper")
    printer.add_argument("--buffer", type=int, default=4096, help="bytes that wait while it cannot print")
    printer.add_argument("--xonxoff", action="store_true", help="say when the buffer is nearly full")
    printer.add_argument("--no-pictures", action="store_true", help="nobody looks: draw nothing")
    displays = _kind(kinds, "displays", 9600, _displays)
    displays.add_argument("--addresses", type=_numbers, default=(1, 2, 3), help="screen numbers, 1,2,3")
    displays.add_argument("--size", type=_size, default=(160, 16), help="dots, 160x16")
    displays.add_argument("--unit", type=int, choices=(1, 8), default=8, help="dots in a unit of X and width")
    displays.add_argument("--pictures", type=Path, help="folder for pictures; default: beside the control socket")
    displays.add_argument("--no-pictures", action="store_true", help="nobody looks: draw nothing")
    keypads = _kind(kinds, "keypads", 9600, _keypads)
    keypads.add_argument("--callers", type=_numbers, default=(1, 2, 3), help="addresses below 128")
    keypads.add_argument("--keypads", type=_numbers, default=(129, 130, 131), help="addresses from 129")
    reader = _kind(kinds, "id-card-reader", 115200, _id_card_reader)
    reader.add_argument("--read-seconds", type=float, default=0.7, help="what a reading takes the module")
    return parser


def _kind(
    kinds: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    baud: int,
    build: object,
) -> argparse.ArgumentParser:
    kind = kinds.add_parser(name)
    kind.add_argument("--link", type=Path, required=True, help="where the port is to be found")
    kind.add_argument("--control", type=Path, required=True, help="where the control socket is to be found")
    kind.add_argument("--baud", type=int, default=baud, help="speed until the other side sets its port")
    kind.set_defaults(build=build)
    return kind


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))


def _size(text: str) -> tuple[int, int]:
    width, height = text.split("x")
    return int(width), int(height)


def _pictures(options: argparse.Namespace, asked: Path | None) -> Path | None:
    control: Path = options.control
    if options.no_pictures:
        return None
    return (asked or control.with_name(f"{control.stem}-pictures")).absolute()


def _printer(options: argparse.Namespace) -> Build:
    from simulators.printer.printer import Printer
    from simulators.printer.tray import Tray

    folder = _pictures(options, options.paper)

    def build(line: Line, emit: Emit) -> Printer:
        tray = Tray(folder, emit)
        speed, buffer = options.mm_per_second, options.buffer
        return Printer(line, tray, emit, mm_per_second=speed, buffer=buffer, xonxoff=options.xonxoff)

    return build


def _displays(options: argparse.Namespace) -> Build:
    from simulators.displays.bus import Displays
    from simulators.displays.dots import Panel

    panel = Panel(width=options.size[0], height=options.size[1], unit=options.unit)
    return partial(Displays, addresses=options.addresses, panel=panel, folder=_pictures(options, options.pictures))


def _keypads(options: argparse.Namespace) -> Build:
    from simulators.keypads.bus import Keypads

    return partial(Keypads, callers=options.callers, keypads=options.keypads)


def _id_card_reader(options: argparse.Namespace) -> Build:
    from simulators.id_card_reader.reader import Reader

    return partial(Reader, read_seconds=options.read_seconds)
