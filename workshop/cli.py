"""The command lines of a technician: probe, monitor, setup."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

from config.wording import LANGUAGES
from workshop.simulated import NotStarted

T = TypeVar("T")

STOPPED = 128 + signal.SIGINT

PROBE_CODES = """\
exit code: 0 something was found · 1 the simulators did not come up · 2 a wrong command line ·
3 nothing was found, or all that is there is silent, taken or cannot be opened · 130 Ctrl-C
"""


def probe(argv: Sequence[str]) -> int:
    """`yichuang probe [PORT …]`: what is plugged in, and the settings for it. Prints nothing on any printer."""
    parser = argparse.ArgumentParser(
        prog="yichuang probe", description="what is plugged in, and the settings for it", epilog=PROBE_CODES
    )
    parser.add_argument("ports", nargs="*", metavar="PORT", help="only these: a serial port, tcp:ADDRESS:PORT, usb:…")
    parser.add_argument("--simulated", action="store_true", help="show it on simulators, ended afterwards")
    parser.add_argument("--baud", type=_numbers, help="speeds to try, 9600,115200")
    parser.add_argument("--listen", type=float, default=0.0, metavar="SECONDS", help="for keys, where nobody answers")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    options = parser.parse_args(argv)
    from workshop.probe.block import settings_block
    from workshop.probe.machine import Machine
    from workshop.probe.report import report
    from workshop.probe.run import Wanted, probe_simulated
    from workshop.probe.run import probe as run

    wanted = Wanted(tuple(options.ports), language=options.language, listen_seconds=options.listen)
    if options.baud:
        wanted = Wanted(wanted.ports, options.baud, wanted.listen_seconds, wanted.language)
    ask = probe_simulated if options.simulated else run
    try:
        findings = _run(ask(wanted, Machine(), _tell))
    except _Stopped:
        return STOPPED
    except ValueError as wrong:
        parser.error(str(wrong))
    except NotStarted as failure:
        print(f"yichuang probe: {failure}", file=sys.stderr)
        return 1
    if options.json:
        told = {"ports": [f.as_object() for f in findings], "settings": settings_block(findings, options.language)}
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print(report(findings, options.language), end="")
    return 0 if any(finding.devices for finding in findings) else 3


MONITOR_CODES = """\
exit code: 0 ended, or the simulator answered as recorded · 1 the line or the recording is not to be had ·
2 a wrong command line · 3 the simulator answered otherwise
"""


def monitor(argv: Sequence[str]) -> int:
    """`yichuang monitor PORT`: what is said on a line, decoded and in hex, personal values masked."""
    parser = _monitor_parser()
    options = parser.parse_args(argv)
    from workshop.monitor.recording import NoRecording
    from workshop.monitor.replay import CannotReplay
    from workshop.monitor.run import Refused, Shown, replayed, show_file, watch
    from workshop.monitor.sources import NotListening

    shown = Shown(print, options.language)
    try:
        if options.replay is not None:
            return _run(replayed(options.replay, options.into, options.baud, shown))
        if Path(options.port).is_file():
            return show_file(Path(options.port), shown)
        _run(
            watch(options.port, options.through, options.model, options.baud, options.record, shown),
        )
    except _Stopped:
        return 0
    except (ValueError, Refused) as wrong:
        parser.error(str(wrong))
    except (NotListening, NoRecording, CannotReplay) as failure:
        print(f"yichuang monitor: {failure}", file=sys.stderr)
        return 1
    return 0


def _monitor_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yichuang monitor", description="what is said on a line, both ways", epilog=MONITOR_CODES
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "port",
        nargs="?",
        metavar="PORT",
        help="a port that a box on this machine has, or one that only listens; or a recording",
    )
    what.add_argument("--replay", type=Path, metavar="FILE", help="say the host's side of a recording to a simulator")
    parser.add_argument("--into", metavar="PORT", help="the simulator's port")
    parser.add_argument(
        "--through", type=Path, metavar="LINK", help="stand between: let the host open LINK instead of PORT"
    )
    parser.add_argument("--model", action="append", default=[], help="who is on the line; repeat for several")
    parser.add_argument("--baud", type=int, help="speed of the port; default 9600, or the recording's")
    parser.add_argument("--record", type=Path, metavar="FILE", help="write it down too, masked")
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    return parser


SETUP_CODES = """\
exit code: 0 the box stands and its devices are well · 1 it stands, and a device is not well ·
2 a wrong command line or file of answers · 3 not done · 130 Ctrl-C
"""


def setup(argv: Sequence[str]) -> int:
    """`yichuang setup`: a machine with its devices becomes a box of the hall, or nothing of it is changed."""
    options = _setup_parser().parse_args(argv)
    from config.problem import SettingsError
    from workshop.setup.asked import NotDone, ending_of, setup_of, told_of

    def write(line: str) -> None:
        print(line, flush=True)

    try:
        return _run(setup_of(options, write).run())
    except _Stopped:
        write(told_of("stopped", {}, options.language))
        return STOPPED
    except SettingsError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except (*NotDone, OSError) as why:
        print(told_of(*ending_of(why), options.language), file=sys.stderr)
        return 3


def _setup_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yichuang setup", description="make this machine a box of the hall", epilog=SETUP_CODES
    )
    parser.add_argument("--simulated", action="store_true", help="simulated devices, mode demo, without questions")
    parser.add_argument("--replace", metavar="BOX", default="", help="take the place of a broken box: its name goes on")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="TOML; whatever it does not say is asked for")
    parser.add_argument("--name", default="", help="the box's name in the hall's settings")
    parser.add_argument("--hall", default="", metavar="URL", help="https://ADDRESS:PORT")
    parser.add_argument("--code", default="", help="the one-time code of the hall's page of enrolment")
    parser.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="write below DIR; for trials")
    parser.add_argument("--no-check", action="store_true", help="let no device show that it works")
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    return parser


class _Stopped(Exception):
    """Somebody said stop, by Ctrl-C or SIGTERM."""


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Until it ends, or is told to: what it has begun is then ended too. Raises _Stopped."""

    async def stoppable() -> T:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        if task is None:
            raise RuntimeError("asyncio runs tasks")
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        try:
            return await work
        except asyncio.CancelledError:
            raise _Stopped from None

    return asyncio.run(stoppable())


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))
