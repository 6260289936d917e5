"""The command lines of the simulators: simulate, demo, drill, bench."""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path

from simulators.displays import KINDS
from simulators.line import Wire
from simulators.process import (
    Build,
    BuildInputs,
    Emit,
    Place,
    Station,
    simulate_by_datagram,
    simulate_card,
    simulate_on_network,
    simulate_scanner,
    simulate_together,
)
from simulators.process import simulate as run
from simulators.process import simulate_inputs as run_inputs
from simulators.smart_card import VPCD_PORT

SOCKET_PATH_BYTES = 107
"""unix(7): sun_path has 108 bytes, the last of them 0."""

HALF_DUPLEX = ("displays", "keypads")
"""Kinds that share an RS-485 pair; the others have a line of their own, with a wire for each direction."""


def simulate(argv: Sequence[str]) -> int:
    """`yichuang simulate KIND --link PATH --control PATH …`: one line with its devices, until SIGTERM or SIGINT.

    Printers and displays may be on the network instead: ``--tcp 127.0.0.1:9100`` in place of ``--link``. ``together``
    runs several in one process: each argument is the command line of one.
    """
    options = _parser().parse_args(argv)
    try:
        lines = _together(options) if options.kind == "together" else [argv]
        each = [_parser().parse_args(line) for line in lines]
        asyncio.run(simulate_together([_simulated(one) for one in each]))
    except (OSError, ValueError) as error:
        print(f"yichuang simulate: {error}", file=sys.stderr)
        return 1
    return 0


def _together(options: argparse.Namespace) -> list[list[str]]:
    """The command lines of all. Raises OSError, ValueError when there is none."""
    written = options.file.read_text(encoding="utf-8").splitlines() if options.file else []
    words = [shlex.split(line, comments=True) for line in [*options.lines, *written]]
    if not any(words):
        raise ValueError("nothing to simulate: give the command line of at least one")
    return [line for line in words if line]


async def _simulated(options: argparse.Namespace) -> None:
    """One simulator until it is to stop. Raises OSError, ValueError."""
    for path in (getattr(options, "link", None), options.control):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
    control = options.control.absolute()
    if len(os.fsencode(control)) > SOCKET_PATH_BYTES:
        raise ValueError(f"{control}: too long for a socket → give --control, or TMPDIR, a shorter path")
    match options.kind:
        case "card":
            await simulate_card(options.reader, control, options.insert)
        case "scanner":
            await simulate_scanner(options.http, control, options.page_seconds, feeder=not options.no_feeder)
        case _ if options.link is None:
            serve = simulate_on_network if options.tcp else simulate_by_datagram
            await serve(options.tcp or options.udp, control, options.build(options))
        case "usb-keypads":
            await run_inputs(_place(options), options.ports, options.build(options))
        case _:
            await run(_place(options), options.build(options))


def _place(options: argparse.Namespace) -> Place:
    half_duplex = options.kind in HALF_DUPLEX
    return Place(options.link.absolute(), options.control.absolute(), options.baud, half_duplex, options.own_speed)


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
    printer = _kind(kinds, "printer", 115200, _printer, network=True)
    printer.add_argument("--paper", type=Path, help="folder for pictures of paper; default: beside the control socket")
    printer.add_argument("--mm-per-second", type=float, default=250.0, help="speed of the paper")
    printer.add_argument("--buffer", type=int, default=4096, help="bytes that wait while it cannot print")
    printer.add_argument("--xonxoff", action="store_true", help="say when the buffer is nearly full")
    printer.add_argument("--roll", type=int, choices=(58, 80), default=80, help="width of the paper in mm")
    printer.add_argument("--asb", action="store_true", help="automatic status is on at power-on")
    printer.add_argument("--no-pictures", action="store_true", help="nobody looks: draw nothing")
    displays = _kind(kinds, "displays", 9600, _displays, network=True, datagrams=True)
    displays.add_argument("--id-code", default="FFFFFFFF", help="cpower5200-network: four bytes in hex")
    displays.add_argument("--kind", dest="make", choices=tuple(KINDS), default="onbon-bx5k", help="which maker's cards")
    displays.add_argument("--addresses", type=_numbers, default=(1, 2, 3), help="screen numbers, 1,2,3")
    displays.add_argument("--size", type=_size, default=(160, 16), help="dots, 160x16")
    displays.add_argument("--unit", type=int, choices=(1, 8), default=8, help="dots in a unit of X and width")
    displays.add_argument("--start", type=int, default=0, help="modbus-text: first register of the text")
    displays.add_argument("--registers", type=int, default=16, help="modbus-text: registers of the text")
    displays.add_argument("--order", choices=("high-first", "low-first"), default="high-first", help="modbus-text")
    displays.add_argument("--pictures", type=Path, help="folder for pictures; default: beside the control socket")
    displays.add_argument("--no-pictures", action="store_true", help="nobody looks: draw nothing")
    keypads = _kind(kinds, "keypads", 9600, _keypads)
    keypads.add_argument("--callers", type=_numbers, default=(1, 2, 3), help="addresses below 128")
    keypads.add_argument("--keypads", type=_numbers, default=(129, 130, 131), help="addresses from 129")
    usb = _kind(kinds, "usb-keypads", 9600, _usb_keypads)
    usb.add_argument("--ports", type=_numbers, default=(1, 2), help="one keypad each; its socket is LINK-1, LINK-2 …")
    usb.add_argument("--grade-keys", default="12345", help="keys labelled worst to best")
    usb.add_argument("--jacks", type=_numbers, default=(), help="those that have a headphone's jack")
    pad = _kind(kinds, "ascii-pad", 9600, _ascii_pad)
    pad.add_argument("--address", type=int, default=1, help="by which number the control socket knows it")
    pad.add_argument("--grades", type=_messages, default=("35", "34", "33", "32", "31"), help="hex, worst to best")
    pad.add_argument("--keys", type=_messages, default=(), help="a caller's: 0=30,1=31,call=0D")
    for message in ("answer", "lit", "dark", "success", "failure", "number"):
        pad.add_argument(f"--{message}", default="", help="bytes from the host that mean this, in hex")
    card = kinds.add_parser("card", help="a card for vsmartcard's virtual PC/SC reader")
    card.add_argument("--reader", type=_address, default=("127.0.0.1", VPCD_PORT), help="where vpcd listens, HOST:PORT")
    card.add_argument("--control", type=Path, required=True, help="where the control socket is to be found")
    card.add_argument("--insert", help="the card that lies there from the beginning: social-2.00, bank …")
    scanner = kinds.add_parser("scanner", help="a driverless network scanner (eSCL)")
    scanner.add_argument("--http", type=_address, default=("127.0.0.1", 8080), help="where it listens, HOST:PORT")
    scanner.add_argument("--control", type=Path, required=True, help="where the control socket is to be found")
    scanner.add_argument("--page-seconds", type=float, default=1.0, help="what one side takes")
    scanner.add_argument("--no-feeder", action="store_true", help="it has a glass only")
    reader = _kind(kinds, "id-card-reader", 115200, _id_card_reader)
    reader.add_argument("--read-seconds", type=float, default=0.7, help="what a reading takes the module")
    _office(kinds)
    together = kinds.add_parser("together", help="several in one process")
    together.add_argument("lines", nargs="*", metavar="LINE", help="the command line of one, as one argument")
    together.add_argument("--from", dest="file", type=Path, help="a file with such lines; # begins a remark")
    return parser


def _office(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    office = kinds.add_parser("office-printer", help="an office printer that speaks IPP, at ipp://HOST:PORT/ipp/print")
    office.add_argument("--tcp", type=_address, required=True, help="where it listens, 127.0.0.1:8631")
    office.add_argument("--control", type=Path, required=True, help="where the control socket is to be found")
    office.add_argument("--jobs", type=Path, help="folder for what it is given; default: beside the control socket")
    office.add_argument("--sheets", type=int, default=250, help="sheets in its trays")
    office.add_argument("--first-serial", type=int, default=1, help="number on the next sheet of tray-2")
    office.add_argument("--page-seconds", type=float, default=0.4, help="what a sheet takes")
    office.add_argument("--raster-only", action="store_true", help="takes dots, no PDF: what came out can be looked at")
    office.add_argument("--print-job-only", action="store_true", help="no Create-Job and Send-Document")
    office.set_defaults(build=_office_printer, link=None)


def _kind(
    kinds: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    baud: int,
    build: object,
    *,
    network: bool = False,
    datagrams: bool = False,
) -> argparse.ArgumentParser:
    kind = kinds.add_parser(name)
    place = kind.add_mutually_exclusive_group(required=True)
    place.add_argument("--link", type=Path, help="where the port is to be found")
    if network:
        place.add_argument("--tcp", type=_address, help="where it listens instead, 127.0.0.1:9100")
    if datagrams:
        place.add_argument("--udp", type=_address, help="where it takes datagrams instead, 127.0.0.1:5007")
    kind.add_argument("--control", type=Path, required=True, help="where the control socket is to be found")
    kind.add_argument("--baud", type=int, default=baud, help="speed until the other side sets its port")
    kind.add_argument("--own-speed", action="store_true", help="heard at --baud only, as real devices are")
    kind.set_defaults(build=build)
    return kind


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))


def _messages(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def _size(text: str) -> tuple[int, int]:
    width, height = text.split("x")
    return int(width), int(height)


def _pictures(options: argparse.Namespace, asked: Path | None) -> Path | None:
    control: Path = options.control
    if options.no_pictures:
        return None
    return (asked or control.with_name(f"{control.stem}-pictures")).absolute()


def _printer(options: argparse.Namespace) -> Build:
    from simulators.printer.paper import WIDTHS
    from simulators.printer.printer import Printer
    from simulators.printer.tray import Tray

    folder = _pictures(options, options.paper)

    def build(line: Wire, emit: Emit) -> Printer:
        return Printer(
            line,
            Tray(folder, emit, WIDTHS[options.roll]),
            emit,
            mm_per_second=options.mm_per_second,
            buffer=options.buffer,
            xonxoff=options.xonxoff,
            automatic=options.asb,
        )

    return build


def _displays(options: argparse.Namespace) -> Build:
    from simulators.displays.bus import Displays
    from simulators.displays.dots import Panel
    from simulators.displays.kinds import kind_named

    panel = Panel(width=options.size[0], height=options.size[1], unit=options.unit)
    more: dict[str, dict[str, object]] = {
        "modbus-text": {"start": options.start, "registers": options.registers, "order": options.order},
        "cpower5200-network": {"id_code": bytes.fromhex(options.id_code)},
    }
    kind = kind_named(options.make, **more.get(options.make, {}))
    folder = _pictures(options, options.pictures)
    return partial(Displays, addresses=options.addresses, panel=panel, folder=folder, kind=kind)


def _keypads(options: argparse.Namespace) -> Build:
    from simulators.keypads.bus import Keypads

    return partial(Keypads, callers=options.callers, keypads=options.keypads)


def _usb_keypads(options: argparse.Namespace) -> BuildInputs:
    from simulators.keypads.usb import UsbKeypads

    return partial(UsbKeypads, grade_keys=options.grade_keys, jacks=options.jacks)


def _ascii_pad(options: argparse.Namespace) -> Build:
    from simulators.keypads.ascii import AsciiPad, Table

    keys = dict(part.split("=", 1) for part in options.keys)
    heard = {name: getattr(options, name) for name in ("answer", "lit", "dark", "success", "failure", "number")}
    return partial(AsciiPad, address=options.address, table=Table(keys, options.grades, **heard))


def _id_card_reader(options: argparse.Namespace) -> Build:
    from simulators.id_card_reader.reader import Reader

    return partial(Reader, read_seconds=options.read_seconds)


def _office_printer(options: argparse.Namespace) -> Callable[[Wire, Emit], Station]:
    from simulators.office_printer.abilities import FORMATS
    from simulators.office_printer.printer import OfficePrinter

    control: Path = options.control
    return partial(
        OfficePrinter,
        folder=(options.jobs or control.with_name(f"{control.stem}-jobs")).absolute(),
        page_seconds=options.page_seconds,
        sheets=options.sheets,
        first_serial=options.first_serial,
        in_two_steps=not options.print_job_only,
        formats=FORMATS[1:] if options.raster_only else FORMATS,
    )
