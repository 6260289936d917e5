"""`yichuang config check|explain|diff`: whether a box's settings are right, what they mean, what differs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from config.box import BoxSettings, load_box
from config.listing import Listed, listing
from config.loader import Loaded
from config.problem import SettingsError
from device.settings.last_good import LastGood

REFUSED = 2


def config(argv: list[str]) -> int:
    """0; 1: there are differences; 2: settings are refused, or there is no such key."""
    arguments = _parser().parse_args(argv)
    try:
        if arguments.act == "check":
            return _check(arguments.file)
        if arguments.act == "explain":
            return _explain(load_box(arguments.file), arguments.key)
        return _diff(load_box(arguments.file), arguments)
    except SettingsError as refused:
        print(refused, file=sys.stderr)
        return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("yichuang config", description="The settings of a box: one file and its drop-ins.")
    acts = parser.add_subparsers(dest="act", required=True)
    check = acts.add_parser("check", help="whether a box could run on them")
    check.add_argument("file", metavar="FILE", type=Path)
    explain = acts.add_parser("explain", help="what a key means, its value, and who set it")
    explain.add_argument("file", metavar="FILE", type=Path)
    explain.add_argument("key", metavar="KEY", help="as in box.port, line.displays.baud, device.pad-1, or a part of it")
    diff = acts.add_parser("diff", help="what differs from the defaults, or from OTHER")
    diff.add_argument("file", metavar="FILE", type=Path)
    diff.add_argument("other", metavar="OTHER", nargs="?", type=Path, help="another box's settings")
    diff.add_argument("--good", action="store_true", help="from the last settings that this box ran on")
    return parser


def _check(file: Path) -> int:
    from device.main import load  # here: only this needs drivers

    loaded, hardware = load(file)
    for source in loaded.sources:
        print(source.file)
    print(f"ok: {loaded.values.box.name}, {len(hardware.cells)} devices on {len(loaded.values.line)} lines")
    return 0


def _explain(loaded: Loaded[BoxSettings], key: str) -> int:
    found = [listed for listed in listing(loaded) if listed.key == key or listed.key.startswith(f"{key}.")]
    if not found:
        close = sorted({listed.key for listed in listing(loaded) if key.rpartition(".")[2] in listed.key})[:8]
        print(f"{key}: no such key\n    → {', '.join(close) or 'see yichuang config diff FILE'}", file=sys.stderr)
        return REFUSED
    for listed in found:
        print("\n".join(_told(listed)))
    return 0


def _told(listed: Listed) -> list[str]:
    lines = [f"{listed.key} = {_written(listed, listed.value)}", f"    {listed.origin}"]
    if listed.places and listed.has_default:
        lines.append(f"    default: {_written(listed, listed.default)}")
    if listed.type:
        lines.append(f"    {listed.type}")
    lines += [f"    was {_written(listed, place.value)} in {place}" for place in reversed(listed.places[:-1])]
    lines.append(f"    {listed.meaning or 'an option of its driver; yichuang config check tells whether it is right'}")
    return lines


def _diff(loaded: Loaded[BoxSettings], arguments: argparse.Namespace) -> int:
    if arguments.good:
        other = LastGood.of(loaded).load()
    elif arguments.other is not None:
        other = load_box(arguments.other)
    else:
        return _from_defaults(loaded)
    old, new = ({listed.key: listed for listed in listing(each)} for each in (other, loaded))
    differ = [key for key in dict.fromkeys([*new, *old]) if _value(old.get(key)) != _value(new.get(key))]
    for key in differ:
        for sign, listed in (("-", old.get(key)), ("+", new.get(key))):
            if listed is not None:
                print(f"{sign} {key} = {_written(listed, listed.value)}   # {listed.origin}")
    return 1 if differ else 0


def _from_defaults(loaded: Loaded[BoxSettings]) -> int:
    for listed in listing(loaded):
        if listed.places and not (listed.has_default and listed.value == listed.default):
            default = f", default {_written(listed, listed.default)}" if listed.has_default else ""
            print(f"{listed.key} = {_written(listed, listed.value)}   # {listed.origin}{default}")
    return 0


def _value(listed: Listed | None) -> object:
    return None if listed is None else (listed.value,)


def _written(listed: Listed, value: object) -> str:
    return listed.written(value) or "nothing"
