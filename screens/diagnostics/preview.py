"""What a scanner sees, drawn in the terminal: two dots a character, in grey. Nothing of it is kept."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence

from textual.binding import Binding

from hall.contract.maintenance import AskPreview, Preview
from screens.diagnostics import refusal
from screens.diagnostics.client import Lost, RefusedVerb
from screens.diagnostics.colours import INK, QUIET
from screens.diagnostics.lines import Line, Part, Row, heading, text
from screens.diagnostics.progress import TICK_S, running
from screens.diagnostics.terminal import Terminal, Visit
from screens.diagnostics.view import KeyName, View

EXPECTED_S = 20.0
UPPER = "▀"
SHADES = 17
"""Between two of the sixteen greys: a terminal need not know more."""
AROUND = 6
"""Lines that head, foot and the sentence above the picture take."""


class PreviewView(View):
    """Looks once when it is opened, and again on request."""

    BINDINGS = [Binding("r", "again", show=False)]

    def __init__(self, terminal: Terminal, visit: Visit, device: str) -> None:
        super().__init__(terminal, visit)
        self._visit = visit
        self._device = device
        self._began: float | None = None
        self._picture: Preview | None = None
        self._failure: refusal.Failure | None = None

    def heading(self) -> str:
        """Whose picture."""
        return f"{self._device}  {self.tongue.say('preview')}"

    def on_mount(self) -> None:
        """Look."""
        super().on_mount()
        self.set_interval(TICK_S, self._tick)
        self.action_again()

    def keys(self) -> Sequence[KeyName]:
        """What the foot names."""
        return (("r", "key-again"),) if self._began is None else ()

    def action_again(self) -> None:
        """Look once more."""
        if self._began is None:
            self._began = self.terminal.clock()
            self._failure = None
            self.run_worker(self._look(), group="preview", exclusive=True)
            self.redraw()

    def told(self, width: int) -> Iterable[Row]:
        """The picture, or how far it is."""
        say = self.tongue.say
        yield heading(say("preview"), say("preview-kept"), first=True)
        if self._began is not None:
            yield running(self.terminal.clock() - self._began, EXPECTED_S, self.tongue)
        elif self._failure is not None:
            yield from refusal.told(self._failure, self.tongue, width)
        elif self._picture is not None:
            yield Row(((),))
            yield Row(picture_lines(self._picture))
        else:
            yield text(say("preview-none"), width, QUIET)

    async def _look(self) -> None:
        size = self.app.size
        try:
            lease = await self._visit.keeper.take(self._device)
            columns, rows = max(20, size.width - 6), max(10, (size.height - AROUND) * 2)
            asked = AskPreview(device=self._device, lease=lease, columns=columns, rows=rows)
            self._picture = await self._visit.client.preview(asked)
            picture_lines(self._picture)
        except (Lost, RefusedVerb) as failure:
            self._failure = failure
        except ValueError:
            self._picture, self._failure = None, refusal.Garbled()
        self._began = None
        self.redraw()

    def _tick(self) -> None:
        if self._began is not None:
            self.redraw()


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
