"""The command lines of a technician: probe, monitor."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Sequence

from config.wording import LANGUAGES
from workshop.simulated import NotStarted

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
        findings = asyncio.run(ask(wanted, Machine(), _tell))
    except KeyboardInterrupt:
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


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))
