"""Known weaknesses of installed versions, from a file of advisories in OSV's form (ossf.github.io/osv-schema).

One advisory, a list of them, one a line, or a zip or a folder of them: what osv.dev hands out for PyPI. Halls have no
network: the file is brought along.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version


@dataclass(frozen=True, slots=True)
class Weakness:
    """An advisory that concerns an installed version. ``fixed``: in which ones it is mended."""

    name: str
    version: str
    id: str
    summary: str
    fixed: tuple[str, ...]

    def __str__(self) -> str:
        mended = f"mended in {', '.join(self.fixed)}" if self.fixed else "not mended yet"
        return f"{self.name} {self.version}: {self.id} {self.summary}\n    → {mended}"


def weaknesses(installed: Mapping[str, str], advisories: Path) -> list[Weakness]:
    """All of these versions that are known. Raises ValueError for a file that holds no advisory."""
    found: list[Weakness] = []
    count = 0
    for advisory in _read(advisories):
        count += 1
        if not advisory.get("withdrawn"):
            found += _concerned(advisory, installed)
    if not count:
        raise ValueError(f"{advisories}: no advisory in OSV's form")
    return sorted(found, key=lambda each: (each.name, each.id))


def _concerned(advisory: Mapping[str, Any], installed: Mapping[str, str]) -> Iterator[Weakness]:
    for affected in advisory.get("affected", []):
        package = affected.get("package", {})
        name = canonicalize_name(str(package.get("name", "")))
        if package.get("ecosystem") != "PyPI" or name not in installed:
            continue
        version = installed[name]
        if version in affected.get("versions", []) or any(
            _within(each, version) for each in affected.get("ranges", [])
        ):
            events = [event for each in affected.get("ranges", []) for event in each.get("events", [])]
            fixed = tuple(event["fixed"] for event in events if "fixed" in event)
            yield Weakness(name, version, str(advisory["id"]), str(advisory.get("summary", "")), fixed)


def _within(range_: Mapping[str, Any], version: str) -> bool:
    """Events in order of their versions: introduced opens, fixed closes, last_affected closes behind itself."""
    if range_.get("type") != "ECOSYSTEM":
        return False
    here, within = Version(version), False
    try:
        events = [(Version(text), kind) for event in range_["events"] for kind, text in event.items()]
    except InvalidVersion:
        return True  # unreadable: a person looks at it
    for at, kind in sorted(events, key=lambda event: event[0]):
        if kind == "introduced" and at <= here:
            within = True
        elif (kind == "fixed" and at <= here) or (kind == "last_affected" and at < here):
            within = False
    return within


def _read(file: Path) -> Iterator[Mapping[str, Any]]:
    if file.is_dir():
        for inside in sorted(file.rglob("*.json")):
            yield from _advisories(inside.read_text(encoding="utf-8"))
    elif zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            for name in sorted(packed.namelist()):
                yield from _advisories(packed.read(name).decode())
    else:
        yield from _advisories(file.read_text(encoding="utf-8"))


def _advisories(text: str) -> Iterator[Mapping[str, Any]]:
    try:
        told = [json.loads(text)]
    except ValueError:
        told = [json.loads(line) for line in text.splitlines() if line.strip()]
    for each in told[0] if len(told) == 1 and isinstance(told[0], list) else told:
        if isinstance(each, dict) and "affected" in each:
            yield each
