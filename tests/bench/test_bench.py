"""`yichuang bench --quick` measures every row of the table. How fast this machine is today is not tested."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

LIMIT_SECONDS = 600.0

PROMISED = {
    "hall memory after start",
    "hall cold start to first answer, median",
    "numbers given twice",
    "violations of one call a ticket",
    "issued and confirmed, with a crowd ÷ with nobody",
    "call-next, with a crowd or after it ÷ with few",
    "hall memory, 5000 waiting",
    "touch to first byte, hall answering, p50",
    "touch to first byte, hall answering, p99",
    "touch to first byte, hall not answering, max",
    "ticket with its signed code, max",
    "press to frame's last byte ÷ frame's wire time, p50",
    "press to frame's last byte ÷ frame's wire time, p99",
    "hall killed → its first word, p50",
    "hall killed → first call, p50",
    "hall killed → first call, max",
    "link back → a box with 1000 untold facts begins to tell",
    "link back → its outbox empty",
    "its outbox",
    "ingest: bare commits of the same facts",
    "ingest: one client",
    "ingest: eight clients",
    "bare commits of the same facts",
    "rebuilt from 65 boxes: facts",
    "rebuilt from 65 boxes: hall started → all told",
    "rebuilt from 65 boxes: hall started → itself again",
    "rebuilt from 65 boxes, in minutes",
    "rebuilt otherwise than it was",
    "start on no facts, median",
    "start on 100000 facts, median",
    *(
        f"3 windows of one zone call: {figure}"
        for figure in (
            "not called aloud",
            "press → heard, p50",
            "press → heard, max",
            "press → heard, max ÷ promised 120 s",
            "Mandarin sentences",
            "English sentences (few wait)",
        )
    ),
    *(
        f"{size}: {figure}"
        for size in ("0 waiting", "5000 waiting")
        for figure in (
            "bare commit, p50",
            "bare echo, p50",
            "reserve, one client, p50",
            "confirm, one client, p50",
            "bare echo, eight clients",
            "issued and confirmed, eight clients",
        )
    ),
    *(
        f"{size}: {figure}"
        for size in ("few waiting", "5000 waiting", "5000 served")
        for figure in (
            "bare commit beside the calls, p50",
            "bare echo beside the calls, p50",
            "call-next, p50",
            "call-next, p99",
        )
    ),
    *(
        f"{kind} {figure}"
        for kind in ("kiosk", "counter")
        for figure in ("idle, memory", "idle, processor", "idle, wake-ups", "cold start to ready, median")
    ),
}
NEVER = {
    "numbers given twice",
    "violations of one call a ticket",
    "rebuilt otherwise than it was",
    "3 windows of one zone call: not called aloud",
}
"""What must not happen on any machine."""


@pytest.mark.system
def test_every_row_of_the_table_is_measured(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    command = [sys.executable, "-m", "yichuang", "bench", "--quick", "--json", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(file.read_bytes())
    rows = {row["name"]: row for row in told["figures"]}
    assert rows.keys() == PROMISED
    for name, row in rows.items():
        assert math.isfinite(row["value"]), name
        assert row["unit"], name
        assert isinstance(row["ok"], bool), name
        assert name in done.stdout
    assert {name: rows[name]["value"] for name in NEVER} == dict.fromkeys(NEVER, 0)
    assert {"cores", "kernel", "python"} <= told["machine"].keys()
