"""The first screen of a box: what needs a person, worst first, then every device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from textual.binding import Binding

from hall.contract.maintenance import BoxReport, DeviceReport
from screens.diagnostics.advised import advised
from screens.diagnostics.bundle import BundleView
from screens.diagnostics.colours import BOLD, CAUTION, FINE, INK, NAME, QUIET
from screens.diagnostics.columns import cell_len, pad
from screens.diagnostics.device import DeviceView
from screens.diagnostics.faults import FaultsView
from screens.diagnostics.lines import Line, Row, hanging, heading, mark, text
from screens.diagnostics.machine import MachineView
from screens.diagnostics.rows import Rows
from screens.diagnostics.settings import SettingsView
from screens.diagnostics.standing import heard, standing
from screens.diagnostics.terminal import Terminal, Visit
from screens.diagnostics.tongue import Tongue
from screens.diagnostics.view import KeyName, View

WIDE = 110
"""Cells from which the model has a column of its own."""


class HomeView(View):
    """Lives as long as the box is looked at: it does the watching."""

    TITLE_KEY = "home"
    BINDINGS = [
        Binding("b", "machine", show=False),
        Binding("s", "settings", show=False),
        Binding("t", "faults", show=False),
        Binding("p", "bundle", show=False),
        Binding("x", "start", show=False),
    ]

    def __init__(self, terminal: Terminal, visit: Visit) -> None:
        super().__init__(terminal, visit)
        self._visit = visit

    def on_mount(self) -> None:
        """Begin to watch."""
        super().on_mount()
        self.run_worker(self._visit.look(self._looked), group="watch")

    def keys(self) -> Sequence[KeyName]:
        """What the foot names."""
        if self._may_start():
            return (("x", "key-start"),)
        if self._visit.report is None:
            return ()
        opens = (("Enter", "key-open"),) if self.rows.chosen else ()
        return (*opens, ("b", "key-machine"), ("s", "key-settings"), ("t", "key-faults"), ("p", "key-bundle"))

    def told(self, width: int) -> Iterable[Row]:
        """What needs a person, and the devices; or why nobody answers."""
        report = self._visit.report
        if report is None:
            yield from self._nobody(width)
            return
        yield from _needs(report, self.tongue, width)
        yield heading(self.tongue.say("devices", n=len(report.devices)))
        yield Row((_columns(self.tongue, width),))
        for device in report.devices:
            yield _device(device, self.tongue, width)

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """The device's own screen, or the machine's."""
        name = event.key.removeprefix("advice:").partition("/")[0]
        if self._visit.watch.device(name) is not None:
            self.app.push_screen(DeviceView(self.terminal, self._visit, name))
        else:
            self.action_machine()

    def action_machine(self) -> None:
        """The machine's screen."""
        if self._visit.report is not None:
            self.app.push_screen(MachineView(self.terminal, self._visit))

    def action_settings(self) -> None:
        """The settings."""
        if self._visit.report is not None:
            self.app.push_screen(SettingsView(self.terminal, self._visit))

    def action_faults(self) -> None:
        """The faults of the last week."""
        if self._visit.report is not None:
            self.app.push_screen(FaultsView(self.terminal, self._visit))

    def action_bundle(self) -> None:
        """The support bundle."""
        if self._visit.report is not None:
            self.app.push_screen(BundleView(self.terminal, self._visit))

    def action_start(self) -> None:
        """Start the box for maintenance alone, where its daemon does not answer."""
        child = self._visit.child
        if child is not None and self._may_start():
            self.app.run_worker(child.run(), group="child", exclusive=True)
            self.redraw()

    async def action_back(self) -> None:
        """Back to all boxes, where one came from there."""
        if self.terminal.hall is not None and len(self.app.screen_stack) > 2:
            await self.terminal.leave(self._visit)
            self.app.pop_screen()

    def _may_start(self) -> bool:
        child, lost = self._visit.child, self._visit.watch.lost
        return child is not None and not child.running and lost is not None and lost.why != "forbidden"

    def _looked(self) -> None:
        screen = self.app.screen
        if isinstance(screen, View):
            screen.redraw()

    def _nobody(self, width: int) -> Iterator[Row]:
        say, child = self.tongue.say, self._visit.child
        if self._visit.watch.lost is None:
            yield text(say("asking-long", box=self._visit.name), width, QUIET)
            return
        if child is None:
            yield text(say("nobody-afar"), width)
        elif child.running:
            yield text(say("child-starting"), width, CAUTION)
        else:
            if child.failed:
                yield Row(hanging((mark("error", ""),), say("child-failed"), BOLD, width))
                for line in child.failed.splitlines()[-8:]:
                    yield text(line, width, QUIET)
                yield Row(((),))
            yield text(say("nobody-here"), width)
            yield Row(((),))
            yield Row(hanging(((" x  ", BOLD),), say("nobody-start"), INK, width))


def _needs(report: BoxReport, tongue: Tongue, width: int) -> Iterator[Row]:
    say = tongue.say
    if not report.advice:
        yield heading(say("needs-nobody"), first=True)
        yield Row(hanging((mark("fine", ""),), say("needs-nothing"), FINE, width))
        return
    yield heading(say("needs", n=len(report.advice)), say("needs-order"), first=True)
    for advice in report.advice:
        yield advised(advice, tongue, width, f"advice:{advice.device}/{advice.fault}")


def _columns(tongue: Tongue, width: int) -> Line:
    state, name, window, model, ago = _widths(tongue, width)
    say = tongue.say
    line = pad(say("column-state"), state) + pad(say("column-name"), name) + pad(say("column-window"), window)
    line += pad(say("column-model"), model) + pad(say("column-heard"), ago) + say("column-reasons")
    return ((line, QUIET),)


def _widths(tongue: Tongue, width: int) -> tuple[int, int, int, int, int]:
    words = [tongue.say(f"stands-{kind}") for kind in ("error", "warning", "fine", "tended", "unknown")]
    state = max(map(cell_len, words)) + 4
    return state, 22 if width > WIDE else 18, 6 if tongue.language == "zh-CN" else 8, 18 if width > WIDE else 0, 12


def _device(device: DeviceReport, tongue: Tongue, width: int) -> Row:
    state, name, window, model, ago = _widths(tongue, width)
    kind, words = standing(device, tongue)
    sign, style = mark(kind, tongue.say(f"stands-{kind}"))
    lead = (
        (pad(sign, state), style),
        (pad(device.name + "  ", name), NAME),
        (pad(str(device.window) if device.window is not None else "", window), INK),
        (pad(device.model, model), QUIET),
        (pad(heard(device, tongue), ago), INK),
    )
    return Row(hanging(lead, words, INK, width), device.name)
