"""The literal bytes of tests/vectors, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "vectors"


@dataclass(frozen=True)
class Vector:
    name: str
    source: str
    direction: str
    data: bytes
    meaning: dict[str, Any]


def vectors(protocol: str, direction: str = "") -> list[Vector]:
    listed = tomllib.loads((FOLDER / f"{protocol}.toml").read_text(encoding="utf-8"))["vector"]
    read = [Vector(v["name"], v["source"], v["direction"], bytes.fromhex(v["bytes"]), v["meaning"]) for v in listed]
    return [vector for vector in read if direction in ("", vector.direction)]
