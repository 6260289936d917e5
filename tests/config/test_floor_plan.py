"""A plan that would send somebody wrong is refused where it says so, with what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.catalogue import Catalogue
from config.floor_plan import plan_doubts, plan_problems
from config.loader import Loaded, load

START = """\
[[service]]
code = "1"
name = "社会保障"
name_en = "Social security"

[[window]]
number = 1
name = "社保窗口"
name_en = "Social security"
services = ["1"]

[[floor]]
level = 1
name = "一楼"
name_en = "Floor 1"
width = 20
depth = 20

[[floor]]
level = 2
name = "二楼"
name_en = "Floor 2"
width = 20
depth = 20
"""


def spot(code: str, kind: str, level: int = 1, more: str = "") -> str:
    return f'\n[[spot]]\ncode = "{code}"\nlevel = {level}\nx = 1\ny = 1\nkind = "{kind}"\n{more}'


def way(one: str, other: str, more: str = "") -> str:
    return f'\n[[way]]\nends = ["{one}", "{other}"]\n{more}'


DOOR, WINDOW = spot("door", "entrance"), spot("window-1", "window", more="window = 1\n")
UPSTAIRS = spot("window-1", "window", level=2, more="window = 1\n")
LIFTS = spot("lift-1", "lift") + spot("lift-2", "lift", 2)
STAIRS = spot("stairs-1", "stairs") + spot("stairs-2", "stairs", 2)
GOOD = DOOR + WINDOW + way("door", "window-1")


def written(folder: Path, plan: str) -> Loaded[Catalogue]:
    file = folder / "catalogue.toml"
    file.write_text(START + plan, encoding="utf-8")
    return load(file, Catalogue)


@pytest.mark.parametrize(
    ("plan", "what"),
    [
        (WINDOW, "without an entrance"),
        (GOOD + spot("again", "window", more="window = 1\n") + way("door", "again"), "window 1 stands at two spots"),
        (
            GOOD + spot("a", "kiosk", more='here = ["kiosk-1"]\n') + spot("b", "kiosk", more='here = ["kiosk-1"]\n')
            + way("door", "a") + way("door", "b"),
            "kiosk-1 stands at two spots",
        ),
        (DOOR + UPSTAIRS + way("door", "window-1"), "joins two floors"),
        (DOOR + STAIRS + way("door", "stairs-1") + way("stairs-1", "stairs-2", "metres = 9\n"), "without steps"),
        (DOOR + LIFTS + way("door", "lift-1") + way("lift-1", "lift-2"), "has no length"),
        (GOOD + spot("water", "water"), "no way leads from an entrance to water"),
    ],
)  # fmt: skip
def test_what_cannot_be_so_is_refused(tmp_path: Path, plan: str, what: str) -> None:
    problems = list(plan_problems(written(tmp_path, plan)))
    assert any(what in problem.what for problem in problems), problems
    assert all(problem.remedy and problem.line for problem in problems)


def test_a_window_that_nobody_has_measured_yet_opens_all_the_same_and_is_told(tmp_path: Path) -> None:
    plan = written(tmp_path, DOOR)
    assert list(plan_problems(plan)) == []
    assert ["stands nowhere" in doubt.what for doubt in plan_doubts(plan)] == [True]


def test_a_house_without_a_lift_is_told_and_not_refused(tmp_path: Path) -> None:
    stairs = way("door", "stairs-1") + way("stairs-1", "stairs-2", "steps = true\nmetres = 9\n")
    plan = written(tmp_path, DOOR + UPSTAIRS + STAIRS + stairs + way("stairs-2", "window-1"))
    assert list(plan_problems(plan)) == []
    (doubt,) = plan_doubts(plan)
    assert "no step-free way leads to window 1" in doubt.what
    lift = LIFTS + way("door", "lift-1") + way("lift-1", "lift-2", "metres = 9\n") + way("lift-2", "window-1")
    assert list(plan_doubts(written(tmp_path, DOOR + UPSTAIRS + lift))) == []


def test_a_hall_without_a_plan_wants_none(tmp_path: Path) -> None:
    plan = written(tmp_path, "")
    assert [*plan_problems(plan), *plan_doubts(plan)] == []


def test_an_area_s_label_stands_in_nobody_s_way(tmp_path: Path) -> None:
    assert list(plan_problems(written(tmp_path, GOOD + spot("east", "zone")))) == []
