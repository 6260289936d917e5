"""`yichuang device SETTINGS`: run the daemon of one box."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import uvloop

from config.logs import configure_logs
from config.problem import SettingsError


def device(argv: list[str]) -> int:
    """Run a box until it is told to stop. Exit code 2: its settings are refused; 1: a bug; 75: it is to start anew."""
    parser = argparse.ArgumentParser(prog="yichuang device", description="the daemon of a box")
    parser.add_argument("settings", type=Path, help="the box's settings, TOML")
    parser.add_argument("--check", action="store_true", help="only check the settings")
    parser.add_argument("--maintenance", action="store_true", help="devices and the technician's socket, nothing else")
    arguments = parser.parse_args(argv)
    from device.journal import JournalForeign, JournalStopped
    from device.main import CannotListen, load, load_or_last_good, run  # here: --help and --version need none of it
    from device.maintenance.alone import NoSocket, RunsAlready, load_alone, run_alone

    start = load_alone if arguments.maintenance else load_or_last_good
    try:
        loaded, hardware = (load if arguments.check else start)(arguments.settings)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.check:
        print(f"{arguments.settings}: ok")
        return 0
    configure_logs("yichuang-device")
    code = 0
    try:
        code = uvloop.run((run_alone if arguments.maintenance else run)(loaded, hardware))
    except* (CannotListen, JournalForeign, JournalStopped, NoSocket, RunsAlready) as refused:
        print(f"{arguments.settings}: {refused.exceptions[0]}", file=sys.stderr)
        code = 1
    return code


def check(argv: list[str]) -> int:
    """Ask the running box whether its devices work. Exit code 0: all do, or say nothing against it; 1: one does not.

    2: it could not be asked.
    """
    parser = argparse.ArgumentParser(prog="yichuang check", description="whether the devices of a running box work")
    parser.add_argument("settings", type=Path, help="the box's settings, TOML")
    parser.add_argument("devices", nargs="*", help="names of devices; all when none is given")
    parser.add_argument("--level", choices=("internal", "external", "interactive"), default="internal")
    arguments = parser.parse_intermixed_args(argv)
    from device.checking import NotRunning, Terminal
    from device.main import load_or_last_good

    try:
        loaded, hardware = load_or_last_good(arguments.settings)
        cells = {cell.name: cell for cell in hardware.cells}
        terminal = Terminal(loaded.values.box.port, print)
        sound = [
            terminal.check(name, cells[name].family if name in cells else "", arguments.level)
            for name in arguments.devices or cells
        ]
    except (SettingsError, NotRunning) as error:
        print(error, file=sys.stderr)
        return 2
    return 0 if all(sound) else 1
