"""A sound hall stands a short drill; three broken ones, each with one promise less, are caught by the judge."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import hall
from simulators.demo import judge_wishes
from simulators.demo.evidence import Evidence
from tests.system.running import Command

pytestmark = [pytest.mark.system, pytest.mark.alone]

LIMIT_SECONDS = 180.0
WISHES = {rule(Evidence()).rule for rule in judge_wishes.RULES}
PACKAGES = ("config", "device", "drivers", "hall", "screens", "simulators", "yichuang")
PLAY = ("--minutes", "1.25", "--seed", "275", "--faults", "lost-answers,printer", "--kiosks", "1", "--counters", "1")
CROWDED = ("--minutes", "1.4", "--seed", "354", "--faults", "lost-answers", "--kiosks", "2", "--counters", "2")
"""With somebody always waiting, so that every *next* whose answer is lost calls somebody."""
IDLE = ("--minutes", "1.25", "--seed", "230", "--faults", "printer", "--kiosks", "1", "--counters", "2")
"""With clerks who wait for whoever comes, and a printer that is slow most of the time."""
WISHFUL = (*CROWDED, "--wishes", "0.6")
"""With many who step away, give back, watch the screens."""
PLAYS = {
    "sound": (*PLAY, "--wishes", "0.25"),
    "a call answered twice": CROWDED,
    "call on issued": IDLE,
    "wishes unheeded": WISHFUL,
}


@dataclass(frozen=True)
class Change:
    """A text of the product, and what stands there in a broken one."""

    file: str
    sound: str
    broken: str


BROKEN = {
    "call on issued": [
        Change("hall/ticket.py", "CALLABLE = frozenset({_S.WAITING,", "CALLABLE = frozenset({_S.ISSUED, _S.WAITING,")
    ],
    "a call answered twice": [
        Change("hall/commands.py", "if answered is not None:\n            return answered", "del answered"),
        Change("hall/store/desks.py", "INSERT INTO answer", "INSERT OR REPLACE INTO answer"),
    ],
    "wishes unheeded": [
        Change("hall/ticket.py", "CALLABLE = frozenset({", "CALLABLE = frozenset({_S.AWAY, _S.VOID, "),
        Change("hall/commands.py", "if held.by_screen is True and held.looked_for is not True:", "if not held.number:"),
        Change(
            "hall/wishes.py", "state=step(ticket, Step.READMIT)", "visit=step(ticket, Step.READMIT) and ticket.visit"
        ),
    ],
    "upload without high-water mark": [
        Change("hall/welcome.py", "high=greeted.high,\n        digest", "high=0,\n        digest"),
        Change("hall/ingest.py", "if fact.seq <= high:", "if not fact.seq:"),
        Change(
            "hall/store/schema/001.sql", "raw        TEXT NOT NULL,\n    UNIQUE (journal_id, seq)", "raw TEXT NOT NULL"
        ),
    ],
}


@dataclass
class Run:
    """A drill under way; its end is asked for once."""

    command: Command
    report: Path
    ended: list[tuple[int, str]] = field(default_factory=list)

    def end(self) -> tuple[int, str]:
        if not self.ended:
            self.ended.append(self.command.end(LIMIT_SECONDS))
        return self.ended[0]

    def violations(self, rule: str) -> list[dict[str, str]]:
        rules: list[dict[str, Any]] = json.loads(self.report.read_bytes())["rules"]
        (found,) = [r["violations"] for r in rules if r["rule"] == rule]
        return list(found)


@pytest.fixture(scope="module")
def drills(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Run]]:
    """The sound product and the broken ones, drilled at the same time."""
    folder = tmp_path_factory.mktemp("drills")
    with ExitStack() as running:
        found = {}
        for name, changes in {"sound": [], **BROKEN}.items():
            report = folder / f"{name}.json"
            tree = product_with(changes, folder / name)
            play = PLAYS.get(name, PLAY)
            command = running.enter_context(Command("drill", *play, "--report", str(report), tree=tree))
            found[name] = Run(command, report)
        yield found


def product_with(changes: list[Change], tree: Path) -> Path:
    """A copy of the product with these changes."""
    root = Path(hall.__file__).parent.parent
    for package in PACKAGES:
        shutil.copytree(root / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
    for change in changes:
        file = tree / change.file
        text = file.read_text(encoding="utf-8")
        assert text.count(change.sound) == 1, f"{change.file} reads otherwise now"
        file.write_text(text.replace(change.sound, change.broken), encoding="utf-8")
    return tree


def test_a_sound_hall_stands_lost_answers_and_broken_printers(drills: dict[str, Run]) -> None:
    code, said = drills["sound"].end()
    assert code == 0, said
    told = json.loads(drills["sound"].report.read_bytes())
    assert told["passed"]
    assert told["course"]["lost_answers"] >= 5
    assert told["seen"]["complete"] >= 12
    assert all(rule["checked"] for rule in told["rules"] if rule["rule"] not in {"served-alone", *WISHES})
    assert sum(rule["checked"] for rule in told["rules"] if rule["rule"] in WISHES) >= 5


def test_a_hall_that_calls_before_the_slip_is_printed_is_caught_with_the_ticket_s_story(drills: dict[str, Run]) -> None:
    run = drills["call on issued"]
    code, said = run.end()
    assert code == 1, said
    found = re.search(r"✗ held-before-called: (\d+): ", said)
    assert found, said
    assert any("hall: called" in line for line in json.loads(run.report.read_bytes())["stories"][found[1]])


def test_a_hall_that_carries_a_press_out_twice_after_a_lost_answer_is_caught(drills: dict[str, Run]) -> None:
    run = drills["a call answered twice"]
    code, said = run.end()
    assert code == 1, said
    assert run.violations("called-as-pressed"), said


def test_a_hall_that_stores_again_what_it_has_is_caught(drills: dict[str, Run]) -> None:
    run = drills["upload without high-water mark"]
    code, said = run.end()
    assert code == 1, said
    assert run.violations("all-told"), said


def test_a_hall_that_heeds_nobody_s_wish_is_caught(drills: dict[str, Run]) -> None:
    run = drills["wishes unheeded"]
    code, said = run.end()
    assert code == 1, said
    for rule in ("given-back-for-good", "away-until-back", "looked-for-before-missed"):
        assert run.violations(rule), said
