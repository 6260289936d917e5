"""The drop-in that a hall sends to a box: kept in the box's own data, signed, and read among the others by its name.

What makes the box this box, and the hall its hall, the hall cannot set: a stolen key to sign settings with must not
be enough to hand the box to another hall.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.lines import key_lines, line_of
from config.merge import merge
from config.problem import Problem, SettingsError
from config.signed import NotOurs, Signed, check, from_file
from config.sources import Source, read_drop_ins, read_source, source_of
from config.wording import one_line

NAME = "50-hall.toml"
FOLDER = "settings.d"
"""Within the box's data: the settings' own folder is not the daemon's to write."""

KEPT: tuple[tuple[str, ...], ...] = (
    ("hall",),
    ("box", "name"),
    ("box", "mode"),
    ("box", "data"),
    ("box", "mark"),
    ("kiosk", "signing_key"),
)
"""Keys that only who stands at the box sets."""


def sources_of(file: Path, *, home: Path | None = None, offered: str | None = None) -> list[Source]:
    """All that make up the settings of a box. Raises SettingsError.

    ``home`` is given of a copy, which has the hall's drop-in among the others.
    """
    base, drop_ins = read_source(file), read_drop_ins(file)
    kept = [source for source in drop_ins if source.file.name == NAME]
    local = [source for source in drop_ins if source.file.name != NAME]
    if home is None:
        if kept:
            raise SettingsError([Problem(kept[0].file, 0, "this name is the hall's", "give the drop-in another name")])
        known = merge([base, *local]).raw
        place = place_of(known, file)
        sent = source_of(place, offered) if place and offered is not None else _read(place)
    else:
        known, sent = merge([base, *local]).raw, kept[0] if kept else None
    if sent is not None:
        _must_be_signed(sent, known)
        local.append(sent)
    return [base, *sorted(local, key=lambda source: source.file.name)]


def place_of(raw: dict[str, Any], file: Path) -> Path | None:
    """Where the hall's drop-in is kept; None where the settings name no data."""
    data = _get(raw, "box", "data")
    return file.parent / data / FOLDER / NAME if isinstance(data, str) else None


def number_of(file: Path) -> int:
    """The number of the hall's drop-in in this file; 0 where there is none, or none that is signed."""
    try:
        return from_file(file.read_text(encoding="utf-8")).number
    except (OSError, UnicodeDecodeError, NotOurs):
        return 0


def _read(place: Path | None) -> Source | None:
    return read_source(place) if place is not None and place.is_file() else None


def _must_be_signed(sent: Source, known: dict[str, Any]) -> None:
    signed = _checked(sent, str(_get(known, "hall", "settings_key") or ""), str(_get(known, "box", "name") or ""))
    must_be_the_hall_s(sent, signed.box)


def must_be_the_hall_s(sent: Source, box: str) -> None:
    """Raises SettingsError for keys that the hall cannot set."""
    if problems := list(_not_the_hall_s(sent, box)):
        raise SettingsError(problems)


def _checked(sent: Source, key: str, box: str) -> Signed:
    try:
        signed = from_file(sent.text)
        check(signed, key, box)
    except NotOurs as refused:
        keyword = refused.keyword
        what, remedy = one_line("settings", keyword), one_line("settings", f"{keyword}-mend")
        raise SettingsError([Problem(sent.file, 1, what, remedy)]) from None
    return signed


def _not_the_hall_s(sent: Source, box: str) -> Iterator[Problem]:
    lines = key_lines(sent.text)
    for path in KEPT:
        if _get(sent.raw, *path) is not None:
            what = one_line("settings", "not-the-hall-s", key=".".join(path), box=box)
            yield Problem(sent.file, line_of(lines, path), what, one_line("settings", "not-the-hall-s-mend"))


def _get(raw: dict[str, Any], *path: str) -> Any:
    value: Any = raw
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
