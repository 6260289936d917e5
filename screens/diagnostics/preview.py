"""What a scanner sees, drawn in the terminal: two dots a character, in grey. Nothing of it is kept."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable

from hall.contract.maintenance import AskPreview, Preview
from screens.diagnostics import refusal
from screens.diagnostics.asking import AskingView
from screens.diagnostics.colours import INK, QUIET
from screens.diagnostics.lines import Line, Part, Row, text
from screens.diagnostics.terminal import Terminal, Visit

UPPER = "▀"
SHADES = 17
"""Between two of the sixteen greys: a terminal need not know more."""
AROUND = 6
"""Lines that head, foot and the sentence above the picture take."""


class PreviewView(AskingView):
    """Looks once when it is opened, and again on request."""

    TITLE_KEY = "preview"
    NOTE_KEY = "preview-kept"
    EXPECTED_S = 20.0

    def __init__(self, terminal: Terminal, visit: Visit, device: str) -> None:
        super().__init__(terminal, visit, device)
        self._picture: Preview | None = None

    async def ask(self) -> None:
        """Look, with the device out of service; a picture that is none is kept no more than another."""
        size = self.app.size
        columns, rows = max(20, size.width - 6), max(10, (size.height - AROUND) * 2)
        lease = await self._visit.keeper.take(self._device)
        asked = AskPreview(device=self._device, lease=lease, columns=columns, rows=rows)
        self._picture = await self._visit.client.preview(asked)
        try:
            picture_lines(self._picture)
        except ValueError:
            self._picture = None
            raise refusal.Garbled from None

    def answered(self, width: int) -> Iterable[Row]:
        """The picture."""
        if self._picture is None:
            yield text(self.tongue.say("preview-none"), width, QUIET)
            return
        yield Row(((),))
        yield Row(picture_lines(self._picture))


def picture_lines(picture: Preview) -> tuple[Line, ...]:
    """Two rows of dots a line. Raises ValueError for a picture that is not as large as it says."""
    try:
        grey = base64.b64decode(picture.grey, validate=True)
    except binascii.Error as wrong:
        raise ValueError("no base64") from wrong
    if len(grey) != picture.columns * picture.rows:
        raise ValueError(f"{len(grey)} dots for {picture.columns} × {picture.rows}")
    rows = [grey[at : at + picture.columns] for at in range(0, len(grey), picture.columns)]
    if len(rows) % 2:
        rows.append(bytes(picture.columns))
    return tuple(_line(upper, lower) for upper, lower in zip(rows[::2], rows[1::2], strict=True))


def _line(upper: bytes, lower: bytes) -> Line:
    """Equal neighbours become one piece: hundreds of pieces a line would be slow to draw."""
    parts: list[Part] = []
    for above, below in zip(upper, lower, strict=True):
        style = f"{_shade(above)} on {_shade(below)}"
        if parts and parts[-1][1] == style:
            parts[-1] = (parts[-1][0] + UPPER, style)
        else:
            parts.append((UPPER, style))
    return tuple(parts) or (("", INK),)


def _shade(grey: int) -> str:
    level = round(grey / SHADES) * SHADES
    return f"#{level:02x}{level:02x}{level:02x}"
