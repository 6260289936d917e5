"""A maker's frame as the settings write it down, for cards whose protocol nobody has published. Pure.

Bytes are written in hex; blanks part them. Between them may stand:

    {address}    the display's address: one byte
    {text}       the text in GBK, as its letters are or filled up with 20 to a fixed number of bytes
    {length}     bytes between < and >; without these marks: of the text
    {checksum}   over the bytes between ( and ); without these marks: over all before it
    {any}        in an answer: a byte that may be anything

``-high`` and ``-low`` behind address, length and checksum make two bytes of them, the high or the low one first, as in
{length-low}. A byte that must not stand in a frame as it is (an escape) cannot be written down so.

    A0 90 ({address} A5 {length-high} <{text}>) {checksum}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from drivers.contract import Garbled
from drivers.framing import Cut, crc16_arc, crc16_modbus, sum8, sum16, xor8

TEXT_CAP = 255
FIXED_CAP = 96
FRAME_CAP = TEXT_CAP + FIXED_CAP
PAD = b" "

Kind = Literal["none", "sum8", "sum16", "xor", "crc-arc", "crc-modbus"]
_SUMS: dict[str, tuple[int, Callable[[bytes], int]]] = {
    "sum8": (1, sum8),
    "sum16": (2, sum16),
    "xor": (1, xor8),
    "crc-arc": (2, crc16_arc),
    "crc-modbus": (2, crc16_modbus),
}
_TOKEN = re.compile(
    r"\s*(?:(?P<byte>[0-9A-Fa-f]{2})|\{(?P<name>address|text|length|checksum|any)(?:-(?P<order>high|low))?\}"
    r"|(?P<mark>[()<>]))\s*"
)


@dataclass(frozen=True, slots=True)
class Part:
    """One byte of the frame, or a placeholder. ``size`` in bytes; 0: as long as the text is."""

    name: str
    size: int = 1
    low_first: bool = False
    value: int = 0

    def of(self, value: int) -> bytes:
        """The value in this part's bytes. Raises ValueError when it is too large."""
        if value >= 1 << 8 * self.size:
            raise ValueError(f"{self.name} {value}, its {self.size} bytes hold less")
        return value.to_bytes(self.size, "little" if self.low_first else "big")

    def value_of(self, piece: bytes) -> int:
        """What these bytes of it say."""
        return int.from_bytes(piece, "little" if self.low_first else "big")


@dataclass(frozen=True, slots=True)
class Template:
    """A frame. ``counted``, ``summed``: from which part up to which length and checksum reach."""

    parts: tuple[Part, ...]
    checksum: Kind
    counted: tuple[int, int]
    summed: tuple[int, int]

    def fill(self, address: int = 0, text: bytes = b"") -> bytes:
        """The frame, a 00 for each {any}. Raises ValueError when something does not fit."""
        if len(text) > TEXT_CAP:
            raise ValueError(f"{len(text)} bytes of text, a frame holds {TEXT_CAP}")
        pieces = [self._piece(part, address, text) for part in self.parts]
        for name, worth in (("length", self._length), ("checksum", self._sum)):
            for place, part in enumerate(self.parts):
                if part.name == name:
                    pieces[place] = part.of(worth(pieces))
        return b"".join(pieces)

    def read(self, frame: bytes) -> tuple[int | None, bytes]:
        """Address (None where it has none) and text, filled up as it came, of a whole frame. Raises Garbled."""
        pieces = self._pieces(frame)
        if not pieces or not self._right(pieces):
            raise Garbled(f"another frame: {frame.hex(' ')}")
        address, text = None, b""
        for part, piece in zip(self.parts, pieces, strict=True):
            if part.name == "address":
                address = part.value_of(piece)
            elif part.name == "text":
                text = piece
        return address, text

    def scan(self, unread: bytes) -> Cut:
        """The next such frame. Where nothing tells a frame's end, ``ends`` is False and none is found."""
        head = self._head
        for start in range(len(unread)):
            rest = unread[start:]
            if not rest.startswith(head[: len(rest)]):
                continue
            for size in self._sizes(rest):
                if size > len(rest):
                    return Cut(start, 0)
                if self._right(self._pieces(rest[:size])):
                    return Cut(start, size)
        return Cut(len(unread), 0)

    @property
    def fixed(self) -> int:
        """Bytes of all parts but of a text as long as its letters."""
        return sum(part.size for part in self.parts)

    @property
    def ends(self) -> bool:
        """Whether a listener can know where the frame ends."""
        return not self._grows or self._told_length() is not None or bool(self._tail)

    @property
    def _grows(self) -> bool:
        return any(part.size == 0 for part in self.parts)

    @property
    def _head(self) -> bytes:
        """The bytes in which every frame begins."""
        return bytes(part.value for part in _literal(self.parts))

    @property
    def _tail(self) -> bytes:
        """The bytes in which every frame ends."""
        return bytes(part.value for part in _literal(self.parts[::-1]))[::-1]

    def _told_length(self) -> tuple[int, Part] | None:
        """Where before a growing text its length is told, and how."""
        at = 0
        for place, part in enumerate(self.parts):
            if part.name == "length":
                grows = any(counted.size == 0 for counted in self.parts[slice(*self.counted)])
                return (at, part) if grows and place < self.counted[1] else None
            if part.size == 0:
                return None
            at += part.size
        return None

    def _sizes(self, rest: bytes) -> Iterator[int]:
        """How long a frame may be that begins so."""
        if not self._grows:
            yield self.fixed
        elif told := self._told_length():
            at, part = told
            if len(rest) < at + part.size:
                yield FRAME_CAP
                return
            beside = sum(counted.size for counted in self.parts[slice(*self.counted)])
            text = part.value_of(rest[at : at + part.size]) - beside
            if 0 <= text <= TEXT_CAP:
                yield self.fixed + text
        elif tail := self._tail:
            end = rest.find(tail, self.fixed - len(tail))
            while end >= 0:
                yield end + len(tail)
                end = rest.find(tail, end + 1)
            if len(rest) < self.fixed + TEXT_CAP:
                yield FRAME_CAP

    def _pieces(self, frame: bytes) -> list[bytes]:
        """The frame's bytes part by part; nothing when it cannot be one by its size."""
        text = len(frame) - self.fixed
        if text < 0 or text > TEXT_CAP or (text and not self._grows):
            return []
        pieces, at = [], 0
        for part in self.parts:
            size = part.size or text
            pieces.append(frame[at : at + size])
            at += size
        return pieces

    def _right(self, pieces: list[bytes]) -> bool:
        """Whether bytes, length and checksum are as they must be."""
        expected: dict[str, Callable[[Part], int]] = {
            "byte": lambda part: part.value,
            "length": lambda _: self._length(pieces),
            "checksum": lambda _: self._sum(pieces),
        }
        return bool(pieces) and all(
            part.value_of(piece) == expected[part.name](part)
            for part, piece in zip(self.parts, pieces, strict=True)
            if part.name in expected
        )

    def _length(self, pieces: list[bytes]) -> int:
        return sum(map(len, pieces[slice(*self.counted)]))

    def _sum(self, pieces: list[bytes]) -> int:
        return _SUMS[self.checksum][1](b"".join(pieces[slice(*self.summed)]))

    def _piece(self, part: Part, address: int, text: bytes) -> bytes:
        if part.name == "address":
            return part.of(address)
        if part.name != "text":
            return part.of(part.value)
        if part.size and len(text) > part.size:
            raise ValueError(f"{len(text)} bytes of text, the frame has room for {part.size}")
        return text.ljust(part.size, PAD)


def request(frame: str, checksum: Kind = "none", text_bytes: int = 0) -> Template:
    """The frame that shows a text. Raises ValueError, "what → remedy"."""
    template = _template(frame, checksum, text_bytes)
    names = [part.name for part in template.parts]
    if names.count("text") != 1 or "any" in names:
        raise ValueError("without {text} nothing is shown → write {text} once, and no {any}")
    return template


def answer(frame: str, checksum: Kind = "none") -> Template:
    """What a display says when it has obeyed. Raises ValueError, "what → remedy"."""
    template = _template(frame, checksum, 0)
    if any(part.name in ("text", "length") for part in template.parts) or not _known(template.parts):
        raise ValueError(
            "an answer must have a length and some byte to know it by → no {text}, no {length}; bytes in hex"
        )
    return template


def _template(frame: str, checksum: Kind, text_bytes: int) -> Template:
    if checksum not in (*_SUMS, "none"):
        raise ValueError(f"checksum {checksum!r} → give none, {', '.join(_SUMS)}")
    parts: list[Part] = []
    marks: dict[str, int] = {}
    at = 0
    while at < len(frame):
        token = _TOKEN.match(frame, at)
        if token is None:
            raise ValueError(
                f"{frame[at : at + 12]!r} is no byte → two hex digits a byte, or {{address}} {{text}} {{length}} …"
            )
        at = token.end()
        if mark := token["mark"]:
            if mark in marks:
                raise ValueError(f"a second {mark} → mark one stretch")
            marks[mark] = len(parts)
        else:
            parts.append(_part(token, checksum, text_bytes))
    if sum(part.size for part in parts) > FIXED_CAP + text_bytes:
        raise ValueError(f"more than {FIXED_CAP} bytes beside the text → such frames need a driver of their own")
    names = [part.name for part in parts]
    if names.count("checksum") != (checksum != "none") or names.count("length") > 1:
        raise ValueError(f"checksum is {checksum} → write {{checksum}} once where it stands, {{length}} at most once")
    text = names.index("text") if "text" in names else 0
    counted = _stretch(marks, "<>", (text, text + ("text" in names)))
    summed = _stretch(marks, "()", (0, names.index("checksum") if "checksum" in names else 0))
    if checksum != "none" and summed[0] <= names.index("checksum") < summed[1]:
        raise ValueError("the checksum counts itself → end its stretch before {checksum}")
    return Template(tuple(parts), checksum, counted, summed)


def _part(token: re.Match[str], checksum: Kind, text_bytes: int) -> Part:
    if token["byte"]:
        return Part("byte", value=int(token["byte"], 16))
    name, order = token["name"], token["order"]
    if name in ("text", "any"):
        if order:
            raise ValueError(f"{{{name}-{order}}} → write {{{name}}}")
        return Part(name, text_bytes if name == "text" else 1)
    if name == "checksum" and checksum != "none" and (order is not None) != (_SUMS[checksum][0] == 2):
        raise ValueError(
            f"{checksum} has {_SUMS[checksum][0]} bytes → {{checksum}} for one, {{checksum-low}} or -high for two"
        )
    return Part(name, 1 if order is None else 2, order == "low")


def _stretch(marks: dict[str, int], both: str, default: tuple[int, int]) -> tuple[int, int]:
    """From which part up to which these marks reach."""
    begin, end = marks.get(both[0]), marks.get(both[1])
    if begin is None and end is None:
        return default
    if begin is None or end is None or begin >= end:
        raise ValueError(f"{both[0]} and {both[1]} mark nothing → put one before and one behind what is meant")
    return begin, end


def _known(parts: tuple[Part, ...]) -> bool:
    return any(part.name in ("byte", "address") for part in parts)


def _literal(parts: tuple[Part, ...]) -> Iterator[Part]:
    for part in parts:
        if part.name != "byte":
            return
        yield part
