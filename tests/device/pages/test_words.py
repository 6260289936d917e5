"""Every fault has a sentence with its remedy, every doubt one too; and no sentence quotes a page."""

from __future__ import annotations

import re

import pytest

from config.wording import LANGUAGES, room
from device.pages.fault import LIBRARIES, NotDone, Why
from device.pages.messages import Doubt


def test_both_languages_say_the_same_of_pages() -> None:
    chinese, english = (room("pages", language) for language in LANGUAGES)
    assert list(chinese) == list(english)
    for key, text in chinese.items():
        assert re.findall(r"{\w+}", text) == re.findall(r"{\w+}", english[key]), key


def test_the_mark_says_what_halls_say() -> None:
    assert room("pages", "zh-CN")["watermark"] == "仅供办理政务服务事项时使用"


def test_every_fault_and_every_doubt_has_a_sentence_and_none_has_no_cause() -> None:
    keys = {"watermark", *Why, *(f"doubt-{doubt}" for doubt in Doubt)}
    assert set(room("pages", "zh-CN")) == keys


@pytest.mark.parametrize("why", list(Why))
def test_a_fault_is_told_to_people_in_both_languages(why: Why) -> None:
    chinese, english = (NotDone(why, LIBRARIES["cv2"]).sentence(language) for language in LANGUAGES)
    assert chinese != english
    assert "{" not in chinese + english
