"""Forty visitors through everything, faults on. What the judge catches is tried by the drills (test_drill.py)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.system.running import Demo

pytestmark = pytest.mark.system

LIMIT_SECONDS = 240.0


def test_forty_visitors_with_faults_pass_the_judge(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    with Demo("--headless", "--visitors", "40", "--seed", "7", "--report", str(report)) as play:
        code, said = play.end(LIMIT_SECONDS)
    assert code == 0, said
    told = json.loads(report.read_bytes())
    assert told["passed"]
    assert told["seen"]["complete"] >= 40
    assert told["course"]["sources"].keys() >= {"hall", "band"}
    drills_own = {"served-alone", "no-bug"}
    assert all(rule["checked"] for rule in told["rules"] if rule["rule"] not in drills_own)
    assert not any(rule["violations"] for rule in told["rules"])
