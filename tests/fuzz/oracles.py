"""What holds of a decoder whatever comes, as functions that raise when it does not.

A decoder fed anything raises nothing but its own errors, keeps less than its cap, loses no count of a byte, finds the
next good message, and what it has understood it would understand again from its own encoding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from drivers.framing import Framer, Scan

T = TypeVar("T")
Check = Callable[[bytes], None]

LARGEST_PIECE = 64
"""Pieces have 1 to this many bytes; 0 stands for all at once."""


@dataclass(frozen=True)
class Stream:
    """A codec that cuts messages out of a stream. An input is: size of the pieces, which good message, the stream.

    ``encode`` None: there is nothing to go back to. ``repeats``: how many good messages it may take after noise until
    one is found; 0 where only silence ends what noise has begun. After silence one is enough everywhere.
    """

    scan: Scan
    cap: int
    decode: Callable[[bytes], Any]
    good: Sequence[bytes]
    errors: tuple[type[Exception], ...] = ()
    encode: Callable[[Any], bytes | None] | None = None
    repeats: int = 1

    def __call__(self, data: bytes) -> None:
        size, which, stream = _header(data)
        good = self.good[which % len(self.good)]
        framer = self._fed(pieces(stream, size))
        if self.repeats:
            found = [cut for _ in range(self.repeats) for cut in framer.feed(good)]
            assert good in found or self._meaning(good) in map(self._meaning, found), "the next good message is lost"
        framer.forget()
        assert list(framer.feed(good)) == [good], "after silence the next good message is lost"

    def _fed(self, stream: Iterator[bytes]) -> Framer:
        framer, came, found = Framer(self.scan, self.cap), 0, 0
        for piece in stream:
            came += len(piece)
            for cut in framer.feed(piece):
                found += len(cut)
                self._meaning(cut)
            assert len(framer) < self.cap, "more is kept than the cap"
        assert framer.garbled + found + len(framer) == came, "bytes were lost count of"
        return framer

    def _meaning(self, cut: bytes) -> Any:
        try:
            meaning = self.decode(cut)
        except self.errors:
            return None
        if self.encode is not None and (again := self.encode(meaning)) is not None:
            framer = Framer(self.scan, self.cap)
            assert [self.decode(one) for one in framer.feed(again)] == [meaning], "what was understood has changed"
            assert framer.garbled == 0, "its own encoding is part noise"
        return meaning


def tried(do: Callable[[], T], *errors: type[Exception]) -> tuple[T, str] | tuple[None, str]:
    """What it gives, and ""; or None, and how it was refused in one of these errors."""
    try:
        return do(), ""
    except errors as refused:
        return None, str(refused)


def pieces(stream: bytes, size: int) -> Iterator[bytes]:
    """The stream in pieces of this size, 0: in one."""
    step = size or max(1, len(stream))
    return (stream[at : at + step] for at in range(0, len(stream), step))


def on_stream(stream: bytes, size: int = 0, which: int = 0) -> bytes:
    """The input that brings this stream before a Stream."""
    return bytes((size, which)) + stream


def _header(data: bytes) -> tuple[int, int, bytes]:
    size, which = (*data[:2], 0, 0)[:2]
    return size % (LARGEST_PIECE + 1), which, data[2:]
