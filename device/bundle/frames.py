"""Frames of a line as a bundle may hold them: masked by their dialects, and texts only where they are a call."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from config.wording import LANGUAGES, room
from device.bundle.vocabulary import HIDDEN
from hall.contract.maintenance import Frames

NEWEST = 200
"""Of each line."""

_NUMBER = re.compile(r"[A-Z]?\d{1,6}")
_BYTE = re.compile(r"[0-9a-f]{2}")
_LONG_NUMBER = re.compile(rb"\d{9}|(?:\d\x00){9}|(?:\x00\d){9}")
_FIELD = re.compile(r"\\\{\w+\\\}")
_HIDDEN_RUN = re.compile(rf"(?:{HIDDEN} ?){{9,}}")
_LATIN = re.compile(rb"[A-Za-z]{3}|(?:[A-Za-z]\x00){3}|(?:\x00[A-Za-z]){3}")
_HANZI = re.compile(r"[\u3400-\u9fff]{2}")


def told(lines: Iterable[Frames]) -> list[dict[str, Any]]:
    """The newest frames of each line."""
    return [
        {
            "line": line.line,
            "frames": [
                {
                    "at_ms": frame.at_ms,
                    "way": frame.way,
                    "model": frame.model,
                    "sound": frame.sound,
                    **{key: _short(text) for key, text in _shown(frame.text, frame.hex).items()},
                }
                for frame in line.frames[-NEWEST:]
            ],
        }
        for line in lines
    ]


def _shown(text: str, hex_: str) -> dict[str, str]:
    """A sentence that quotes what was written is kept where that is a call; else it is hidden, and its bytes."""
    for quoting in _quoting():
        quoted = quoting.fullmatch(text)
        if quoted is not None and not is_call(quoted["text"]):
            begin, end = quoted.span("text")
            return {"text": f"{text[:begin]}{HIDDEN}{text[end:]}", "hex": _BYTE.sub(HIDDEN, hex_)}
    is_frame = _nameless().fullmatch(text) is None
    return {"text": text, "hex": hex_ if is_harmless(hex_, words=not is_frame) else _BYTE.sub(HIDDEN, hex_)}


def _short(text: str) -> str:
    """A long run of hidden bytes as their count."""
    return _HIDDEN_RUN.sub(lambda run: f"{HIDDEN} × {run[0].count(HIDDEN)} ", text).strip()


def is_harmless(hex_: str, *, words: bool) -> bool:
    """Whether these bytes hold no long number; with ``words``, nothing that could be a word either.

    A right frame's characters are quoted by its dialect; its checksums may look like some.
    """
    data = bytes.fromhex("".join(_BYTE.findall(hex_)))
    if _LONG_NUMBER.search(data):
        return False
    return not (words and (_LATIN.search(data) or _HANZI.search(data.decode("gb18030", "replace"))))


def is_call(text: str) -> bool:
    """Whether it says nothing but numbers and the words that displays are written with."""
    left = _NUMBER.sub("", text)
    return sum(map(str.isdigit, text)) <= 8 and all(sign in _call_signs() for sign in left)


@cache
def _quoting() -> list[re.Pattern[str]]:
    """The sentences of the monitor that quote a text."""
    templates = [text for text in room("monitor", LANGUAGES[0]).values() if "{text}" in text]
    return [
        re.compile(_FIELD.sub(".*?", re.escape(text).replace(r"\{text\}", "(?P<text>.*)")), re.DOTALL)
        for text in templates
    ]


@cache
def _nameless() -> re.Pattern[str]:
    """What the monitor says of bytes that are no frame."""
    templates = (room("monitor", LANGUAGES[0])[verdict] for verdict in ("bad", "plain"))
    return re.compile("|".join(_FIELD.sub(".*?", re.escape(text)) for text in templates))


@cache
def _call_signs() -> frozenset[str]:
    """Chinese characters of what this box writes on displays, and signs; no Latin letters: they could be a name."""
    words = "".join(room("display", LANGUAGES[0]).values())
    return frozenset(sign for sign in words if not sign.isascii()) | frozenset(" -:()　")
