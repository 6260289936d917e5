"""Command lines of the hall: the server, its certificates, its clerks' PINs."""

from __future__ import annotations

import argparse
import faulthandler
import getpass
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from config.pins import hashed
from hall.enrolment import cli as enrolment

if TYPE_CHECKING:
    from config.catalogue import Catalogue
    from config.hall import HallSettings
    from config.loader import Loaded


def hall(argv: list[str]) -> int:
    """`yichuang hall SETTINGS`: 0 after a clean stop, 2 for settings that cannot run, 1 for what went wrong later.

    `yichuang hall ACT SETTINGS …`, one of those below: 0 when it is done, 1 when not.
    `yichuang hall boxes SETTINGS`: 0 when all boxes are ready for the doors to open.
    """
    parsers = {
        "backup": _backup_parser,
        "rebuild": _rebuild_parser,
        "roll-back": _roll_back_parser,
        "absent": _absent_parser,
        "notice": _notice_parser,
        "alarm": _alarm_parser,
        "boxes": _boxes_parser,
        "enrol": enrolment.enrol_parser,
        "revoke": enrolment.revoke_parser,
        "settings": _settings_parser,
    }
    act = argv[0] if argv and argv[0] in parsers else "serve"
    arguments = parsers[act]().parse_args(argv[1:]) if act in parsers else _serve_parser().parse_args(argv)
    from config.hall import load_hall  # the other command lines need none of this
    from config.problem import SettingsError
    from hall.files import certificates_must_exist

    try:
        settings, catalogue = load_hall(arguments.settings)
        if act not in ("backup", "rebuild", "roll-back"):
            certificates_must_exist(settings)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    if act == "serve":
        return _run(settings, catalogue)
    acts = {
        "backup": _backup,
        "rebuild": _rebuild,
        "roll-back": _roll_back,
        "absent": _absent,
        "notice": _notice,
        "alarm": _alarm,
        "boxes": _boxes,
        "settings": _settings,
    }
    acts |= {"enrol": enrolment.enrol, "revoke": enrolment.revoke}
    return acts[act](settings, arguments)


def _serve_parser() -> argparse.ArgumentParser:
    more = (
        "yichuang hall backup|rebuild|absent SETTINGS …: a copy of its database; a new one from copy and boxes."
        " yichuang hall notice|alarm SETTINGS …: what every screen of a running hall shows."
        " yichuang hall boxes SETTINGS: which boxes are not ready, and why."
        " yichuang hall enrol|revoke SETTINGS BOX: who belongs to it"
    )
    parser = argparse.ArgumentParser("yichuang hall", description="The hall server.", epilog=more)
    parser.add_argument("settings", metavar="SETTINGS", type=Path)
    return parser


def _backup_parser() -> argparse.ArgumentParser:
    told = "Copies the hall's database, whether the hall runs or not."
    parser = argparse.ArgumentParser("yichuang hall backup", description=told)
    parser.add_argument("settings", metavar="SETTINGS", type=Path)
    parser.add_argument("--to", metavar="DIR", type=Path, help="instead of [hall] backups")
    return parser


def _rebuild_parser() -> argparse.ArgumentParser:
    told = "Puts a backup, or an empty database, in place of one that is lost. The boxes tell the rest."
    parser = argparse.ArgumentParser("yichuang hall rebuild", description=told)
    parser.add_argument("settings", metavar="SETTINGS", type=Path)
    parser.add_argument("--backup", metavar="FILE", type=Path, help="the newest that there is; nothing when left out")
    return parser


def _roll_back_parser() -> argparse.ArgumentParser:
    told = "After an older program was installed: moves a newer one's database aside, and goes on with the last copy."
    parser = argparse.ArgumentParser("yichuang hall roll-back", description=told)
    parser.add_argument("settings", metavar="SETTINGS", type=Path)
    return parser


def _absent_parser() -> argparse.ArgumentParser:
    told = "Tells a recovering hall not to wait for these boxes: what only they know is missing until they return."
    parser = argparse.ArgumentParser("yichuang hall absent", description=told)
    parser.add_argument("settings", metavar="SETTINGS", type=Path)
    parser.add_argument("boxes", metavar="BOX", nargs="+")
    return parser


def _notice_parser() -> argparse.ArgumentParser:
    told = "Puts a notice up on the boards of a running hall, or takes one down; without either, tells what is up."
    parser = argparse.ArgumentParser("yichuang hall notice", description=told)
    parser.add_argument("settings", metavar="SETTINGS", type=Path)
    parser.add_argument("text", metavar="TEXT", nargs="?", default="")
    parser.add_argument("--en", metavar="TEXT", default="", help="the same in English")
    parser.add_argument("--down", metavar="ID", default="", help="take this one down")
    return parser


def _alarm_parser() -> argparse.ArgumentParser:
    told = "Tells everybody in the hall to leave, on every screen, until it is over; or practises it."
    parser = argparse.ArgumentParser("yichuang hall alarm", description=told)
    parser.add_argument("settings", metavar="SETTINGS", type=Path)
    parser.add_argument("kind", choices=("evacuate", "exercise", "over"))
    parser.add_argument("text", metavar="TEXT", nargs="?", default="", help="where to, or what to do")
    parser.add_argument("--en", metavar="TEXT", default="", help="the same in English")
    return parser


def _boxes_parser() -> argparse.ArgumentParser:
    told = "Tells which boxes of a running hall are not ready, why, and what to do; exit code 1 when there is one."
    parser = argparse.ArgumentParser("yichuang hall boxes", description=told)
    parser.add_argument("settings", metavar="SETTINGS", type=Path)
    return parser


def _settings_parser() -> argparse.ArgumentParser:
    told = "Signs settings for a box, which fetches them within a minute; without FILE, tells what stands there."
    parser = argparse.ArgumentParser("yichuang hall settings", description=told)
    parser.add_argument("settings", metavar="SETTINGS", type=Path)
    parser.add_argument("box", metavar="BOX")
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="TOML; an empty one takes all back")
    return parser


def _settings(settings: Loaded[HallSettings], arguments: argparse.Namespace) -> int:
    from hall.clock import SystemClock
    from hall.sent_settings import NotSigned, hand_over, told

    try:
        if arguments.file is not None:
            hand_over(settings, arguments.box, arguments.file, SystemClock().wall_ms())
        print(told(settings, arguments.box))
    except NotSigned as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _backup(settings: Loaded[HallSettings], arguments: argparse.Namespace) -> int:
    from hall.backup import make
    from hall.clock import SystemClock
    from hall.files import places
    from hall.store.database import CopyFailed

    at = places(settings)
    folder = arguments.to or at.backups
    try:
        made = make(at.database, folder, SystemClock().wall_ms())
    except CopyFailed as failed:
        print(f"{failed}\n    → no copy was made; those made before are as they were", file=sys.stderr)
        return 1
    print(folder / made.file)
    return 0


def _rebuild(settings: Loaded[HallSettings], arguments: argparse.Namespace) -> int:
    from hall.files import places
    from hall.rebuild import Stands, rebuild
    from hall.store.database import CopyFailed

    file = places(settings).database
    try:
        rebuild(file, arguments.backup)
    except Stands as standing:
        print(f"{standing}: stands there\n    → stop the hall, and move the whole folder away first", file=sys.stderr)
        return 1
    except CopyFailed as failed:
        print(f"{failed}\n    → take another backup, or none: the boxes know two days", file=sys.stderr)
        return 1
    print(f"{file}\n    → now run: yichuang hall {settings.file}: it is whole when every box has spoken")
    return 0


def _roll_back(settings: Loaded[HallSettings], _: argparse.Namespace) -> int:
    from hall.files import places
    from hall.rollback import NoWayBack, roll_back
    from hall.store.database import CopyFailed

    try:
        moved = roll_back(places(settings))
    except (NoWayBack, CopyFailed) as why:
        print(f"{why}\n    → install the newer program again; its database is as it was", file=sys.stderr)
        return 1
    if moved is None:
        print("the database is not newer than this program: nothing to do")
    else:
        aside, copy = moved
        print(f"{aside}: the newer database\n{copy}: stands in its place; the boxes tell the rest")
    return 0


def _absent(settings: Loaded[HallSettings], arguments: argparse.Namespace) -> int:
    from hall.absent import declare
    from hall.own_call import NotDone

    try:
        awaited = declare(settings, arguments.boxes)
    except NotDone as error:
        print(f"{error}\n    → see who is waited for on the hall's own page", file=sys.stderr)
        return 1
    print("still waited for: " + " ".join(awaited) if awaited else "nobody is waited for any more")
    return 0


def _notice(settings: Loaded[HallSettings], arguments: argparse.Namespace) -> int:
    from hall.own_call import NotDone, ask

    try:
        if arguments.down:
            ask(settings, "DELETE", f"/api/notices/{arguments.down}")
        elif arguments.text:
            print(ask(settings, "POST", "/api/notices", {"zh": arguments.text, "en": arguments.en})["id"])
        else:
            for notice in ask(settings, "GET", "/api/notices"):
                print(notice["id"], notice["text"]["zh"], notice["text"]["en"])
    except NotDone as error:
        print(f"{error}\n    → see what is up: yichuang hall notice {settings.file}", file=sys.stderr)
        return 1
    return 0


def _alarm(settings: Loaded[HallSettings], arguments: argparse.Namespace) -> int:
    from hall.own_call import NotDone, ask

    try:
        if arguments.kind == "over":
            ask(settings, "DELETE", "/api/alarm")
        else:
            ask(settings, "POST", "/api/alarm", {"kind": arguments.kind, "zh": arguments.text, "en": arguments.en})
    except NotDone as error:
        print(f"{error}\n    → tell people yourself, now", file=sys.stderr)
        return 1
    return 0


def _boxes(settings: Loaded[HallSettings], _arguments: argparse.Namespace) -> int:
    from hall.boxes.printed import all_in_order, boxes_of, printed
    from hall.own_call import NotDone

    try:
        told = boxes_of(settings)
    except NotDone as error:
        print(f"{error}\n    → is the hall running? look at its log", file=sys.stderr)
        return 1
    print(*printed(told), sep="\n")
    return 0 if all_in_order(told) else 1


def _run(settings: Loaded[HallSettings], catalogue: Loaded[Catalogue]) -> int:
    import uvloop

    from config.logs import configure_logs
    from hall.enrolment.desk import CannotEnrol
    from hall.main import CannotListen, run
    from hall.store.database import WrongDatabase

    configure_logs("yichuang-hall")
    faulthandler.enable()  # the watchdog's SIGABRT: where each thread stood goes into the log
    code = 0
    try:
        uvloop.run(run(settings, catalogue))
    except* WrongDatabase as group:
        what = group.exceptions[0]
        print(f"{settings.file}: {what}\n    → give [hall] data a folder of its own", file=sys.stderr)
        code = 2
    except* (CannotListen, CannotEnrol) as group:
        print(*group.exceptions, sep="\n", file=sys.stderr)
        code = 1
    return code


def ca(argv: list[str]) -> int:
    """`yichuang ca init|issue|sign|slip-key …`: 0, or 1 when a file stands in the way or is missing."""
    arguments = _ca_parser().parse_args(argv)
    from hall import ca as authority

    try:
        if arguments.act == "init":
            authority.init(arguments.folder)
        elif arguments.act == "settings-key":
            print(authority.settings_key(arguments.file))
        elif arguments.act == "slip-key":
            authority.slip_key(arguments.file)
        elif arguments.act == "sign":
            return enrolment.sign(arguments.folder, arguments.csr, arguments.days)
        else:
            for name in arguments.names:
                authority.issue(arguments.folder, name, arguments.role, arguments.days, arguments.addresses)
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
    told = "counter: of a box's [pairing]; NAME is then the address that clerks' PCs open, without its port"
    issue.add_argument("--role", choices=("box", "observer", "technician", "hall", "counter"), default="box", help=told)
    called = "of a server: another name or address by which boxes and browsers call it; may be given again"
    issue.add_argument(
        "--address", dest="addresses", metavar="ADDRESS", type=_name, action="append", default=[], help=called
    )
    issue.add_argument("--days", type=int, default=825)
    sign = acts.add_parser("sign", help="a certificate for a box's request, beside it: NAME.pem")
    sign.add_argument("folder", metavar="DIR", type=Path)
    sign.add_argument("csr", metavar="CSR", type=Path)
    sign.add_argument("--days", type=int, default=825)
    slip = acts.add_parser("slip-key", help="a kiosk's key to sign slips with (Ed25519, PEM)")
    slip.add_argument("file", metavar="FILE", type=Path)
    signs = acts.add_parser("settings-key", help="the hall's key to sign settings with; prints the line for each box")
    signs.add_argument("file", metavar="FILE", type=Path)
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
