"""Forty visitors through everything, faults on; and a broken hall that the judge must catch."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

import hall
from tests.system.running import Demo

pytestmark = pytest.mark.system

LIMIT_SECONDS = 240.0
PLAY = ("--headless", "--visitors", "40", "--seed", "7")
PACKAGES = ("config", "device", "drivers", "hall", "screens", "simulators", "yichuang")


@dataclass(frozen=True)
class Plays:
    """The sound product and the broken one, played at the same time."""

    sound: Demo
    sound_report: Path
    broken: Demo
    broken_report: Path


@pytest.fixture(scope="module")
def plays(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plays]:
    folder = tmp_path_factory.mktemp("plays")
    reports = folder / "sound.json", folder / "broken.json"
    tree = broken_copy(folder / "tree")
    with ExitStack() as running:
        sound = running.enter_context(Demo(*PLAY, "--report", str(reports[0])))
        broken = running.enter_context(Demo(*PLAY, "--report", str(reports[1]), tree=tree))
        yield Plays(sound, reports[0], broken, reports[1])


def test_forty_visitors_with_faults_pass_the_judge(plays: Plays) -> None:
    code, said = plays.sound.end(LIMIT_SECONDS)
    assert code == 0, said
    told = json.loads(plays.sound_report.read_bytes())
    assert told["passed"]
    assert told["seen"]["complete"] >= 40
    assert told["course"]["sources"].keys() >= {"hall", "band"}
    assert all(rule["checked"] and not rule["violations"] for rule in told["rules"])


def test_a_hall_that_calls_before_the_slip_is_printed_is_caught_with_the_ticket_s_story(plays: Plays) -> None:
    code, said = plays.broken.end(LIMIT_SECONDS)
    assert code == 1, said
    found = re.search(r"✗ held-before-called: (\d+): .*never on paper", said)
    assert found, said
    story = json.loads(plays.broken_report.read_bytes())["stories"][found[1]]
    assert any("hall: called" in line for line in story)
    assert not any("complete slip" in line for line in story)


def broken_copy(tree: Path) -> Path:
    """The product with one line changed: *issued* is callable."""
    root = Path(hall.__file__).parent.parent
    for package in PACKAGES:
        shutil.copytree(root / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
    table = tree / "hall" / "ticket.py"
    sound = "CALLABLE = frozenset({_S.WAITING, _S.REDIRECTED})"
    text = table.read_text(encoding="utf-8")
    assert text.count(sound) == 1
    table.write_text(text.replace(sound, "CALLABLE = frozenset({_S.ISSUED, _S.WAITING, _S.REDIRECTED})"), "utf-8")
    return tree
