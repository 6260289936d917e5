"""Every sentence stands in both languages, and every keyword has one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from config.pages import render, screens, sentences
from config.wording import LANGUAGES, room
from drivers import contract as drivers
from hall.contract import GRADES, NotRatedReason, Refusal

ROOMS = (
    "kiosk",
    "window",
    "customer",
    "phrases",
    "guide",
    "boxes",
    "enrolment",
    "care",
    "board",
    "entrance",
    "query",
    "notice",
    "item_guide",
    "route",
    "alarm",
    "display",
    "reason",
    "refusal",
    "advice",
    "checkup",
    "paper",
    "voice",
)
PAGES = ("kiosk", "window", "customer", "guide", "boxes", "enrolment", "board", "entrance", "query", "bench")
STATIC, TEMPLATES = screens() / "static", screens() / "templates"
SCRIPTS = sorted(STATIC.glob("*.js"))
ID = re.compile(r"""(?:byId|getElementById)\(\s*"([a-z-]+)"\s*\)""")
SAID = re.compile(r"""(?:say|both|act)\(\s*"([a-z-]+)\"""")


@pytest.mark.parametrize("name", ROOMS)
def test_both_languages_have_the_same_sentences_with_the_same_fields(name: str) -> None:
    chinese, english = (room(name, language) for language in LANGUAGES)
    assert list(chinese) == list(english)
    for key, text in chinese.items():
        assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", english[key])), key


def test_every_reason_a_driver_may_give_has_a_sentence() -> None:
    keywords = {each.keyword for each in vars(drivers).values() if isinstance(each, drivers.Reason)}
    assert keywords <= set(room("reason", "zh-CN"))


def test_every_refusal_of_the_hall_has_a_sentence() -> None:
    assert {*get_args(Refusal), "hall-unreachable"} <= set(room("refusal", "zh-CN"))


def test_every_grade_and_every_reason_for_none_has_a_sentence() -> None:
    keys = {f"grade-{grade}" for grade in GRADES} | {f"not-rated-{reason}" for reason in get_args(NotRatedReason)}
    assert keys <= set(room("window", "zh-CN"))


@pytest.mark.parametrize("page", PAGES)
def test_every_sentence_that_a_page_asks_for_exists(page: str) -> None:
    files = [*(STATIC / name for name in _modules(f"{page}.js")), TEMPLATES / f"{page}.html"]
    asked = {key for file in files for key in SAID.findall(file.read_text(encoding="utf-8"))}
    assert len(asked) > 15
    assert {key for key in asked if not key.endswith("-")} <= set(sentences(page, "zh-CN"))


@pytest.mark.parametrize("page", PAGES)
def test_every_element_that_a_page_s_modules_ask_for_exists(page: str) -> None:
    modules = _modules(f"{page}.js")
    html = render(page, mode="live", window=1)
    asked = {name for file in modules for name in ID.findall((STATIC / file).read_text(encoding="utf-8"))}
    assert len(asked) > 10
    assert asked - {"alarm"} <= set(re.findall(r'id="([a-z-]+)"', html))  # alarm.js makes its own


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda file: file.name)
def test_data_never_becomes_markup_and_no_sentence_hides_in_a_script(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    code = re.sub(r"//.*", "", code)
    assert not re.search(r"[\u4e00-\u9fff]", code)


def _modules(first: str) -> set[str]:
    """The modules that this one is made of, itself included."""
    found, waiting = set(), {first}
    while waiting:
        name = waiting.pop()
        found.add(name)
        text = (STATIC / name).read_text(encoding="utf-8")
        waiting |= set(re.findall(r'from "\./([a-z_]+\.js)"', text)) - found
    return found
