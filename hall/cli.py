"""Command lines of the hall: the server, its certificates, its clerks' PINs."""

from __future__ import annotations

import argparse
import getpass
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hall.pins import hashed

if TYPE_CHECKING:
    from config.hall import Catalogue, HallSettings
    from config.loader import Loaded


def hall(argv: list[str]) -> int:
    """`yichuang hall SETTINGS`: 0 after a clean stop, 2 for settings that cannot run, 1 for what went wrong later."""
    parser = argparse.ArgumentParser("yichuang hall", description="The hall server.")
    parser.add_argument("settings", type=Path)
    arguments = parser.parse_args(argv)
    from config.hall import load_hall  # the other command lines need none of this
    from config.problem import SettingsError
    from hall.files import certificates_must_exist

    try:
        settings, catalogue = load_hall(arguments.settings)
        certificates_must_exist(settings)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    return _run(settings, catalogue)


def _run(settings: Loaded[HallSettings], catalogue: Loaded[Catalogue]) -> int:
    import uvloop

    from config.logs import configure_logs
    from hall.main import CannotListen, run
    from hall.store.database import WrongDatabase

    configure_logs()
    code = 0
    try:
        uvloop.run(run(settings, catalogue))
    except* WrongDatabase as group:
        what = group.exceptions[0]
        print(f"{settings.file}: {what}\n    → give [hall] data a folder of its own", file=sys.stderr)
        code = 2
    except* CannotListen as group:
        print(*group.exceptions, sep="\n", file=sys.stderr)
        code = 1
    return code


def ca(argv: list[str]) -> int:
    """`yichuang ca init|issue|slip-key …`: 0, or 1 when a file stands in the way or is missing."""
    arguments = _ca_parser().parse_args(argv)
    from hall import ca as authority

    try:
        if arguments.act == "init":
            authority.init(arguments.folder)
        elif arguments.act == "slip-key":
            authority.slip_key(arguments.file)
        else:
            for name in arguments.names:
                authority.issue(arguments.folder, name, arguments.role, arguments.days)
    except FileExistsError as error:
        print(f"{error.filename}: exists already\n    → move it away first; nothing was overwritten", file=sys.stderr)
        return 1
    except FileNotFoundError as error:
        print(f"{error.filename}: no such file\n    → run: yichuang ca init DIR", file=sys.stderr)
        return 1
    return 0


def _ca_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("yichuang ca", description="Certificates of the hall's own.")
    acts = parser.add_subparsers(dest="act", required=True)
    init = acts.add_parser("init", help="a new authority: DIR/ca.pem, DIR/ca.key")
    init.add_argument("folder", metavar="DIR", type=Path)
    issue = acts.add_parser("issue", help="certificates DIR/NAME.pem, keys DIR/NAME.key")
    issue.add_argument("folder", metavar="DIR", type=Path)
    issue.add_argument("names", metavar="NAME", nargs="+", type=_name)
    issue.add_argument("--role", choices=("box", "observer", "hall"), default="box")
    issue.add_argument("--days", type=int, default=825)
    slip = acts.add_parser("slip-key", help="a kiosk's key to sign slips with (Ed25519, PEM)")
    slip.add_argument("file", metavar="FILE", type=Path)
    return parser


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}", text) or text == "ca":
        raise argparse.ArgumentTypeError(f"{text!r} is no name for a file and a certificate")
    return text


def pin(argv: list[str]) -> int:
    """`yichuang pin`: reads a PIN, from a terminal unseen, and prints the line for [[clerk]] pin."""
    argparse.ArgumentParser("yichuang pin", description="Reads a PIN, prints its line for the settings.").parse_args(
        argv
    )
    secret = getpass.getpass("PIN: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if not secret:
        print("no PIN given\n    → type it, or pipe one line in", file=sys.stderr)
        return 2
    print(hashed(secret))
    return 0
