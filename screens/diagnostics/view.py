"""A screen of the terminal: a head that says how the box stands, an alarm when it is lost, keys at the foot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from screens.diagnostics.colours import BOLD, INK, KEY
from screens.diagnostics.columns import cell_len, cut
from screens.diagnostics.lines import Line, Part, Row, drawn, hanging, mark
from screens.diagnostics.rows import Rows
from screens.diagnostics.terminal import Terminal, Visit
from screens.diagnostics.tongue import Tongue, time_of

KeyName = tuple[str, str]
"""The key as it is written, and the wording key of what it does."""


class View(Screen[None]):
    """Redrawn on news, in another language, at another size."""

    TITLE_KEY: ClassVar[str] = "title"
    BINDINGS = [Binding("escape", "back", show=False)]

    def __init__(self, terminal: Terminal, visit: Visit | None = None) -> None:
        super().__init__()
        self.terminal = terminal
        self.visit = visit
        self.rows = Rows()

    @property
    def tongue(self) -> Tongue:
        """The chosen language."""
        return self.terminal.tongue

    def compose(self) -> ComposeResult:
        """Head, alarm, body, keys."""
        yield Static(id="head")
        yield Static(id="alarm")
        yield from self.parts()
        yield Static(id="keys")

    def parts(self) -> ComposeResult:
        """What stands between head and keys."""
        yield self.rows

    def on_mount(self) -> None:
        """Draw it for the first time."""
        self.rows.focus()
        self.redraw()

    def on_resize(self) -> None:
        """At another size."""
        self.redraw()

    def on_screen_resume(self) -> None:
        """In sight again."""
        self.redraw()

    def redraw(self) -> None:
        """All of it, as things stand."""
        if not self.is_mounted or not self.query("#keys"):
            return
        self.query_one("#head", Static).update(self._head())
        self._draw_alarm()
        self.draw()
        self.query_one("#keys", Static).update(self._keys())  # what they name hangs on what is drawn

    def draw(self) -> None:
        """What stands between head and keys."""
        self.rows.show(list(self.told(self.rows.room)))

    def told(self, width: int) -> Iterable[Row]:
        """Its rows, at most ``width`` cells wide."""
        raise NotImplementedError(width)

    def keys(self) -> Sequence[KeyName]:
        """What the foot names before the keys that every screen has."""
        return ()

    def heading(self) -> str:
        """What the head says after the box's name."""
        return self.tongue.say(self.TITLE_KEY)

    async def action_back(self) -> None:
        """To the screen before."""
        self.app.pop_screen()

    def _head(self) -> Content:
        right = self._standing()
        room = self.app.size.width - 2 - sum(cell_len(part[0]) for part in right) - 1
        name = self.visit.name if self.visit else self.tongue.say("hall")
        said: list[Part] = [(cut(f"{name}  {self.heading()}", room), BOLD)]
        room -= sum(cell_len(part[0]) for part in said)
        line: Line = ((" ", INK), *said, (" " * (room + 1), INK), *right, (" ", INK))
        return drawn(line, self.app.size.width)

    def _standing(self) -> list[Part]:
        """How the box stands, at the right of the head."""
        say, visit = self.tongue.say, self.visit
        if visit is None:
            return []
        told: list[Part] = []
        report = visit.report
        if report is not None:
            if report.leases or visit.keeper.lease is not None:
                told.append(mark("tended", say("in-maintenance")))
            if not report.flows:
                told.append(mark("warning", say("no-flows")))
            if report.mode != "live":
                told.append(mark("warning", say(f"mode-{report.mode}")))
        if visit.watch.lost is not None or visit.watch.refused is not None:
            told.append(mark("error", say("lost")))
        elif report is None:
            told.append(mark("unknown", say("asking")))
        else:
            told.append(mark("fine", say("connected")))
            told.append((time_of(report.clock.wall_ms), INK))
        return _spaced(told)

    def _draw_alarm(self) -> None:
        lines = self._alarm()
        alarm = self.query_one("#alarm", Static)
        alarm.set_class(bool(lines), "told")
        alarm.update(Content("\n").join(drawn(line) for line in lines))

    def _alarm(self) -> Sequence[Line]:
        visit, say = self.visit, self.tongue.say
        if visit is None or (visit.watch.lost is None and visit.watch.refused is None):
            return ()
        width = self.app.size.width - 2
        lead = (mark("error", say("lost")), ("  ", INK))
        refused, lost = visit.watch.refused, visit.watch.lost
        if refused is not None:
            words = self.tongue.of(refused.texts) or say("refused-unsaid", error=refused.error)
        elif lost is not None:
            kind = "hall" if visit.client.relayed else "here"
            why = self.tongue.of(lost.texts) or self.tongue.first_of(f"lost-{kind}-{lost.why}", f"lost-{lost.why}")
            told = [why, say("lost-since", age=self.tongue.age(visit.watch.lost_for_ms))]
            if visit.report is not None:
                told.append(say("lost-old", time=time_of(visit.report.clock.wall_ms)))
            words = say("between-sentences").join(told)
        return hanging((("  ", INK), *lead), words, BOLD, width)

    def _keys(self) -> Content:
        """The keys at the foot: those of this screen, then those of all."""
        named = [*self.keys(), *self._always()]
        lines: list[Line] = [()]
        used = 0
        for key, words in named:
            said = self.tongue.say(words)
            size = cell_len(key) + cell_len(said) + 3
            if used and used + size > self.app.size.width:
                lines.append(())
                used = 0
            lines[-1] += ((" " + key, KEY), (f" {said} ", INK))
            used += size
        return Content("\n").join(drawn(line, self.app.size.width) for line in lines)

    def _always(self) -> Sequence[KeyName]:
        back: Sequence[KeyName] = (("Esc", "key-back"),) if len(self.app.screen_stack) > 2 else ()
        return (*back, ("l", "key-language"), ("k", "key-theme"), ("?", "key-help"), ("q", "key-quit"))


def _spaced(parts: list[Part]) -> list[Part]:
    spaced: list[Part] = []
    for part in parts:
        spaced += [("  ", INK), part] if spaced else [part]
    return spaced
