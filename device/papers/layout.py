"""Lines one below the other, over as many pages as they take."""

from __future__ import annotations

from collections.abc import Iterator

from device.papers.page import HEIGHT, MM_A_POINT, WIDTH, Bar, Code, Mark, Page, Paper, Text, width

MARGIN = 22.0
BODY = 12.0
SMALL = 9.0
LEADING = 1.6
"""Line height in sizes of the letters."""
NEVER_FIRST = "·。，、；：！？）》」』”’…,.;:!?)]}%"
"""What may not begin a line: it hangs into the margin instead (GB/T 15834)."""


def wrapped(text: str, size: float, room: float) -> Iterator[str]:
    """Lines that fit into ``room`` millimetres; an English word is broken only where it alone is too long."""
    for paragraph in text.split("\n"):
        line = ""
        for character in paragraph:
            if line and width(line + character, size) > room and character not in NEVER_FIRST and character != " ":
                head, space, tail = line.rpartition(" ")
                inside_a_word = character.isascii() and line[-1].isascii() and line[-1] != " "
                if inside_a_word and space and tail.isascii():
                    yield head
                    line = tail
                else:
                    yield line.rstrip(" ")
                    line = ""
            line += character
        yield line


class Composer:
    """Sets a paper from top to bottom. ``foot`` stands at the foot of each page, with its number where wished."""

    def __init__(self, name: str, foot: str = "", *, numbered: bool = True) -> None:
        self._numbered = numbered
        self._name = name
        self._foot = foot
        self._pages: list[list[Mark]] = [[]]
        self.y = MARGIN

    def line(
        self, text: str, size: float = BODY, *, bold: bool = False, centred: bool = False, indent: float = 0.0
    ) -> None:
        """A text, wrapped."""
        room = WIDTH - 2 * MARGIN - indent
        for part in wrapped(text, size, room):
            self._make_room(size * LEADING * MM_A_POINT)
            self.y += size * LEADING * MM_A_POINT
            x = (WIDTH - width(part, size)) / 2 if centred else MARGIN + indent
            if part:
                self._put(Text(x, self.y, size, part, bold))

    def field(self, label: str, text: str) -> None:
        """A label in bold, and what belongs to it behind or below."""
        size, indent = BODY, width(label, BODY)
        self._make_room(size * LEADING * MM_A_POINT)
        self._put(Text(MARGIN, self.y + size * LEADING * MM_A_POINT, size, label, True))
        self.line(text, indent=indent)

    def rule(self) -> None:
        """A line across the page."""
        self._make_room(4.0)
        self.y += 4.0
        self._put(Bar(MARGIN, self.y, WIDTH - 2 * MARGIN, 0.3))

    def gap(self, millimetres: float) -> None:
        """Nothing."""
        self.y += millimetres

    def right(self, text: str, size: float = BODY) -> None:
        """One line at the right margin."""
        self._make_room(size * LEADING * MM_A_POINT)
        self.y += size * LEADING * MM_A_POINT
        self._put(Text(WIDTH - MARGIN - width(text, size), self.y, size, text))

    def code(self, data: str, side: float, beside: str) -> None:
        """A QR code and a line beside it."""
        self._make_room(side + 4.0)
        self._put(Code(MARGIN, self.y + 4.0, side, data))
        self._put(Text(MARGIN + side + 6.0, self.y + 4.0 + side / 2, SMALL, beside))
        self.y += side + 4.0

    def mark(self, mark: Mark) -> None:
        """Something at a place of its own."""
        self._put(mark)

    def paper(self) -> Paper:
        """The whole of it."""
        pages: list[Page] = []
        for number, marks in enumerate(self._pages, 1):
            foot = f"{self._foot}  {number}/{len(self._pages)}".strip() if self._numbered else self._foot
            below = (Text((WIDTH - width(foot, SMALL)) / 2, HEIGHT - 12.0, SMALL, foot),) if foot else ()
            pages.append((*marks, *below))
        return Paper(self._name, tuple(pages))

    def _put(self, mark: Mark) -> None:
        self._pages[-1].append(mark)

    def _make_room(self, height: float) -> None:
        if self.y + height > HEIGHT - MARGIN:
            self._pages.append([])
            self.y = MARGIN
