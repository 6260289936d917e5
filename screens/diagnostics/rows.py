"""Rows to go through with the arrow keys, or to scroll where none can be chosen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.widgets import Static

from screens.diagnostics.lines import Row, drawn

GUTTER, CHOSEN = "  ", "▸ "
SCROLLBAR = 1


class Rows(VerticalScroll, can_focus=True):
    """Keeps what is chosen, by its key, when the rows are told anew."""

    BINDINGS = [
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("home", "far(-1)", show=False),
        Binding("end", "far(1)", show=False),
        Binding("enter", "open", show=False),
    ]

    class Opened(Message):
        """Enter was pressed on this row."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self) -> None:
        super().__init__(id="body")
        self._rows: Sequence[Row] = ()
        self._static = Static()
        self.chosen = ""

    def compose(self) -> ComposeResult:
        """One text, as high as its lines."""
        yield self._static

    @property
    def room(self) -> int:
        """Cells that a row may take."""
        return max(20, self.app.size.width - 2 - len(GUTTER) - SCROLLBAR)

    def show(self, rows: Sequence[Row]) -> None:
        """Draw these rows."""
        self._rows = rows
        keys = self._keys()
        if self.chosen not in keys:
            self.chosen = keys[0] if keys else ""
        self._draw()

    def action_step(self, by: int) -> None:
        """One row on, or one line where nothing can be chosen."""
        keys = self._keys()
        if not keys:
            self.scroll_relative(y=by, animate=False)
            return
        at = keys.index(self.chosen) + by
        if not self._in_sight():
            self.scroll_relative(y=by, animate=False)  # what lies between is read on the way
        elif 0 <= at < len(keys):
            self._choose(keys[at])
        else:
            self.scroll_to(y=0 if by < 0 else self.max_scroll_y, animate=False)

    def action_far(self, way: int) -> None:
        """To the first or the last."""
        if keys := self._keys():
            self._choose(keys[0 if way < 0 else -1])
        self.scroll_to(y=0 if way < 0 else self.max_scroll_y, animate=False)

    def action_open(self) -> None:
        """What is chosen."""
        if self.chosen:
            self.post_message(self.Opened(self.chosen))

    def _keys(self) -> list[str]:
        return [row.key for row in self._rows if row.key]

    def _choose(self, key: str) -> None:
        self.chosen = key
        self._draw()
        self.scroll_to_region(self._region(), animate=False, force=True)

    def _region(self) -> Region:
        """Where the chosen row stands, in lines from the top."""
        y = 0
        for row in self._rows:
            if row.key == self.chosen:
                return Region(0, y, 1, len(row.lines))
            y += len(row.lines)
        return Region(0, y, 1, 0)

    def _in_sight(self) -> bool:
        """Whether any line of the chosen row is on the screen."""
        region, top = self._region(), round(self.scroll_y)
        return region.bottom > top and region.y < top + self.size.height

    def _draw(self) -> None:
        lines = []
        for row in self._rows:
            chosen = row.key != "" and row.key == self.chosen
            for number, line in enumerate(row.lines):
                lead = CHOSEN if chosen and number == 0 else GUTTER
                whole = ((lead, "bold $key"), *line)
                lines.append(drawn(whole, self.room + len(GUTTER), "$raised") if chosen else drawn(whole))
        self._static.update(Content("\n").join(lines))
