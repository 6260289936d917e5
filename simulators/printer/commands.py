"""What a host may tell an ESC/POS printer, in the manual's words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Initialize:
    """ESC @: power-on mode."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One character for the line: of the code page, or a hanzi two columns wide."""

    char: str
    hanzi: bool = False


@dataclass(frozen=True, slots=True)
class LineFeed:
    """LF: print the line."""


@dataclass(frozen=True, slots=True)
class Feed:
    """ESC d: print the line and feed so many lines."""

    lines: int


@dataclass(frozen=True, slots=True)
class FeedDots:
    """ESC J: print the line and feed so many dots."""

    dots: int


@dataclass(frozen=True, slots=True)
class LineSpacing:
    """ESC 3 n, ESC 2 (None: the standard one)."""

    dots: int | None


@dataclass(frozen=True, slots=True)
class LetterSize:
    """GS !, ESC !: times the standard letter, 1–8."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class HanziSize:
    """FS !, FS W: times the standard hanzi, 1 or 2."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Align:
    """ESC a: 0 left, 1 centre, 2 right."""

    to: int


@dataclass(frozen=True, slots=True)
class Bold:
    """ESC E."""

    on: bool


@dataclass(frozen=True, slots=True)
class ChineseMode:
    """FS &, FS ."""

    on: bool


@dataclass(frozen=True, slots=True)
class Raster:
    """GS v 0, or what GS ( L stored and prints: rows of dots, 1 black, the left one in the top bit.

    ``mode`` bit 0 double width, bit 1 double height.
    """

    mode: int
    width_bytes: int
    rows: int
    data: bytes


@dataclass(frozen=True, slots=True)
class QrCode:
    """GS ( k function 81: print what was stored; ``module`` in dots, ``level`` one of LMQH."""

    data: bytes
    module: int
    level: str


@dataclass(frozen=True, slots=True)
class Cut:
    """GS V. ``feed`` None cuts where the paper stands, else it first feeds to the cutter and so many dots more."""

    full: bool
    feed: int | None


@dataclass(frozen=True, slots=True)
class BlackMark:
    """GS FF: feed to the next mark."""


@dataclass(frozen=True, slots=True)
class Drawer:
    """ESC p: a pulse on the drawer's line, in ms."""

    pin: int
    on_ms: int
    off_ms: int


@dataclass(frozen=True, slots=True)
class Buzzer:
    """ESC B of clones."""

    times: int
    length: int


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """FS C."""

    n: int


@dataclass(frozen=True, slots=True)
class PrintCompleteRequest:
    """GS ( H function 48: say this id once everything before it is on paper."""

    id: bytes


@dataclass(frozen=True, slots=True)
class OfflineNotice:
    """GS ( H function 49: say when going off-line; 0 off, 1, 2 with causes."""

    kind: int


@dataclass(frozen=True, slots=True)
class PaperRequest:
    """GS r: answered in its turn."""

    n: int


@dataclass(frozen=True, slots=True)
class InfoRequest:
    """GS I."""

    n: int


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    """GS a: four bytes at once and on every change; 0 off."""

    n: int


Command = (
    Initialize
    | Letter
    | LineFeed
    | Feed
    | FeedDots
    | LineSpacing
    | LetterSize
    | HanziSize
    | Align
    | Bold
    | ChineseMode
    | Raster
    | QrCode
    | Cut
    | BlackMark
    | Drawer
    | Buzzer
    | CodeSystem
    | PrintCompleteRequest
    | OfflineNotice
    | PaperRequest
    | InfoRequest
    | AutomaticStatus
)


@dataclass(frozen=True, slots=True)
class StatusRequest:
    """DLE EOT n."""

    n: int


@dataclass(frozen=True, slots=True)
class Recover:
    """DLE ENQ 1 (go on) or 2 (clear the buffers)."""

    clear: bool


@dataclass(frozen=True, slots=True)
class ClearBuffers:
    """DLE DC4 8."""


RealTime = StatusRequest | Recover | ClearBuffers
