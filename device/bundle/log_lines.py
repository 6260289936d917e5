"""Lines of a log as a bundle may hold them: when, how bad, which event, of its fields what our own words can say."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator

from device.bundle.vocabulary import Vocabulary

IDENTIFIER = "yichuang-device"
LINES = 2000
JOURNAL_S = 20.0
PRIORITIES = {"2": "error", "3": "error", "4": "warning", "5": "info", "6": "info", "7": "debug"}

_FIELD = re.compile(r'([A-Za-z0-9_.]+)=("(?:[^"\\]|\\.)*"|\S*)')
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z?")
_OWN = frozenset({"at", "level", "event"})
_JOURNALS = frozenset({"MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "EVENT", "CURSOR"})
_KEY = re.compile(r"[a-z][a-z0-9_]{0,30}")


def masked(lines: Iterable[str], vocabulary: Vocabulary) -> list[str]:
    """Of key=value lines (config.logs), oldest first."""
    return [told for line in lines for told in _line(dict(_FIELD.findall(line)), vocabulary)]


def from_journal(vocabulary: Vocabulary) -> list[str]:
    """What the system's journal keeps of the box; [] where there is none, or this user may not read it. Blocks."""
    journalctl = shutil.which("journalctl")
    if journalctl is None:
        return []
    command = [journalctl, "-t", IDENTIFIER, "-o", "json", "-n", str(LINES), "--no-pager", "-q"]
    try:
        ran = subprocess.run(command, capture_output=True, timeout=JOURNAL_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [told for line in ran.stdout.splitlines() for told in _entry(line, vocabulary)]


def _entry(line: bytes, vocabulary: Vocabulary) -> Iterator[str]:
    try:
        entry = json.loads(line)
        at = _stamp_of(int(entry["__REALTIME_TIMESTAMP"]))
    except (ValueError, KeyError, TypeError):
        return
    fields = {
        key.lower(): value
        for key, value in entry.items()
        if key not in _JOURNALS and not key.startswith("_") and isinstance(value, str)
    }
    event = str(entry.get("EVENT") or entry.get("MESSAGE") or "")
    level = PRIORITIES.get(str(entry.get("PRIORITY")), "info")
    yield from _line({"at": at, "level": level, "event": event, **fields}, vocabulary)


def _stamp_of(micros: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(micros / 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _line(found: dict[str, str], vocabulary: Vocabulary) -> Iterator[str]:
    values = {key: value.strip('"').replace('\\"', '"').replace("\\n", " ") for key, value in found.items()}
    if "event" not in values:
        return
    at = values.get("at", "") if _STAMP.fullmatch(values.get("at", "")) else ""
    level = values.get("level", "") if values.get("level") in {"info", "warning", "error", "critical"} else "info"
    told = [f"{at} {level} {vocabulary.event(values['event'])}".strip()]
    told += [
        f"{key}={vocabulary.text(value)}"
        for key, value in sorted(values.items())
        if key not in _OWN and _KEY.fullmatch(key) and vocabulary.text(key) == key
    ]
    yield "  ".join(told)
