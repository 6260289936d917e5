"""A check of one device, step by step: what will happen, what to do, what came of it, what the person saw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from textual.binding import Binding

from hall.contract.maintenance import Checked, DeviceReport, Level
from screens.diagnostics import refusal
from screens.diagnostics.client import Lost, RefusedVerb
from screens.diagnostics.colours import BOLD, INK, QUIET, TENDED
from screens.diagnostics.lines import Row, hanging, heading, labelled, mark, text
from screens.diagnostics.progress import TICK_S, running
from screens.diagnostics.terminal import Judged, Terminal, Visit
from screens.diagnostics.tongue import Tongue
from screens.diagnostics.view import KeyName, View

PERSON_S = {"interactive": 25.0, "external": 30.0, "internal": 5.0}
"""How long it is expected to take; a check may last longer, and says that it does."""
ASKING = frozenset({"look", "listen"})
WELL = frozenset({"sound"})
NEITHER = frozenset({"not-supported", "numbered-paper", "busy", "again", "nobody-came", "look", "listen"})
"""Nothing that speaks for or against the device."""


class Step(Enum):
    """How far it is."""

    READY = "ready"
    RUNNING = "running"
    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"


class CheckView(View):
    """``external`` and ``interactive`` wait for Enter: whoever checks may have to walk to the counter first."""

    BINDINGS = [
        Binding("enter,r", "begin", show=False, priority=True),
        Binding("y", "judge(True)", show=False),
        Binding("n", "judge(False)", show=False),
    ]

    def __init__(self, terminal: Terminal, visit: Visit, device: DeviceReport, level: Level) -> None:
        super().__init__(terminal, visit)
        self._visit = visit
        self._device = device
        self._level = level
        self._step = Step.READY
        self._began = 0.0
        self._checked: Checked | None = None
        self._whole: bool | None = None
        self._failure: refusal.Failure | None = None

    def heading(self) -> str:
        """Which check of which device."""
        return f"{self._device.name}  {self._say_of('test', self._level)}"

    def on_mount(self) -> None:
        """What only asks begins by itself."""
        super().on_mount()
        self.set_interval(TICK_S, self._tick)
        if self._level == "internal":
            self.action_begin()

    def keys(self) -> Sequence[KeyName]:
        """What the foot names, by step."""
        return {
            Step.READY: (("Enter", "key-begin"),),
            Step.RUNNING: (),
            Step.ASKED: (("y", "key-yes"), ("n", "key-no"), ("r", "key-again")),
            Step.DONE: (("r", "key-again"),),
            Step.REFUSED: (("r", "key-again"),),
        }[self._step]

    def action_begin(self) -> None:
        """Begin, or begin again."""
        if self._step is not Step.RUNNING:
            self._step, self._checked, self._whole = Step.RUNNING, None, None
            self._began = self.terminal.clock()
            self.run_worker(self._run(), group="check", exclusive=True)
            self.redraw()

    def action_judge(self, whole: bool) -> None:
        """What the person saw or heard."""
        if self._step is Step.ASKED:
            self._whole, self._step = whole, Step.DONE
            self._remember()
            self.redraw()

    def told(self, width: int) -> Iterable[Row]:
        """What is to be done, how far it is, what came of it."""
        family, say = self._device.family, self.tongue.say
        yield heading(self._say_of("test", self._level), first=True)
        yield text(self._say_of("does", self._level), width)
        if self._visit.keeper.has(self._device.name):
            yield Row(hanging((mark("tended", ""),), say("leased-by-us"), TENDED, width))
        if self._step is Step.READY:
            yield Row(((),))
            yield Row(hanging((("▸ ", BOLD),), say("check-ready"), BOLD, width))
        elif self._step is Step.RUNNING:
            yield from self._told_running(width)
        elif self._step is Step.REFUSED and self._failure is not None:
            yield Row(((),))
            lead = (mark("error", say("check-refused")), ("  ", INK))
            yield Row(hanging(lead, refusal.words(self._failure, self.tongue), BOLD, width))
        elif self._checked is not None:
            yield from self._told_outcome(self._checked, family, width)

    async def _run(self) -> None:
        try:
            lease = "" if self._level == "internal" else await self._visit.keeper.take(self._device.name)
            self.redraw()
            self._checked = await self._visit.client.check(self._device.name, self._level, lease)
        except (Lost, RefusedVerb) as failure:
            self._failure, self._step = failure, Step.REFUSED
        else:
            self._step = Step.ASKED if self._checked.outcome in ASKING else Step.DONE
            self._remember()
        self.redraw()

    def _remember(self) -> None:
        report = self._visit.report
        if self._checked is not None:
            at_ms = report.clock.wall_ms if report else 0
            self._visit.judged[self._device.name, self._level] = Judged(self._checked, self._whole, at_ms)

    def _tick(self) -> None:
        if self._step is Step.RUNNING:
            self.redraw()

    def _told_running(self, width: int) -> Iterator[Row]:
        yield Row(((),))
        if self._level == "interactive":
            yield Row(hanging((("▸ ", BOLD),), self._say_of("lead", self._level), BOLD, width))
            yield Row(((),))
        yield running(self.terminal.clock() - self._began, PERSON_S[self._level], self.tongue)

    def _told_outcome(self, checked: Checked, family: str, width: int) -> Iterator[Row]:
        say = self.tongue.say
        kind, words = concluded(Judged(checked, self._whole, 0), self.tongue)
        yield heading(say("outcome"))
        yield Row(hanging((mark(kind, say(f"verdict-{kind}")), ("  ", INK)), words, BOLD, width))
        for reason in checked.reasons:
            sign = mark(reason.severity, "")
            yield Row(hanging((("  ", INK), sign), self.tongue.of(reason.text) or reason.keyword, INK, width))
        if checked.fault:
            yield labelled("  " + say("fault"), checked.fault, width, 12, QUIET)
        if checked.found:
            found = say("between").join(f"{key} {value}" for key, value in checked.found.items())
            yield labelled("  " + say("found"), found, width, 12)
        if self._step is Step.ASKED:
            yield Row(((),))
            question = self.tongue.first_of(f"ask-{family}", f"ask-{checked.outcome}")
            yield Row(hanging((("▸ ", BOLD),), question, BOLD, width))
            yield Row(hanging((("  y ", BOLD),), say("key-yes"), INK, width))
            yield Row(hanging((("  n ", BOLD),), say("key-no"), INK, width))
        elif self._whole is False or kind == "error":
            yield heading(say("mend"))
            yield text(self.tongue.first_of(f"then-{family}", "then"), width)

    def _say_of(self, what: str, level: str) -> str:
        family = self._device.family
        return self.tongue.first_of(f"{what}-{family}-{level}", f"{what}-{family}", f"{what}-{level}")


def concluded(judged: Judged, tongue: Tongue) -> tuple[str, str]:
    """The kind of mark and the sentence of a check: the person's word goes before the device's."""
    if judged.whole is not None:
        return ("fine", tongue.say("seen-whole")) if judged.whole else ("error", tongue.say("seen-broken"))
    outcome = judged.checked.outcome
    words = tongue.of(judged.checked.text) or outcome
    if outcome in WELL:
        return "fine", words
    return ("unknown" if outcome in NEITHER else "error"), words
