"""Every setting, its value, and where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input

from hall.contract.maintenance import Setting, Settings
from screens.diagnostics import refusal
from screens.diagnostics.client import Lost, RefusedVerb
from screens.diagnostics.colours import INK, NAME, QUIET
from screens.diagnostics.columns import pad
from screens.diagnostics.lines import Row, hanging, heading, text
from screens.diagnostics.terminal import Terminal, Visit
from screens.diagnostics.view import KeyName, View

DEFAULT = "default"


class SettingsView(View):
    """``/`` looks for a word in keys, values and origins."""

    TITLE_KEY = "settings"
    BINDINGS = [Binding("slash", "seek", show=False)]

    def __init__(self, terminal: Terminal, visit: Visit) -> None:
        super().__init__(terminal, visit)
        self._visit = visit
        self._settings: Settings | None = None
        self._failure: refusal.Failure | None = None
        self._wanted = ""

    def parts(self) -> ComposeResult:
        """The rows, and a line to type in."""
        yield self.rows
        yield Input(id="seek")

    def on_mount(self) -> None:
        """Ask for them."""
        super().on_mount()
        self.run_worker(self._ask(), group="settings")

    def keys(self) -> Sequence[KeyName]:
        """What the foot names."""
        return (("/", "key-seek"),)

    def action_seek(self) -> None:
        """Type a word."""
        field = self.query_one("#seek", Input)
        field.placeholder = self.tongue.say("seek")
        field.add_class("asked")
        field.focus()

    async def action_back(self) -> None:
        """First out of the line that is typed in."""
        field = self.query_one("#seek", Input)
        if field.has_class("asked"):
            field.value = ""
            self._done(field)
        else:
            await super().action_back()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits so far."""
        self._wanted = event.value.strip().casefold()
        self.redraw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Back to the rows, with what was found."""
        self._done(event.input)

    def told(self, width: int) -> Iterable[Row]:
        """Key, value, origin; what somebody has set stands out from the defaults."""
        say = self.tongue.say
        yield from refusal.told(self._failure, self.tongue, width)
        if self._settings is None:
            if self._failure is None:
                yield text(say("asking"), width, QUIET)
            return
        found = [each for each in self._settings.settings if self._fits(each)]
        note = say("settings-found", n=len(found), word=self._wanted) if self._wanted else say("settings-note")
        yield heading(say("settings"), note, first=True)
        widths = _widths(found, width)
        for each in found:
            yield self._told_setting(each, widths, width)

    async def _ask(self) -> None:
        try:
            self._settings = await self._visit.client.settings()
        except (Lost, RefusedVerb) as failure:
            self._failure = failure
        self.redraw()

    def _done(self, field: Input) -> None:
        field.remove_class("asked")
        self.rows.focus()

    def _fits(self, setting: Setting) -> bool:
        return self._wanted in f"{setting.key} {setting.value} {setting.origin}".casefold()

    def _told_setting(self, setting: Setting, widths: tuple[int, int], width: int) -> Row:
        default = setting.origin == DEFAULT
        origin = self.tongue.say("default") if default else setting.origin
        key, where = widths
        lead = ((pad(setting.key + " ", key), QUIET if default else NAME), (pad(origin + " ", where), QUIET))
        return Row(hanging(lead, setting.value, QUIET if default else INK, width))


def _widths(settings: Sequence[Setting], width: int) -> tuple[int, int]:
    """Of key and origin: as wide as they need, within two thirds."""
    key = min(width * 2 // 5, max((len(each.key) for each in settings), default=0) + 2)
    origin = min(width // 4, max((len(each.origin) for each in settings), default=0) + 2)
    return key, max(10, origin)
