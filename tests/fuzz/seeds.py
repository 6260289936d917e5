"""Where a fuzz target begins: every literal vector of its protocol, and what earlier runs have left in vectors/fuzz."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.drivers.vectors import vectors

FOLDER = Path(__file__).parent.parent / "vectors" / "fuzz"
GOLDEN = Path(__file__).parent.parent / "hall" / "golden"
BYTES_A_LINE = 40


@dataclass(frozen=True)
class Kept:
    """One input of the corpus. ``found``: the promise that it once broke, "" for one that only reaches far."""

    data: bytes
    found: str = ""


def of(*protocols: str) -> list[bytes]:
    """The bytes of every vector of these protocols, wrong ones included."""
    return [vector.data for protocol in protocols for vector in vectors(protocol)]


def kept(target: str, folder: Path = FOLDER) -> list[Kept]:
    """The corpus of a target."""
    file = folder / f"{target}.toml"
    if not file.exists():
        return []
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["input"]
    return [Kept(bytes.fromhex(row["bytes"]), row["found"]) for row in rows]


def keep(target: str, inputs: list[Kept], folder: Path = FOLDER) -> Path:
    """Write the corpus of a target anew: what was found first, the rest by length."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{target}.toml"
    unique = {one.data: one for one in sorted(inputs, key=lambda one: bool(one.found))}.values()
    rows = sorted(unique, key=lambda one: (not one.found, len(one.data), one.data))
    head = (
        f"# Inputs of the fuzz target {target} (tests/fuzz/targets.py): what broke a promise once, and the shortest\n"
    )
    head += "# that reach code which no vector reaches. `make fuzz` adds what it finds.\n"
    file.write_text(head + "".join(map(_row, rows)), encoding="utf-8")
    return file


def golden() -> list[bytes]:
    """Every message of the newest golden file of the contract."""
    newest = max(GOLDEN.glob("v*.json"), key=lambda file: int(file.stem[1:]))
    told = json.loads(newest.read_text(encoding="utf-8"))
    return [json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() for message in told.values()]


def _row(one: Kept) -> str:
    lines = [one.data[at : at + BYTES_A_LINE].hex(" ").upper() for at in range(0, len(one.data), BYTES_A_LINE)]
    written = f'"{"".join(lines)}"' if len(lines) < 2 else '"""\n' + "\n".join(lines) + '"""'
    return f"\n[[input]]\nfound = {json.dumps(one.found, ensure_ascii=False)}\nbytes = {written}\n"
