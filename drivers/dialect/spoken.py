"""What a bystander makes of bytes on a line: which frame they are, what it says, what of it nobody may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from drivers.framing import Scan

Way = Literal["to-device", "from-device"]
Verdict = Literal["frame", "bad", "plain"]
"""bad: of no frame, or of one that is wrong. plain: of a device whose bytes have no frames."""

_WAYS = ("to-device", "from-device", None)
_VERDICTS = ("frame", "bad", "plain")

HIDDEN = "··"
"""Stands for one masked byte wherever bytes are written in hex."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one frame says. ``word`` is a key of the wording room ``monitor``, which ``fields`` fill in.

    ``personal``: from which byte of the frame up to which it is masked; checksums over personal bytes tell of them,
    and are masked too. ``fields`` hold nothing personal. ``vague``: a right frame whose meaning this side does not
    know, so that it may be the other side's.
    """

    word: str
    fields: Mapping[str, str | int] = field(default_factory=dict)
    personal: tuple[int, int] = (0, 0)
    vague: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """How one side of a line speaks. ``say`` names a frame that ``scan`` cut out; it raises Garbled for a wrong one.

    ``cap``: bytes of the longest frame.
    """

    scan: Scan
    say: Callable[[bytes], Said]
    cap: int


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one model speaks; None: that side is silent. ``secret``: what is no frame here may be a piece of a card."""

    to_device: Side | None
    from_device: Side | None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One frame, or bytes of none. ``at``: seconds, when its first byte came. ``shown``: None for a masked byte."""

    way: Way | None
    at: float
    shown: tuple[int | None, ...]
    verdict: Verdict
    said: Said | None = None

    def hex(self) -> str:
        """The bytes, ``ff 68 ··``."""
        return " ".join(HIDDEN if byte is None else f"{byte:02x}" for byte in self.shown)


def as_object(piece: Piece, since: float) -> dict[str, Any]:
    """For a JSON line: ``t`` in ms after ``since``, ``way`` or null, ``bytes`` in hex, ``verdict``, what it says."""
    told: dict[str, Any] = {
        "t": round((piece.at - since) * 1000, 1),
        "way": piece.way,
        "bytes": piece.hex(),
        "verdict": piece.verdict,
    }
    if piece.said is not None:
        told |= {"word": piece.said.word, "fields": dict(piece.said.fields)}
    return told


def from_object(told: Mapping[str, Any]) -> Piece:
    """The piece that such a line tells; its time counts from nought. Raises ValueError for what is none."""
    way, verdict, word = told.get("way"), told.get("verdict"), told.get("word")
    if way not in _WAYS or verdict not in _VERDICTS:
        raise ValueError(f"no line of a monitor: way {way!r}, verdict {verdict!r}")
    try:
        shown = tuple(None if byte == HIDDEN else int(byte, 16) for byte in str(told["bytes"]).split())
        at = float(told["t"]) / 1000
        said = None if word is None else Said(str(word), dict(told.get("fields", {})))
    except (KeyError, TypeError, ValueError) as wrong:
        raise ValueError(f"no line of a monitor: {wrong}") from None
    if not all(byte is None or 0 <= byte <= 0xFF for byte in shown):
        raise ValueError("no line of a monitor: bytes beyond ff")
    return Piece(way, at, shown, verdict, said)
