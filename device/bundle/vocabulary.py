"""What a text may tell in a bundle: only words that this program itself is made of. What it does not know, it hides.

A bundle leaves the hall. Names cannot be recognised, so nothing is searched for them: a word passes when it stands in
one of our own sentences, is the name of an error, a keyword, or a device of this box. Numbers pass while they are short
and few, for an identity number is 18 digits however it is spaced.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from config.wording import room

HIDDEN = "··"
PACKAGES = ("config", "device", "drivers", "hall")
ROOMS = ("reason", "refusal")
KERNEL = ("Errno", "ttyUSB", "ttyACM", "ttyS", "tty", "hidraw", "video", "snd")
"""What the system's own messages and device files are made of."""

MOST_DIGITS = 8
"""In one text: a port, an address, a time in ms. More could be pieces of an identity number or a telephone's."""

_PART = re.compile(r"[A-Za-z][A-Za-z']*|\d+|\s+|.", re.DOTALL)
_WORD = re.compile(r"[A-Za-z][A-Za-z']*")
_LITERAL = re.compile(r'(?:f?"((?:[^"\\\n]|\\.)*)")')
_EVENT = re.compile(r'\blog\.(?:info|warning|error|exception)\(\s*"([^"\n]+)"(?:\s*if [^\n]*? else "([^"\n]+)")?')
_SIGNS = frozenset(" _-:/.,;()[]{}<>=+*#'\"%→\t")


class Vocabulary:
    """``names``: of this box's lines and devices, of the box itself, its paths: known to whoever gets the bundle."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._words = _words() | {word for name in names for word in _WORD.findall(name)}
        self._names = frozenset(name for name in names if name)

    def text(self, text: str) -> str:
        """With everything hidden that is not ours."""
        if text in self._names:
            return text
        few = sum(character.isdigit() for character in text) <= MOST_DIGITS
        return re.sub(f"(?:{HIDDEN})+", HIDDEN, "".join(self._part(part, few=few) for part in _PART.findall(text)))

    def event(self, event: str) -> str:
        """The name of one of our own lines in the log; else as any text."""
        return event if event in _events() else self.text(event)

    def _part(self, part: str, *, few: bool) -> str:
        if part.isspace():
            return " "
        if part.isdigit() and part.isascii():
            return part if few else HIDDEN
        if _WORD.fullmatch(part):
            return part if part in self._words else HIDDEN
        return part if part in _SIGNS else HIDDEN


@cache
def _sources() -> str:
    """Our own code as it is installed, one text."""
    files: list[Path] = []
    for package in PACKAGES:
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            files += Path(folder).rglob("*.py")
    return "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in sorted(files))


@cache
def _words() -> frozenset[str]:
    texts = [found for found in _LITERAL.findall(_sources()) if found]
    texts += [os.strerror(number) for number in errno.errorcode]
    texts += [*errno.errorcode.values(), *(kind.__name__ for kind in _errors(BaseException))]
    texts += KERNEL
    texts += [key for name in ROOMS for key in room(name, "en")]
    return frozenset(word for text in texts for word in _WORD.findall(text))


def _errors(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    for narrower in kind.__subclasses__():
        yield narrower
        yield from _errors(narrower)


@cache
def _events() -> frozenset[str]:
    return frozenset(event for found in _EVENT.findall(_sources()) for event in found if event)
