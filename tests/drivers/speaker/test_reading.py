"""Texts are read as a hall reads them: codes by digits, windows as numbers, characters as their words mean."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.wording import LANGUAGES, room
from drivers.speaker import pinyin, reading
from drivers.speaker.reading import PAUSES, YAO, words
from drivers.speaker.voice import english

SPEECH = Path(__file__).parents[2] / "vectors" / "speech.toml"
VECTORS = tomllib.loads(SPEECH.read_text(encoding="utf-8"))["vector"]
TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("请A024号到3窗口，. B7"), max_size=40)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_text_is_read_as_the_vector_says(vector: dict[str, Any]) -> None:
    spoken = words(vector["text"], vector["language"])
    assert spoken == tuple(vector["words"].split())
    said = pinyin.of_words(spoken) if vector["language"] == "zh-CN" else english(spoken)
    assert said == vector["said"]


def test_a_one_that_is_read_by_itself_is_yao_where_a_hall_wants_it_and_never_in_a_number() -> None:
    spoken = words("请1012号到11号窗口", "zh-CN", yao=True)
    assert spoken == ("请", YAO, "0", YAO, "2", "号", "到", "10", "1", "号", "窗", "口")
    assert pinyin.of_words(spoken).startswith("qing3 yao1 ling2 yao1 er4")
    assert words("ticket 101", "en", yao=True) == ("ticket", "1", "0", "1")


@pytest.mark.parametrize("number", range(1, 100))
def test_a_window_of_up_to_two_digits_is_read_as_its_number(number: int) -> None:
    tens, ones = divmod(number, 10)
    chinese = words(f"{number}号", "zh-CN")[:-1]
    assert sum_of(chinese) == number
    assert len(chinese) == (tens > 1) + (tens > 0) + (ones > 0)
    assert sum(int(word) for word in words(str(number), "en")) == number


def sum_of(spoken: tuple[str, ...]) -> int:
    """What a Chinese number below a hundred means: 2 10 3 is 23."""
    total = 0
    for word in spoken:
        total = max(total, 1) * 10 if word == "10" else total + int(word)
    return total


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("单小明", "shan4 xiao3 ming2"),
        ("仇英", "qiu2 ying1"),
        ("任重", "ren2 zhong4"),
        ("尉迟恭", "yu4 chi2 gong1"),
        ("王重阳", "wang2 chong2 yang2"),
    ],
)
def test_a_name_begins_with_its_surname_as_surnames_are_read(name: str, said: str) -> None:
    assert " ".join(pinyin.of_name(name)) == said


def test_the_characters_of_calls_are_read_as_the_dictionary_reads_them() -> None:
    from pypinyin import Style, lazy_pinyin

    for text in ("请", "到", "号窗口", "办理业务"):
        found = lazy_pinyin(text, style=Style.TONE3)
        assert pinyin.of_hanzi(text) == found
        assert [pinyin.OF_CALLS[char] for char in text] == found


def test_a_call_needs_no_dictionary() -> None:
    calls = room("voice", "zh-CN")
    text = "".join(calls.values()).replace("{number}", "A024").replace("{window}", "3").replace("{calls}", "")
    hanzi = {word for word in words(text, "zh-CN") if not word.isascii()}
    assert len(hanzi) > 4
    assert hanzi <= set(pinyin.OF_CALLS)


@given(TEXTS, st.sampled_from(LANGUAGES), st.booleans())
def test_any_text_has_words_that_have_names_and_no_pause_at_its_ends(text: str, language: str, yao: bool) -> None:
    spoken = words(text, language, yao=yao)
    assert not set(spoken[:1] + spoken[-1:]) & set(PAUSES)
    assert not any(first in PAUSES and then in PAUSES for first, then in pairwise(spoken))
    for word in spoken:
        assert word in PAUSES or word == YAO or len(word) == 1 or word.isdigit() or language == "en"
        assert not word.isdigit() or 0 <= int(word) <= 90


@given(st.text("请号到窗口单仇任女士重庆银行长春0123456789ABC，。", max_size=20))
def test_any_sentence_of_a_hall_is_syllables_letters_and_pauses(text: str) -> None:
    said = pinyin.of_words(words(text, "zh-CN"))
    for word in said.replace(",", " ").replace(".", " ").split():
        assert (word[-1] in "12345" and word[:-1].islower()) or (len(word) == 1 and word.isupper())


def test_what_has_no_sound_is_left_out() -> None:
    assert words("（☺）·", "zh-CN") == ()
    assert words("请☺A1号", "zh-CN") == ("请", "A", "1", "号")


def test_languages_are_those_of_the_wording() -> None:
    assert reading.LANGUAGES == LANGUAGES
