"""`yichuang device SETTINGS`: run the daemon of one box."""

from __future__ import annotations

import argparse
import faulthandler
import sys
from pathlib import Path

import uvloop

from config.box import BoxSettings
from config.loader import Loaded
from config.logs import configure_logs
from config.problem import SettingsError


def device(argv: list[str]) -> int:
    """Run a box until it is told to stop. Exit code 2: its settings are refused; 1: a bug; 75: it is to start anew."""
    parser = argparse.ArgumentParser(prog="yichuang device", description="the daemon of a box")
    parser.add_argument("settings", type=Path, help="the box's settings, TOML")
    parser.add_argument("--check", action="store_true", help="only check the settings")
    parser.add_argument("--maintenance", action="store_true", help="devices and the technician's socket, nothing else")
    parser.add_argument("--stopped", action="store_true", help="run nothing: show and tell that it is out of service")
    parser.add_argument("--roll-back", action="store_true", help="run nothing: set a newer program's journal aside")
    arguments = parser.parse_args(argv)
    if arguments.stopped:
        return _stopped(arguments.settings)
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
    if arguments.roll_back:
        return _roll_back(loaded)
    configure_logs("yichuang-device")
    faulthandler.enable()  # the watchdog's SIGABRT: where each thread stood goes into the log
    code = 0
    try:
        code = uvloop.run((run_alone if arguments.maintenance else run)(loaded, hardware))
    except* (CannotListen, JournalForeign, JournalStopped, NoSocket, RunsAlready) as refused:
        print(f"{arguments.settings}: {refused.exceptions[0]}", file=sys.stderr)
        code = 1
    return code


def enrol(argv: list[str]) -> int:
    """Make this machine a box of the hall: key and certificate in FOLDER. Exit code 0: done; 1: refused; 2: no code."""
    from device.enrolling import enrol as run

    return run(argv, print)


def _roll_back(loaded: Loaded[BoxSettings]) -> int:
    """0: the box can go on; 1: its journal cannot be set aside."""
    from device.beginning import set_newer_aside
    from device.journal import JournalForeign, JournalStopped
    from device.journal_place import journal_files
    from device.mark import MarkFile

    file, mark = journal_files(loaded)
    try:
        aside = set_newer_aside(file, MarkFile(mark))
    except (JournalForeign, JournalStopped) as refused:
        print(f"{file}: {refused}", file=sys.stderr)
        return 1
    print(f"{aside}: set aside, the hall is told all of it" if aside else f"{file}: not newer, nothing to do")
    return 0


def _stopped(settings: Path) -> int:
    """Until it is told to stop: 0; 1 when another program has the box's port."""
    from device.listening import CannotListen
    from device.stopped import know, run

    configure_logs("yichuang-box-stopped")
    try:
        uvloop.run(run(know(settings)))
    except CannotListen as refused:
        print(f"{settings}: {refused}", file=sys.stderr)
        return 1
    return 0


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
