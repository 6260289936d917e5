"""`yichuang hall enrol|revoke SETTINGS BOX`, `yichuang ca sign CSR`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.hall import HallSettings
    from config.loader import Loaded


def enrol_parser() -> argparse.ArgumentParser:
    """Of `yichuang hall enrol`."""
    told = "Makes a one-time code with which a machine becomes this box of a running hall: yichuang setup asks for it."
    parser = argparse.ArgumentParser("yichuang hall enrol", description=told)
    parser.add_argument("settings", metavar="SETTINGS", type=Path)
    parser.add_argument("box", metavar="BOX", help="the name of a [[box]] of the settings")
    parser.add_argument("--plain", action="store_true", help="the code alone, for another program")
    return parser


def revoke_parser() -> argparse.ArgumentParser:
    """Of `yichuang hall revoke`."""
    told = "Cuts a box off, or one certificate: a running hall believes it no more, whatever its dates say."
    parser = argparse.ArgumentParser("yichuang hall revoke", description=told)
    parser.add_argument("settings", metavar="SETTINGS", type=Path)
    parser.add_argument("box", metavar="BOX", help="its name, or a certificate's serial in hex")
    return parser


def enrol(settings: Loaded[HallSettings], arguments: argparse.Namespace) -> int:
    """Print the code."""
    from hall.own_call import NotDone, ask

    try:
        made = ask(settings, "POST", "/api/enrolment/code", {"box": arguments.box})
    except NotDone as error:
        known = " ".join(box.name for box in settings.values.box)
        print(f"{error}\n    → boxes of these settings: {known}", file=sys.stderr)
        return 1
    if arguments.plain:
        print(made["code"])
    else:
        print(f"{arguments.box}: {made['code']}\n    → on the box, within {made['minutes']} minutes: yichuang setup")
    return 0


def revoke(settings: Loaded[HallSettings], arguments: argparse.Namespace) -> int:
    """Say who is cut off."""
    from hall.own_call import NotDone, ask

    try:
        told = ask(settings, "POST", "/api/enrolment/revoke", {"box": arguments.box})
    except NotDone as error:
        print(f"{error}\n    → give a box's name, or a serial: openssl x509 -noout -serial -in FILE", file=sys.stderr)
        return 1
    print(f"{told['box']}: cut off\n    → a new machine for it: yichuang hall enrol {settings.file} {told['box']}")
    return 0


def sign(folder: Path, file: Path, days: int) -> int:
    """Certify a box's request where the CA's key is; ``NAME.pem`` stands beside the request then."""
    from hall.ca import Authority, BadRequest, named_in, write_new

    try:
        csr = file.read_text(encoding="ascii")
        name = named_in(csr)
        signed = Authority(folder / "ca.pem", folder / "ca.key").sign(csr, name, "box", days)
        to = file.with_name(f"{name}.pem")
        write_new(to, signed.certificate.encode())
    except BadRequest as error:
        print(f"{file}: {error}\n    → make it on the box: yichuang enrol --offline", file=sys.stderr)
        return 1
    except UnicodeDecodeError:
        print(f"{file}: no certificate request\n    → make it on the box: yichuang enrol --offline", file=sys.stderr)
        return 1
    print(f"{to}\n    → take it and {folder / 'ca.pem'} to the box")
    return 0
