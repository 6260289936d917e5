"""The box on this machine, as its settings file tells of it: its name, its socket, its hall."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from config.box import load_box
from config.problem import SettingsError

SETTINGS = Path("/etc/yichuang/box.toml")


@dataclass(frozen=True, slots=True)
class BoxHere:
    """``refused``: what is wrong with its settings; a box may still run with its last good ones."""

    file: Path
    name: str
    socket: Path
    hall_url: str = ""
    hall_ca: Path | None = None
    refused: str = ""


def box_here(file: Path) -> BoxHere:
    """What the settings say. Raises SettingsError where not even the data folder can be read from them."""
    try:
        loaded = load_box(file)
    except SettingsError as refused:
        return _in_spite_of(file, refused)
    box, hall = loaded.values.box, loaded.values.hall
    return BoxHere(file, box.name, _socket(loaded.beside(box.data)), hall.url, _ca(loaded.beside(hall.ca)))


def _in_spite_of(file: Path, refused: SettingsError) -> BoxHere:
    """A box with bad settings needs the technician most: name and folder are read for themselves."""
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
        box, data = raw["box"], Path(raw["box"]["data"])
        name = str(box.get("name", file.stem))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError):
        raise refused from None
    return BoxHere(file, name, _socket(data if data.is_absolute() else file.parent / data), refused=str(refused))


def _socket(data: Path) -> Path:
    return data / "run" / "maintenance.sock"


def _ca(file: Path) -> Path | None:
    return file if file.exists() else None
