"""`yichuang enrol`: key and certificate of a box, by a one-time code or for the CA's own machine to sign."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from config.wording import one_line
from device.sync.enrolment import NotEnrolled, Place, request
from device.sync.enrolment import enrol as ask
from hall.contract.enrolment import typed

ROOM = "setup"


def enrol(argv: list[str], say: Callable[[str], None]) -> int:
    """0: the files stand there; 1: the hall or the disk refused, nothing was changed; 2: no code that can be one."""
    arguments = _parser().parse_args(argv)
    complain: Callable[[str], object] = lambda line: sys.stderr.write(f"{line}\n")  # noqa: E731
    folder: Path = arguments.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if arguments.offline:
            csr = request(arguments.box, folder)
            say(one_line(ROOM, "request-made", file=csr, box=arguments.box))
            return 0
        code = typed(arguments.code or sys.stdin.readline())
        place = Place(folder / f"{arguments.box}.pem", folder / "ca.pem")
        ask(arguments.url, arguments.box, code, place)
    except ValueError:
        complain(one_line(ROOM, "no-code"))
        return 2
    except NotEnrolled as refused:
        complain(one_line(ROOM, refused.why, box=arguments.box, url=arguments.url))
        return 1
    except OSError as failed:
        complain(one_line(ROOM, "not-written", file=failed.filename or folder, why=failed.strerror or failed))
        return 1
    say(one_line(ROOM, "enrolled", box=arguments.box, file=place.own))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("yichuang enrol", description="make this machine a box of the hall")
    parser.add_argument("url", metavar="URL", help="the hall, https://ADDRESS:PORT")
    parser.add_argument("box", metavar="BOX", help="the box's name in the hall's settings")
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="for BOX.pem (key and certificate) and ca.pem")
    parser.add_argument("--code", default="", help="the one-time code; a line of standard input when left out")
    parser.add_argument("--offline", action="store_true", help="only BOX.key and BOX.csr, for yichuang ca sign")
    return parser
