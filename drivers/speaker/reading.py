"""A text as the words that are spoken, one after the other. Pure.

| in the text | becomes |
|---|---|
| letters, and digits after a letter: A024 | each by itself: A 0 2 4 |
| three digits and more: 1001, window 305 | each by itself: 1 0 0 1 |
| one or two digits by themselves: window 3, window 12 | a number: 3; Chinese 10 2 (十二), English 12; 21 is 20 1 |
| a 1 that is read by itself, where ``yao`` is wanted | yao (幺), in Chinese only |
| a Chinese character | itself; none in an English sentence: it only decorates a number |
| punctuation | a pause: "," or "." |

Digits stand as digits and numbers as numbers; whoever sounds them knows their names.
"""

from __future__ import annotations

import re

CHINESE, ENGLISH = LANGUAGES = ("zh-CN", "en")
CANTONESE = "yue"
SPOKEN = (*LANGUAGES, CANTONESE)
"""Of the last one the sentences are those of the first: one script, two ways to sound it."""
_HANZI_IS_READ = frozenset({CHINESE, CANTONESE})

SHORT_PAUSE, LONG_PAUSE = PAUSES = (",", ".")
YAO = "yao"

HANZI = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(
    rf"(?P<hanzi>[{HANZI}])|(?P<word>[A-Za-z']*[a-z][A-Za-z']*)|(?P<code>[A-Z]+[0-9]*|[0-9]+)"
    r"|(?P<short>[，,、;；:：])|(?P<long>[.。!！?？])"
)


def words(text: str, language: str, *, yao: bool = False) -> tuple[str, ...]:
    """What is spoken, word by word; no pause at the ends, no two together. Anything that has no sound is left out."""
    spoken: list[str] = []
    for piece in _PIECE.finditer(_narrow(text)):
        kind, found = piece.lastgroup, piece.group()
        if kind in ("short", "long"):
            _pause(spoken, SHORT_PAUSE if kind == "short" else LONG_PAUSE)
        elif kind == "code":
            spoken += _code(found, chinese=language in _HANZI_IS_READ, yao=yao and language == CHINESE)
        elif kind == "hanzi":
            spoken += [found] if language in _HANZI_IS_READ else []
        else:
            spoken += _word(found, language)
    while spoken and spoken[-1] in PAUSES:
        spoken.pop()
    return tuple(spoken)


def _narrow(text: str) -> str:
    """Wide letters and digits (Ａ０１) as the others."""
    return "".join(
        chr(ord(char) - 0xFEE0) if "\uff10" <= char <= "\uff5a" and char.isalnum() else char for char in text
    )


def _pause(spoken: list[str], pause: str) -> None:
    if spoken and spoken[-1] not in PAUSES:
        spoken.append(pause)
    elif spoken and pause == LONG_PAUSE:
        spoken[-1] = pause


def _word(found: str, language: str) -> list[str]:
    """An English word is one; in a Chinese sentence it is spelled."""
    return [found.lower()] if language == ENGLISH else list(found.upper())


def _code(found: str, *, chinese: bool, yao: bool) -> list[str]:
    """A number of a ticket or a window."""
    if found.isdigit() and len(found) <= 2 and not found.startswith("0"):
        return _number(int(found), chinese=chinese)
    return [YAO if char == "1" and chinese and yao else char for char in found]


def _number(value: int, *, chinese: bool) -> list[str]:
    """1 to 99."""
    tens, ones = divmod(value, 10)
    if not chinese:
        return [str(value)] if value < 20 or not ones else [str(tens * 10), str(ones)]
    return [*([str(tens)] if tens > 1 else []), *(["10"] if tens else []), *([str(ones)] if ones else [])]
