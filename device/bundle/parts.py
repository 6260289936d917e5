"""The parts of a bundle, each by itself free of persons and secrets."""

from __future__ import annotations

import platform
import re
import shutil
import sys
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import msgspec

from config.box import BoxSettings
from config.listing import Listed, listing
from config.loader import Loaded
from config.secret import without_user
from device.bundle import frames as of_frames
from device.bundle.log_lines import masked
from device.bundle.vocabulary import HIDDEN, Vocabulary
from device.fact_counts import fact_counts
from hall.contract.maintenance import BoxReport, Frames

Parts = dict[str, bytes]
"""Files of the bundle by name."""

FREE_TEXTS = ("counter.phrase.", "cards.purpose", "cards.purpose_en")
"""Settings that a person has written for persons."""

_HOME = re.compile(r"/(home|Users)/[^/\"]+")
_LONG_NUMBER = re.compile(r"\d[\d -]{8,}\d")
_NOT_ASCII = re.compile(r"[^\x20-\x7e]+")


def vocabulary_of(loaded: Loaded[BoxSettings]) -> Vocabulary:
    """The words of this box: its name, its lines and devices, models and ports."""
    values = loaded.values
    names = [values.box.name, *(line.name for line in values.line), *(without_user(line.port) for line in values.line)]
    names += [name for device in values.device for name in (device.name, device.model)]
    return Vocabulary([name for name in names if _plain(name) == name])


def settings_part(loaded: Loaded[BoxSettings]) -> Parts:
    """Every setting with its origin; where settings are refused, where and no more."""
    lines = [f"{listed.key} = {_value(listed)}   # {_plain(listed.origin)}" for listed in listing(loaded)]
    refused = [f"# refused: {problem.file.name}:{problem.line}" for problem in loaded.refused]
    return {"settings.txt": _text([*refused, *lines])}


def system_part(data: Path) -> Parts:
    """Versions of what is installed, and room on the disk."""
    packages = {each.name: each.version for each in distributions() if each.name}
    disk = shutil.disk_usage(data) if data.is_dir() else None
    told = {
        "python": sys.version.split()[0],
        "kernel": platform.release(),
        "machine": platform.machine(),
        "disk": {"total": disk.total, "free": disk.free} if disk else None,
        "packages": dict(sorted(packages.items())),
    }
    return {"system.json": _json(told)}


def journal_part(data: Path) -> Parts:
    """Kinds of facts and how many: of the journal, then of each that was set aside."""
    newest = data / "journal.db"
    files = [newest, *sorted(file for file in data.glob("journal*.db") if file != newest)]
    return {"journal.json": _json([fact_counts(file) for file in files if file.is_file()])}


def log_part(lines: Iterable[str], vocabulary: Vocabulary) -> Parts:
    """The newest lines of this process."""
    return {"log.txt": _text(masked(lines, vocabulary))}


def frames_part(lines: Iterable[Frames]) -> Parts:
    """What passed on each line."""
    return {"frames.json": _json(of_frames.told(lines))}


def report_part(report: BoxReport, vocabulary: Vocabulary) -> Parts:
    """The box as it stands: keywords and numbers; who has a lease, and what a device calls itself, is not told."""
    devices = [
        {
            "name": device.name,
            "family": device.family,
            "model": device.model,
            "line": device.line,
            "address": device.address,
            "window": device.window,
            "phase": device.phase,
            "accepting": device.accepting,
            "leased": device.leased,
            "heard_ms": device.heard_ms,
            "firmware": vocabulary.text(device.firmware),
            "reasons": {reason.keyword: reason.severity for reason in device.reasons},
            "statistics": device.statistics,
        }
        for device in report.devices
    ]
    journal = report.journal
    told = {
        "box": report.box,
        "mode": report.mode,
        "version": report.version,
        "flows": report.flows,
        "up_ms": report.up_ms,
        "roles": report.roles,
        "business_date": report.business_date,
        "devices": devices,
        "advice": [{"device": each.device, "fault": each.fault, "severity": each.severity} for each in report.advice],
        "supplies": report.supplies,
        "journal": journal and {"seq": journal.seq, "outbox": journal.outbox, "bytes": journal.bytes,
                                "free_bytes": journal.free_bytes, "stopped": journal.stopped},
        "link": {"hall": report.link.hall, "refusal": vocabulary.text(report.link.refusal),
                 "recovering": report.link.recovering, "round_trip_ms": report.link.round_trip_ms,
                 "certificate_days": report.link.certificate_days},
        "clock": report.clock,
        "leases": [{"devices": lease.devices, "left_ms": lease.left_ms} for lease in report.leases],
        "faults": report.faults,
    }  # fmt: skip
    return {"report.json": _json(told)}


def _value(listed: Listed) -> str:
    if listed.key.startswith(FREE_TEXTS) and listed.value:
        return f'"{HIDDEN}"'
    return _plain(listed.written(listed.value))


def _plain(text: str) -> str:
    """ASCII, without a home's name or a number as long as a telephone's."""
    return _NOT_ASCII.sub(HIDDEN, _LONG_NUMBER.sub(HIDDEN, _HOME.sub(rf"/\1/{HIDDEN}", text)))


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _json(told: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"
