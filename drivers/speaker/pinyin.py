"""Chinese words as the numbered pinyin that espeak-ng's voice ``cmn-latn-pinyin`` reads.

Its voices do not read characters well (Debian 12): ``cmn`` spells many of them in English, and the pinyin voice says
重庆 as zhòng and 银行 as xíng when it is given characters. pypinyin knows words, but not surnames; those stand here.
"""

from __future__ import annotations

import re
from itertools import groupby

from drivers.speaker.reading import HANZI, PAUSES, YAO

OF_CALLS = {
    "请": "qing3",
    "号": "hao4",
    "到": "dao4",
    "窗": "chuang1",
    "口": "kou3",
    "办": "ban4",
    "理": "li3",
    "业": "ye4",
    "务": "wu4",
}
"""The characters of calls, each with one reading: pypinyin takes 56 MB, and most boxes need nothing else."""

NUMBERS = ("ling2", "yi1", "er4", "san1", "si4", "wu3", "liu4", "qi1", "ba1", "jiu3", "shi2")
"""0 to 10."""

DOUBLE_SURNAMES = {
    "尉迟": "yu4 chi2",
    "万俟": "mo4 qi2",
    "澹台": "tan2 tai2",
    "单于": "chan2 yu2",
    "令狐": "ling2 hu2",
    "长孙": "zhang3 sun1",
}
SURNAMES = {
    "单": "shan4",
    "仇": "qiu2",
    "任": "ren2",
    "区": "ou1",
    "盖": "ge3",
    "查": "zha1",
    "解": "xie4",
    "朴": "piao2",
    "曾": "zeng1",
    "华": "hua4",
    "翟": "zhai2",
    "缪": "miao4",
    "冼": "xian3",
    "员": "yun4",
    "召": "shao4",
    "繁": "po2",
    "折": "she2",
    "种": "chong2",
    "秘": "bi4",
    "黑": "he4",
    "葛": "ge3",
    "纪": "ji3",
    "应": "ying1",
    "尉": "wei4",
}
"""Characters that are read otherwise when they are somebody's surname."""

_SURNAME_SYLLABLES = {**DOUBLE_SURNAMES, **SURNAMES}
_TITLES = "先生|女士|同志|老师|小姐|师傅|某"
_SURNAME = re.compile(rf"(?<!主|责|担)({'|'.join(_SURNAME_SYLLABLES)})(?={_TITLES})")
_CHARACTER = re.compile(rf"[{HANZI}]")


def of_words(words: tuple[str, ...]) -> str:
    """What the voice is given for these words of drivers.speaker.reading; "" when none of them has a sound."""
    said: list[str] = []
    for hanzi, group in groupby(words, lambda word: bool(_CHARACTER.match(word))):
        if hanzi:
            said += of_hanzi("".join(group))
        else:
            said += [_other(word) for word in group]
    return " ".join(said).replace(" ,", ",").replace(" .", ".")


def of_hanzi(text: str) -> list[str]:
    """The syllables of characters that stand together; one that nobody knows is left out."""
    syllables: list[str] = []
    for index, piece in enumerate(_SURNAME.split(text)):  # every second piece is a surname
        syllables += _SURNAME_SYLLABLES[piece].split() if index % 2 else _plain(piece)
    return syllables


def of_name(name: str) -> list[str]:
    """The syllables of a person's name, its surname first."""
    surname = next((surname for surname in _SURNAME_SYLLABLES if name.startswith(surname)), "")
    return [*_SURNAME_SYLLABLES.get(surname, "").split(), *_plain(name.removeprefix(surname))]


def _plain(text: str) -> list[str]:
    if all(char in OF_CALLS for char in text):
        return [OF_CALLS[char] for char in text]
    from pypinyin import Style, lazy_pinyin  # here: .3 s and 56 MB that calls do not need

    found = lazy_pinyin(text, style=Style.TONE3, errors="ignore", neutral_tone_with_five=True)
    return [str(syllable) for syllable in found]


def _other(word: str) -> str:
    """A digit, a number, a letter or a pause."""
    if word == YAO:
        return "yao1"
    if word.isdigit():
        return NUMBERS[int(word)]
    return word if word in PAUSES else word.upper()
