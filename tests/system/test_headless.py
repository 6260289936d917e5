"""Forty visitors through everything, faults on. What the judge catches is tried by the drills (test_drill.py)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulators.demo import judge_wishes
from simulators.demo.evidence import Evidence
from tests.system.running import Demo

pytestmark = pytest.mark.system

LIMIT_SECONDS = 240.0
WISHES = {rule(Evidence()).rule for rule in judge_wishes.RULES}
"""What few of forty ask of their numbers."""


def test_forty_visitors_with_faults_pass_the_judge(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    with Demo("--headless", "--visitors", "40", "--seed", "7", "--report", str(report)) as play:
        code, said = play.end(LIMIT_SECONDS)
    assert code == 0, said
    told = json.loads(report.read_bytes())
    assert told["passed"]
    assert told["seen"]["complete"] >= 40
    assert told["course"]["sources"].keys() >= {"hall", "band"}
    not_in_every_play = {"served-alone", "no-bug", *WISHES}
    assert all(rule["checked"] for rule in told["rules"] if rule["rule"] not in not_in_every_play)
    assert sum(rule["checked"] for rule in told["rules"] if rule["rule"] in WISHES) >= 5
    assert not any(rule["violations"] for rule in told["rules"])
