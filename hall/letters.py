"""What a search by key needs of names: the initials of their pinyin, the strokes of their characters.

Both come from elsewhere, and a hall works without either: pypinyin knows words, so that 重新 is c x and 银行 y h;
Debian's package rime-data-stroke has the strokes. pypinyin takes 56 MB, so a child process looks names up and ends. It
takes longer than all else that a hall does to start: what it found is kept, and a hall that comes back after a power
cut asks for new names only.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import msgspec
import structlog

from config.durable import write_durably

log = structlog.get_logger("hall")

STROKES = Path("/usr/share/rime-data/stroke.dict.yaml")
"""Character, tab, strokes: h s p n z are 一丨丿丶乛. Of several the last is as mainland schools write."""
DIGITS = str.maketrans("hspnz", "12345")
LIMIT_S = 20.0


class Letters(msgspec.Struct, frozen=True):
    """Of one name: a letter for each character ("" without pypinyin), the strokes of each ([] without their data)."""

    initials: str = ""
    strokes: list[str] = []


class Kept(msgspec.Struct, frozen=True):
    """``sources``: what was asked, in which state: it is asked anew when another would answer."""

    sources: list[str]
    names: dict[str, Letters]


def letters_of(names: Iterable[str], kept: Path | None = None) -> Mapping[str, Letters]:
    """Of each of these names, as far as this machine knows them; said in the log where it does not.

    ``kept``: the file where what was found is kept for the next start.
    """
    wanted = tuple(dict.fromkeys(names))
    if not wanted:
        return {}
    found = _completed(kept, wanted) if kept else _asked(wanted)
    if not any(each.initials for each in found.values()):
        log.warning("no search by pinyin", remedy="pip install pypinyin")
    if not any(any(each.strokes) for each in found.values()):
        log.warning("no search by strokes", remedy="apt-get install rime-data-stroke")
    return {name: found.get(name, Letters()) for name in wanted}


def _completed(file: Path, wanted: tuple[str, ...]) -> Mapping[str, Letters]:
    """What the file keeps, and what it misses; kept again when it is whole."""
    sources = _sources()
    found: Mapping[str, Letters] = _read(file, sources)
    missing = tuple(name for name in wanted if name not in found)
    if missing:
        found = {**found, **_asked(missing)}
        if all(name in found for name in wanted):
            _keep(file, Kept(sources, {name: found[name] for name in wanted}))
    return found


def _sources() -> list[str]:
    try:
        pinyin = version("pypinyin")
    except PackageNotFoundError:
        pinyin = ""
    try:
        seen = STROKES.stat()
    except OSError:
        return [pinyin, ""]
    return [pinyin, f"{seen.st_size} {seen.st_mtime_ns}"]


def _read(file: Path, sources: list[str]) -> dict[str, Letters]:
    """Nothing of what is not there, is damaged, or was found elsewhere."""
    try:
        kept = msgspec.json.decode(file.read_bytes(), type=Kept)
    except (OSError, ValueError, msgspec.MsgspecError):
        return {}
    return kept.names if kept.sources == sources else {}


def _keep(file: Path, kept: Kept) -> None:
    try:
        write_durably(file, msgspec.json.encode(kept))
    except OSError as failure:
        log.warning("names not kept: the next start looks them up again", why=str(failure))


@cache
def _asked(names: tuple[str, ...]) -> Mapping[str, Letters]:
    command = [sys.executable, "-m", "hall.letters"]
    try:
        done = subprocess.run(
            command, input=json.dumps(names).encode(), capture_output=True, timeout=LIMIT_S, check=True
        )
        return msgspec.json.decode(done.stdout, type=dict[str, Letters])
    except (OSError, subprocess.SubprocessError, msgspec.MsgspecError) as failure:
        log.warning("names not looked up", why=str(failure))
        return {}


def look_up(names: Iterable[str], strokes: Path = STROKES) -> dict[str, Letters]:
    """In this process."""
    wanted = list(names)
    known = strokes_in(strokes, set("".join(wanted)))
    return {
        name: Letters(initials_of(name), [known.get(char, "") for char in name] if known else []) for name in wanted
    }


def initials_of(name: str) -> str:
    """One small letter for each character; what is no Chinese character stands for itself. "" without pypinyin."""
    if find_spec("pypinyin") is None:
        return ""
    from pypinyin import Style, lazy_pinyin

    whole = lazy_pinyin(name, style=Style.NORMAL, errors=list)  # type: ignore[arg-type]  # it takes a list, and says so
    return "".join(reading[0].lower() for reading in whole)


def strokes_in(file: Path, characters: set[str]) -> dict[str, str]:
    """Of these characters, 1 to 5 for 一丨丿丶乛; empty where the file is not there."""
    if not file.is_file():
        return {}
    found = {}
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line[0] in characters:
                character, _, strokes = line.rstrip("\n").partition("\t")
                if strokes and not set(strokes) - set("hspnz"):
                    found[character] = strokes.translate(DIGITS)
    return found


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(look_up(json.load(sys.stdin))))
