"""The technician's terminal as a Textual application: languages, themes, keys of every screen."""

from __future__ import annotations

from textual.app import App
from textual.binding import Binding

from screens.diagnostics.colours import CSS, DARK, LIGHT, THEMES
from screens.diagnostics.help import HelpView
from screens.diagnostics.terminal import Terminal
from screens.diagnostics.view import View


class Diagnostics(App[None]):
    """Begins with this view: all boxes, or one."""

    CSS = CSS
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [
        Binding("f1,question_mark", "help", show=False),
        Binding("f2,l", "language", show=False),
        Binding("f3,k", "theme", show=False),
        Binding("q,ctrl+q", "quit", show=False),
        Binding("ctrl+c", "quit", show=False, priority=True),
    ]

    def __init__(self, terminal: Terminal, first: View, *, theme: str = DARK) -> None:
        super().__init__()
        self.terminal = terminal
        self._first = first
        for each in THEMES.values():
            self.register_theme(each)
        self.theme = theme

    def on_mount(self) -> None:
        """Show the first screen."""
        self.push_screen(self._first)

    def action_language(self) -> None:
        """The other language."""
        self.terminal.tongue.switch()
        self._redraw()

    def action_theme(self) -> None:
        """Light or dark."""
        self.theme = LIGHT if self.theme == DARK else DARK
        self._redraw()

    def action_help(self) -> None:
        """What marks and keys mean."""
        here = self.screen
        if isinstance(here, View) and not isinstance(here, HelpView):
            self.push_screen(HelpView(self.terminal, here.visit))

    def _redraw(self) -> None:
        if isinstance(self.screen, View):
            self.screen.redraw()
