"""One device: how it is, what to do, its checks, what it has counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from textual.binding import Binding

from hall.contract.maintenance import BoxReport, DeviceReport, Level, Supply
from screens.diagnostics import refusal
from screens.diagnostics.advised import advised
from screens.diagnostics.check import CheckView, concluded
from screens.diagnostics.client import Lost, RefusedVerb
from screens.diagnostics.colours import BOLD, CAUTION, INK, KEY, QUIET, TENDED
from screens.diagnostics.columns import cell_len, pad
from screens.diagnostics.frames import FramesView
from screens.diagnostics.lines import Row, flowing, hanging, heading, labelled, mark, text
from screens.diagnostics.preview import PreviewView
from screens.diagnostics.sign import SignView
from screens.diagnostics.standing import heard, standing
from screens.diagnostics.supplies import supplied
from screens.diagnostics.terminal import Terminal, Visit
from screens.diagnostics.tongue import time_of
from screens.diagnostics.view import KeyName, View

LEVELS: tuple[tuple[str, Level], ...] = (("1", "internal"), ("2", "external"), ("3", "interactive"))
SCANNERS = "document_scanner"
DISPLAYS = "window_display"
STATISTIC = 36


class DeviceView(View):
    """Leaving it gives back what was leased on it."""

    BINDINGS = [
        *(Binding(key, f"check('{level}')", show=False) for key, level in LEVELS),
        Binding("f", "frames", show=False),
        Binding("v", "preview", show=False),
        Binding("w", "sign", show=False),
        Binding("m", "lease", show=False),
    ]

    def __init__(self, terminal: Terminal, visit: Visit, name: str) -> None:
        super().__init__(terminal, visit)
        self._visit = visit
        self._named = name
        self._failure: refusal.Failure | None = None

    @property
    def device(self) -> DeviceReport | None:
        """As it was told last; None: the box has it no more."""
        return self._visit.watch.device(self._named)

    def heading(self) -> str:
        """The device's name."""
        return self._named

    def keys(self) -> Sequence[KeyName]:
        """What the foot names: what this family has."""
        device = self.device
        if device is None:
            return ()
        checks = tuple((key, f"key-check-{level}") for key, level in LEVELS if level in device.levels)
        preview = (("v", "key-preview"),) if device.family == SCANNERS else ()
        sign = (("w", "key-sign"),) if _has_sign(device) else ()
        lease = ("m", "key-lease-back" if self._visit.keeper.has(self._named) else "key-lease")
        frames = (("f", "key-frames"),) if self._has_frames(device) else ()
        return (*checks, *frames, *preview, *sign, lease)

    def told(self, width: int) -> Iterable[Row]:
        """Everything about it."""
        device, report = self.device, self._visit.report
        if device is None or report is None:
            yield text(self.tongue.say("device-gone", device=self._named), width, CAUTION)
            return
        yield from self._who(device, width)
        yield from refusal.told(self._failure, self.tongue, width)
        if self._visit.keeper.has(self._named):
            yield Row(hanging((mark("tended", ""),), self.tongue.say("leased-by-us"), TENDED, width))
        yield from self._advice(report, width)
        yield from self._checks(device, width)
        yield from self._counted(device, report, width)

    def action_check(self, level: Level) -> None:
        """One of the three, where the family has it."""
        device = self.device
        if device is not None and level in device.levels:
            self.app.push_screen(CheckView(self.terminal, self._visit, device, level))

    def action_frames(self) -> None:
        """What passes on its line."""
        if (device := self.device) is not None and self._has_frames(device):
            self.app.push_screen(FramesView(self.terminal, self._visit, device.line))

    def action_preview(self) -> None:
        """What a scanner sees."""
        device = self.device
        if device is not None and device.family == SCANNERS:
            self.app.push_screen(PreviewView(self.terminal, self._visit, device.name))

    def action_sign(self) -> None:
        """A sign for the window whose display is dark."""
        device = self.device
        if device is not None and _has_sign(device):
            self.app.push_screen(SignView(self.terminal, self._visit, device.name))

    async def action_lease(self) -> None:
        """Take it out of service, or give it back."""
        self._failure = None
        try:
            if self._visit.keeper.has(self._named):
                await self._visit.keeper.give_back()
            else:
                await self._visit.keeper.take(self._named)
        except RefusedVerb as refused:
            self._failure = refused
        except Lost:
            pass  # the alarm says so
        self.redraw()

    async def action_back(self) -> None:
        """What was leased goes back."""
        self.app.pop_screen()
        await self._visit.keeper.give_back()

    def _has_frames(self, device: DeviceReport) -> bool:
        return self._visit.report is not None and device.line in self._visit.report.lines

    def _who(self, device: DeviceReport, width: int) -> Iterator[Row]:
        say = self.tongue.say
        kind, words = standing(device, self.tongue, briefly=False)
        lead = mark(kind, say(f"stands-{kind}"))
        yield Row(hanging((lead, ("  ", INK)), words, BOLD, width))
        window = say("of-window", n=device.window) if device.window is not None else ""
        family = self.tongue.perhaps(f"family-{device.family}", device.family)
        what = say("between").join(part for part in (family, device.model, window) if part)
        address = say("address", n=device.address) if device.address is not None else ""
        where = say("between").join(part for part in (device.line, device.port, address) if part)
        label = max(cell_len(say(key)) for key in ("what", "where", "heard", "firmware"))
        yield labelled(say("what"), what, width, label)
        yield labelled(say("where"), where, width, label)
        yield labelled(say("heard"), heard(device, self.tongue), width, label)
        yield labelled(say("firmware"), device.firmware or say("firmware-untold"), width, label)

    def _advice(self, report: BoxReport, width: int) -> Iterator[Row]:
        own = [advice for advice in report.advice if self._named in (advice.device, *advice.also)]
        if own:
            yield heading(self.tongue.say("advice"))
        for advice in own:
            yield advised(advice, self.tongue, width)

    def _checks(self, device: DeviceReport, width: int) -> Iterator[Row]:
        say = self.tongue.say
        yield heading(say("checks"))
        if not device.levels:
            yield text(say("checks-none"), width, QUIET)
        names = {level: self.tongue.first_of(f"test-{device.family}-{level}", f"test-{level}") for _, level in LEVELS}
        column = max(map(cell_len, names.values())) + 2
        for key, level in LEVELS:
            if level not in device.levels:
                continue
            judged = self._visit.judged.get((device.name, level))
            lead = [(f"{key} ", KEY), (pad(names[level], column), INK)]
            if judged is None:
                yield Row(hanging(lead, say("not-checked"), QUIET, width))
                continue
            kind, words = concluded(judged, self.tongue)
            sign, style = mark(kind, "")
            at = say("at", time=time_of(judged.at_ms))
            said = words + say("between-sentences") + at
            yield Row(hanging([*lead, (sign, style)], said, style, width))

    def _counted(self, device: DeviceReport, report: BoxReport, width: int) -> Iterator[Row]:
        own: list[Supply] = [supply for supply in report.supplies if supply.device == device.name]
        if own:
            yield heading(self.tongue.say("supplies"))
            for supply in own:
                yield supplied(supply, self.tongue, width, named=False)
        if device.statistics:
            yield heading(self.tongue.say("statistics"), self.tongue.say("statistics-since"))
            counts = sorted(device.statistics.items())
            pairs = [(self._statistic(name), str(count)) for name, count in counts]
            yield flowing(pairs, width, STATISTIC)

    def _statistic(self, name: str) -> str:
        return self.tongue.perhaps(f"count-{name}", name)


def _has_sign(device: DeviceReport) -> bool:
    return device.family == DISPLAYS and device.window is not None
