"""The page of threats names tests that are there: an answer that nobody shows any more is none."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "threats.md"
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE.read_text(encoding="utf-8"))
ACTORS = ("at a kiosk", "on the hall's network", "with a stolen box", "with a clerk's PC", "with a USB stick")


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_the_named_test_is_there_and_is_run(file: str, name: str) -> None:
    tests = {
        node.name: node
        for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    assert name in tests, f"docs/threats.md names {file}::{name}"
    marks = " ".join(ast.unparse(mark) for mark in tests[name].decorator_list)
    assert "skip" not in marks
    assert "xfail" not in marks


def test_every_row_names_a_test() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 20
    assert [row for row in rows if not re.search(r"`tests/[\w/]+\.py::\w+`", row)] == []


@pytest.mark.parametrize("who", [*ACTORS, "a technician gone bad"])
def test_each_of_those_whom_the_order_names_is_on_the_page(who: str) -> None:
    assert f"**{who}**" in PAGE.read_text(encoding="utf-8")


def test_each_exception_from_bandit_names_its_check_and_has_a_reason() -> None:
    bare = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for package in ("config", "device", "drivers", "hall", "screens", "simulators", "workshop", "yichuang")
        for file in sorted((ROOT / package).rglob("*.py"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if "nosec" in line and not re.search(r"# nosec B\d{3}(?:, ?B\d{3})* # \S", line)
    ]
    assert bare == []


def test_it_is_one_page() -> None:
    assert len(PAGE.read_text(encoding="utf-8").splitlines()) <= 66
