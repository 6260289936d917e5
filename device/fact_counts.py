"""How many facts of each kind a journal holds: read beside whoever writes it, and nothing of what they say."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

from hall.contract import FactKind

KINDS = frozenset(get_args(FactKind))
BUSY_S = 5.0


def fact_counts(file: Path) -> dict[str, Any]:
    """``kinds``: counts by kind, *other* for those that this version does not know; ``first``, ``last``: seq.

    ``schema``: of the file; {"unreadable": why} where it cannot be read. Blocks.
    """
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=BUSY_S)) as connection:
            (schema,) = connection.execute("PRAGMA user_version").fetchone()
            counted = connection.execute(
                "SELECT json_extract(CAST(raw AS TEXT), '$.kind'), count(*), min(seq), max(seq) FROM fact GROUP BY 1"
            ).fetchall()
    except sqlite3.Error as failure:
        return {"unreadable": type(failure).__name__}
    kinds: dict[str, int] = {}
    for kind, count, _, _ in counted:
        name = kind if kind in KINDS else "other"
        kinds[name] = kinds.get(name, 0) + count
    seqs = [seq for *_, first, last in counted for seq in (first, last)]
    told: dict[str, Any] = {"schema": schema, "kinds": dict(sorted(kinds.items()))}
    return {**told, "first": min(seqs, default=0), "last": max(seqs, default=0)}
