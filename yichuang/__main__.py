"""`yichuang SUBCOMMAND …`: finds the package that owns the subcommand and hands the rest of the line to it."""

from __future__ import annotations

import os
import select
import sys
from importlib import import_module

from config.version import VERSION

COMMANDS = {
    "hall": ("hall.cli:hall", "the hall server: yichuang hall SETTINGS"),
    "ca": ("hall.cli:ca", "certificates of the hall's own: yichuang ca init|issue …"),
    "pin": ("hall.cli:pin", "turn a clerk's PIN into the line for the hall's settings"),
    "device": ("device.cli:device", "the daemon of a box: yichuang device SETTINGS"),
    "enrol": ("device.cli:enrol", "make this machine a box of the hall: yichuang enrol URL BOX FOLDER"),
    "diagnostics": ("screens.diagnostics.cli:diagnostics", "what is wrong, what mends it: yichuang diagnostics [BOX]"),
    "check": ("device.cli:check", "whether a box's devices work: yichuang check SETTINGS [DEVICE …] --level external"),
    "browser": ("screens.browser.cli:browser", "the browser of a public screen: yichuang browser URL"),
    "bundle": ("device.bundle.cli:bundle", "one file for whoever helps, without persons: yichuang bundle SETTINGS"),
    "pair": ("device.pairing.cli:pair", "pair a clerk's own PC with a window: yichuang pair SETTINGS WINDOW"),
    "config": ("device.settings.cli:config", "a box's settings: yichuang config check|explain|diff FILE …"),
    "probe": ("workshop.cli:probe", "what is plugged in, and the settings for it: yichuang probe [PORT …]"),
    "setup": ("workshop.cli:setup", "make this machine a box of the hall: yichuang setup [--simulated]"),
    "monitor": ("workshop.cli:monitor", "read along on a line, record and replay it: yichuang monitor PORT"),
    "simulate": ("simulators.cli:simulate", "one simulated line with its devices: yichuang simulate KIND …"),
    "demo": ("simulators.cli:demo", "a hall at work on simulated devices"),
    "drill": ("simulators.cli:drill", "break a hall at work, and judge it: yichuang drill --minutes M --seed S"),
    "bench": ("simulators.cli:bench", "measure: yichuang bench --json FILE"),
}


def main() -> int:
    """Run one subcommand; the exit code is its own, 2 for an unknown one."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name == "--version":
        print(f"yichuang {VERSION}")  # noqa: T201 - a command line
        return 0
    if name not in COMMANDS:
        lines = [f"  {command:10} {what}" for command, (_, what) in COMMANDS.items()]
        print("usage: yichuang SUBCOMMAND …", *lines, sep="\n", file=sys.stderr)  # noqa: T201 - a command line
        return 0 if name in {"-h", "--help"} else 2
    module, _, function = COMMANDS[name][0].partition(":")
    try:
        code: int = getattr(import_module(module), function)(sys.argv[2:])
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        if not _reader_is_gone():
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains once more at its end
        return 1
    return code


def _reader_is_gone() -> bool:
    """Whether whoever read along has read enough (``| head``)."""
    polling = select.poll()
    polling.register(sys.stdout.fileno(), 0)
    return bool(polling.poll(0))


if __name__ == "__main__":
    sys.exit(main())
