"""`yichuang diagnostics [BOX]`: what is wrong with a box or the whole hall, and what mends it."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import signal
import ssl
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from config.problem import SettingsError
from config.wording import LANGUAGES, one_line
from screens.diagnostics.here import SETTINGS, BoxHere, box_here

if TYPE_CHECKING:
    import httpx

    from screens.diagnostics.app import Diagnostics
    from screens.diagnostics.terminal import Terminal
    from screens.diagnostics.view import View

LEAVE_S = 5
CODES = "exit code: 0 left by the technician · 2 it could not begin: settings, certificate or library"


class CannotBegin(Exception):
    """Why not, in every language."""


def diagnostics(argv: Sequence[str]) -> int:
    """Run the terminal until the technician leaves it."""
    options = _parser().parse_args(argv)
    try:
        return _run(options)
    except (SettingsError, CannotBegin) as refused:
        print(refused, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    home = Path.home() / ".config" / "yichuang"
    parser = argparse.ArgumentParser(
        prog="yichuang diagnostics", description="what is wrong with a box, and what mends it", epilog=CODES
    )
    parser.add_argument("box", nargs="?", default="", metavar="BOX", help="a box of the hall; this one when left out")
    parser.add_argument("--hall", action="store_true", help="all boxes of the hall")
    parser.add_argument("--settings", type=Path, default=SETTINGS, help=f"of the box on this machine ({SETTINGS})")
    parser.add_argument("--url", help="of the hall, https://…; as the settings have it when left out")
    parser.add_argument("--ca", type=Path, help="of the hall; as the settings have it when left out")
    parser.add_argument("--certificate", type=Path, default=home / "technician.pem", help="a technician's")
    parser.add_argument("--key", type=Path, default=home / "technician.key", help="of that certificate")
    parser.add_argument("--who", default="", help="your name, as clerk and hall are told who has a device")
    parser.add_argument("--save-to", type=Path, default=Path(), help="the folder for support bundles (this one)")
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    parser.add_argument("--light", action="store_true", help="dark on light")
    return parser


def _run(options: argparse.Namespace) -> int:
    try:
        from screens.diagnostics.app import Diagnostics
    except ModuleNotFoundError as missing:
        if missing.name and missing.name.startswith(("textual", "rich")):
            raise CannotBegin(one_line("diagnostics", "no-textual")) from None
        raise
    from screens.diagnostics.colours import DARK, LIGHT
    from screens.diagnostics.terminal import Terminal
    from screens.diagnostics.tongue import Tongue

    who = options.who or os.environ.get("SUDO_USER") or getpass.getuser()
    terminal = Terminal(who, options.save_to.resolve(), time.monotonic, Tongue(options.language))
    client, first = _first(options, terminal)
    app = Diagnostics(terminal, first, theme=LIGHT if options.light else DARK)
    asyncio.run(_until_left(app, terminal, client))
    return app.return_code or 0


def _first(options: argparse.Namespace, terminal: Terminal) -> tuple[httpx.AsyncClient, View]:
    """Whom it asks, and the first screen. Raises SettingsError, CannotBegin."""
    from screens.diagnostics.boxes import BoxesView
    from screens.diagnostics.child import MaintenanceChild
    from screens.diagnostics.client import BoxClient, HallClient, on_this_machine
    from screens.diagnostics.home import HomeView

    here = _here(options)
    if here is not None and not options.hall and options.box in ("", here.name):
        client = on_this_machine(here.socket)
        visit = terminal.visit(here.name, BoxClient(client), MaintenanceChild(here.file))
        return client, HomeView(terminal, visit)
    client = _hall(options, here)
    hall = HallClient(client)
    if options.hall or not options.box:
        terminal.hall = hall
        return client, BoxesView(terminal)
    return client, HomeView(terminal, terminal.visit(options.box, hall.box(options.box)))


def _here(options: argparse.Namespace) -> BoxHere | None:
    """The box on this machine; None where there is none and none is needed. Raises SettingsError."""
    try:
        return box_here(options.settings)
    except SettingsError:
        if options.url and (options.hall or options.box):
            return None
        raise


def _hall(options: argparse.Namespace, here: BoxHere | None) -> httpx.AsyncClient:
    from screens.diagnostics.client import at_the_hall

    url = options.url or (here.hall_url if here else "")
    ca = options.ca or (here.hall_ca if here else None)
    if not url or ca is None:
        raise CannotBegin(one_line("diagnostics", "no-hall"))
    for file in (ca, options.certificate, options.key):
        if not os.access(file, os.R_OK):
            raise CannotBegin(one_line("diagnostics", "no-certificate", file=file))
    try:
        return at_the_hall(url, ca, options.certificate, options.key)
    except (OSError, ssl.SSLError):
        raise CannotBegin(one_line("diagnostics", "bad-certificate", file=options.certificate)) from None


async def _until_left(app: Diagnostics, terminal: Terminal, client: httpx.AsyncClient) -> None:
    """Whatever ends it, key, signal or bug: leases go back, and what it began ends with it."""
    loop = asyncio.get_running_loop()

    def leave(*_: object) -> None:
        # Drawing on a terminal that is gone may block for ever: then the alarm ends us, and the kernel our child.
        signal.alarm(LEAVE_S)
        loop.call_soon_threadsafe(app.exit)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)  # also while the loop stands still
    try:
        await app.run_async()
    finally:
        await terminal.close()
        await client.aclose()
