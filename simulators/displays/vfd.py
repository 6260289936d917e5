"""A customer display of two lines of twenty letters (led-displays.md §7), in CD5220 or in Epson mode."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PIL import Image

from simulators.displays.dots import GREEN, Panel, write
from simulators.displays.kinds import Reply
from simulators.displays.text_panel import drawn
from simulators.glyphs import DISPLAY_DOTS
from simulators.line import Line

COLUMNS, LINES = 20, 2
DEAF_SECONDS = 0.2
"""After a change of mode nothing is heard for so long (one source)."""
_ESC, _US = 0x1B, 0x1F
_CLEAR, _CANCEL, _END = 0x0C, 0x18, 0x0D

Mode = Literal["cd5220", "epson"]
_ESC_PARAMETERS: dict[Mode, dict[str, int]] = {
    "cd5220": {"@": 0, "\x11": 0, "\x12": 0, "\x13": 0, "l": 2, "[": 1, "_": 1, "*": 1, "Q": -1},
    "epson": {"@": 0, "=": 1},
}
_US_PARAMETERS: dict[Mode, dict[str, int]] = {
    "cd5220": {"E": 1},
    "epson": {"\x01": 0, "\x02": 0, "\x03": 0, "$": 2, "B": 0, "C": 1, "X": 1, "E": 1},
}
"""Commands and how many parameters follow; -1: a line of text up to 0D."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One command, or one letter (``name`` "letter")."""

    name: str
    parameters: bytes
    size: int


class VfdReader:
    """Commands and letters as they come: nothing marks where one ends but itself."""

    def __init__(self, mode: Mode) -> None:
        self._mode: Mode = mode
        self._bytes = bytearray()

    def feed(self, byte: int, _at: float) -> Frame | None:
        """Take one byte."""
        if byte in (_ESC, _US) and self._bytes and self._is_line():
            self._bytes.clear()  # the end of the line before was lost
        self._bytes.append(byte)
        raw = bytes(self._bytes)
        if raw[0] not in (_ESC, _US):
            self._bytes.clear()
            return Frame("letter" if 0x20 <= byte <= 0x7E else f"{byte:02X}", raw, 1)
        if len(raw) < 2:
            return None
        known = (_ESC_PARAMETERS if raw[0] == _ESC else _US_PARAMETERS)[self._mode]
        count = known.get(chr(raw[1]), 0)
        whole = byte == _END and len(raw) > 2 if count < 0 else len(raw) == 2 + count
        if not whole and len(raw) < 64:
            return None
        self._bytes.clear()
        name = f"{'ESC' if raw[0] == _ESC else 'US'} {chr(raw[1])}"
        return Frame(name if chr(raw[1]) in known else "unknown", raw[2:], len(raw))

    def _is_line(self) -> bool:
        return self._mode == "cd5220" and self._bytes[:2] == b"\x1bQ"


class Vfd:
    """The display: forty places, a cursor, a brightness. It never answers."""

    def __init__(self) -> None:
        self._deaf_until = 0.0
        self._in_lines = False
        self._initialize()
        self.brightness = 4

    @property
    def seen(self) -> tuple[object, ...]:
        """The letters, once a line is whole; while one is being written, what stood there before."""
        return self._seen if any(line.strip() for line in self._seen) else ()

    @property
    def text(self) -> str:
        """What people read, line after line."""
        return " ".join(line.strip() for line in self._seen if line.strip())

    @property
    def fits(self) -> bool:
        """What does not fit does not come to stand there."""
        return True

    def meant(self, _frame: Frame) -> bool:
        """It has no address."""
        return True

    def obey(self, frame: Frame, at: float, *, alone: bool, spoil: bool) -> Reply:  # noqa: ARG002 - all have it
        """In the writing of lines it knows nothing else but 0C and 18."""
        if at < self._deaf_until:
            return Reply()
        before = self._seen
        if frame.name == "ESC Q":
            self._line(frame.parameters)
        elif frame.name in ("0C", "18"):
            self._wipe(frame.name, at)
        elif not self._in_lines:
            self._command(frame, at)
        return Reply(wrote=self._seen != before)

    def draw(self) -> Image.Image:
        """Which dots are lit: its own 160 by 32, whatever panel it was given."""
        lit = Image.new("P", (COLUMNS * DISPLAY_DOTS // 2, LINES * DISPLAY_DOTS))
        for number, line in enumerate(self._seen):
            letters = tuple((letter, GREEN) for letter in line.rstrip())
            box = (0, number * DISPLAY_DOTS, lit.width, (number + 1) * DISPLAY_DOTS)
            write(lit, box, drawn(letters, DISPLAY_DOTS))
        return lit

    def advance(self, _seconds: float) -> None:
        """It has no clock."""

    def close(self) -> None:
        """It has no clock."""

    def _initialize(self) -> None:
        self._places = [list(" " * COLUMNS) for _ in range(LINES)]
        self._column = self._row = 0
        self._in_lines = False
        self.cursor = True
        self._settle()

    def _wipe(self, name: str, at: float) -> None:
        """0C: both lines, 18: the cursor's. Both end the writing of lines."""
        for row in range(LINES) if name == "0C" else (self._row,):
            self._places[row] = list(" " * COLUMNS)
        self._column = 0
        self._row = 0 if name == "0C" else self._row
        self._changed_mode(at, self._in_lines)
        self._in_lines = False
        self._settle()

    def _command(self, frame: Frame, at: float) -> None:
        parameters = frame.parameters
        match frame.name:
            case "letter":
                self._letter(chr(parameters[0]))
            case "ESC @":
                self._initialize()
                self._changed_mode(at, True)
            case "ESC l" | "US $":
                if 1 <= parameters[0] <= COLUMNS and 1 <= parameters[1] <= LINES:
                    self._column, self._row = parameters[0] - 1, parameters[1] - 1
            case "ESC *" | "US X":
                if 1 <= parameters[0] <= 4:
                    self.brightness = parameters[0]
            case "ESC _" | "US C":
                self.cursor = parameters[0] == 1

    def _letter(self, letter: str) -> None:
        """In the place of the cursor, which goes on, from the end of the one line to the beginning of the other."""
        self._places[self._row][self._column] = letter
        self._column += 1
        if self._column == COLUMNS:
            self._column, self._row = 0, (self._row + 1) % LINES
            self._settle()

    def _line(self, parameters: bytes) -> None:
        row = {b"A": 0, b"B": 1}.get(parameters[:1])
        letters = parameters[1:-1].decode("latin-1")
        if row is None or len(letters) > COLUMNS:  # the scrolling line, and what scrolls, stand nowhere for long
            return
        self._in_lines = True
        self._row = row
        self._places[row] = list(letters.ljust(COLUMNS))
        self._settle()

    def _changed_mode(self, at: float, changed: bool) -> None:
        if changed:
            self._deaf_until = at + DEAF_SECONDS

    def _settle(self) -> None:
        self._seen = tuple("".join(line) for line in self._places)


class Cd5220Displays:
    """The kind of displays whose switches say CD5220."""

    def reader(self, _line: Line) -> VfdReader:
        """Their ear."""
        return VfdReader("cd5220")

    def display(self, _address: int, _panel: Panel, _changed: Callable[[], None]) -> Vfd:
        """One of them."""
        return Vfd()


class EpsonDisplays:
    """The kind of displays whose switches say Epson."""

    def reader(self, _line: Line) -> VfdReader:
        """Their ear."""
        return VfdReader("epson")

    def display(self, _address: int, _panel: Panel, _changed: Callable[[], None]) -> Vfd:
        """One of them."""
        return Vfd()
