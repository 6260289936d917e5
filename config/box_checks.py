"""What a box's settings must be beyond the shape of each section: names, ports and places that fit together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from config.lines import KeyPath
from config.ports import FOLDER, SOUND, is_path, is_simulator, names_no_input
from config.problem import Problem

if TYPE_CHECKING:
    from config.box import BoxSettings, Line
    from config.loader import Loaded


def box_problems(loaded: Loaded[BoxSettings]) -> list[Problem]:
    """Everything wrong with them."""
    looks = (_names, _lines, _devices, _headphones, _modes, _photos, _pairing)
    return [problem for look in looks for problem in look(loaded)]


def port_of(loaded: Loaded[BoxSettings], line: Line) -> str:
    """The port as a driver's transport takes it: a path is taken from the settings file's own folder."""
    if line.port.startswith(FOLDER):
        return FOLDER + str(loaded.beside(Path(line.port.removeprefix(FOLDER))))
    return str(loaded.beside(Path(line.port))) if is_path(line.port) else line.port


def _names(loaded: Loaded[BoxSettings]) -> Iterable[Problem]:
    values = loaded.values
    named: list[tuple[str, list[str | int]]] = [
        ("line", [line.name for line in values.line]),
        ("device", [device.name for device in values.device]),
        ("window", [window.number for window in values.window]),
    ]
    for table, names in named:
        for index, name in enumerate(names):
            if name in names[:index]:
                key = "number" if table == "window" else "name"
                yield loaded.problem((table, index, key), f"a second {table} {name}", "give each its own")


def _lines(loaded: Loaded[BoxSettings]) -> Iterable[Problem]:
    ports: dict[str, str] = {}
    for index, line in enumerate(loaded.values.line):
        path: KeyPath = ("line", index, "port")
        port = port_of(loaded, line)
        if port in ports:
            yield loaded.problem(
                path, f"{port} is already line {ports[port]}", "one line a port: put its devices there"
            )
        ports[port] = line.name
        if is_simulator(port) and not line.simulated:
            yield loaded.problem(
                path, f"{line.port} is a simulator's address", "add simulated = true, or give the real port"
            )
        if names_no_input(line.port):
            remedy = 'give port = "input:/dev/input/by-path/…-event-kbd", or "input:phys:usb-…"'
            yield loaded.problem(path, f"{line.port} names no input device", remedy)
        if not is_path(line.port) and "baud" in line.model_fields_set:
            yield loaded.problem(("line", index, "baud"), "only a serial line has a baud", "remove it")


def _devices(loaded: Loaded[BoxSettings]) -> Iterable[Problem]:
    values = loaded.values
    lines = {line.name for line in values.line}
    windows = {window.number for window in values.window}
    taken: dict[tuple[str, int | None], str] = {}
    for index, device in enumerate(values.device):
        at: KeyPath = ("device", index)
        if device.line not in lines:
            known = ", ".join(sorted(lines)) or "none"
            yield loaded.problem((*at, "line"), f"no line {device.line}", f"name one of: {known}")
        if device.window is not None and device.window not in windows:
            yield loaded.problem((*at, "window"), f"no window {device.window} here", "add a [[window]], or correct it")
        same = taken.get((device.line, device.address))
        if same is not None:
            where = "without an address" if device.address is None else f"address {device.address}"
            yield loaded.problem(
                (*at, "address"),
                f"{device.name} and {same} are both {where} on line {device.line}",
                "give each its own",
            )
        taken[device.line, device.address] = device.name


def _photos(loaded: Loaded[BoxSettings]) -> Iterable[Problem]:
    photos = loaded.values.counter.photos
    if photos is not None and not loaded.beside(photos).is_dir():
        yield loaded.problem(("counter", "photos"), f"no folder {photos}", "make it, or remove the line")


def _pairing(loaded: Loaded[BoxSettings]) -> Iterable[Problem]:
    pairing = loaded.values.pairing
    if pairing is None:
        return
    remedy = f"make both: yichuang ca issue DIR {pairing.host} --role counter"
    for key, file in (("certificate", pairing.certificate), ("key", pairing.key)):
        if not loaded.beside(file).is_file():
            yield loaded.problem(("pairing", key), f"no file {file}", remedy)
    if not loaded.values.window:
        yield loaded.problem(("pairing",), "no window to pair a PC with", "add a [[window]], or remove [pairing]")


def _headphones(loaded: Loaded[BoxSettings]) -> Iterable[Problem]:
    values = loaded.values
    sounding = {line.name for line in values.line if line.port.startswith(SOUND)}
    speakers = {device.name for device in values.device if device.line in sounding}
    places: list[tuple[KeyPath, str]] = [
        (("window", index, "headphone"), window.headphone) for index, window in enumerate(values.window)
    ]
    if values.kiosk is not None:
        places.insert(0, (("kiosk", "headphone"), values.kiosk.headphone))
    named = [name for _, name in places if name]
    for path, name in places:
        if name and name not in speakers:
            known = ", ".join(sorted(speakers)) or 'none yet: add a line with port = "sound:…"'
            yield loaded.problem(path, f"no speaker {name}", f"name one of: {known}")
        elif named.count(name) > 1:
            yield loaded.problem(path, f"{name} is the headphone of two places", "give each its own")


def _modes(loaded: Loaded[BoxSettings]) -> Iterable[Problem]:
    if loaded.values.box.mode != "live":
        return
    for index, line in enumerate(loaded.values.line):
        if line.simulated:
            yield loaded.problem(
                ("line", index, "simulated"),
                "a simulated line in mode live",
                'set mode = "demo", or give the real port',
            )
    if loaded.values.box.frame_ancestors:
        yield loaded.problem(
            ("box", "frame_ancestors"), "frames are for demonstrations", "remove it, or leave mode live"
        )
