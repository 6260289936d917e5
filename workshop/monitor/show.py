"""One piece as one line: when, which way, what it says, its bytes."""

from __future__ import annotations

from config.wording import room, say
from drivers.dialect.spoken import Piece

ROOM = "monitor"
BYTES_SHOWN = 48
_ARROWS = {"to-device": "→", "from-device": "←", None: "?"}
_MARKS = {"frame": " ", "plain": " ", "bad": "!"}


def line_of(piece: Piece, language: str) -> str:
    """``   123.4 ms → ! …``; a long frame's bytes are cut, never its meaning."""
    shown = piece.hex()
    rest = len(piece.shown) - BYTES_SHOWN
    if rest > 0:
        cut = " ".join(shown.split(" ", BYTES_SHOWN)[:BYTES_SHOWN])
        shown = f"{cut} {say(ROOM, 'more-bytes', language, count=rest)}"
    return (
        f"{piece.at * 1000:10.1f} ms {_ARROWS[piece.way]} {_MARKS[piece.verdict]} {meaning(piece, language)}  [{shown}]"
    )


def meaning(piece: Piece, language: str) -> str:
    """What it says, in words; control characters that a device put into a text are made harmless."""
    if piece.said is None:
        return say(ROOM, piece.verdict, language, count=len(piece.shown))
    if piece.said.word not in room(ROOM, language):  # of a newer daemon
        return piece.said.word
    text = say(ROOM, piece.said.word, language, **piece.said.fields)
    return "".join(character if character.isprintable() else "·" for character in text)
