"""A check of one device, step by step: what will happen, what to do, what came of it, what the person saw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from textual.binding import Binding

from hall.contract.maintenance import Advice, AskSeen, Checked, DeviceReport, Level
from screens.diagnostics import refusal
from screens.diagnostics.client import Lost, RefusedVerb
from screens.diagnostics.colours import BOLD, INK, QUIET, TENDED
from screens.diagnostics.lines import Row, hanging, heading, labelled, mark, text
from screens.diagnostics.progress import TICK_S, running
from screens.diagnostics.rows import Rows
from screens.diagnostics.sight import DISPLAYS, SEEN, Seen, others, question, told_advice, told_choice
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
    WHERE = "where"
    """The text stands elsewhere: at which display?"""
    DONE = "done"
    REFUSED = "refused"


class CheckView(View):
    """``external`` and ``interactive`` wait for Enter: whoever checks may have to walk to the counter first."""

    BINDINGS = [
        Binding("enter", "begin", show=False, priority=True),
        Binding("r", "again", show=False),
        Binding("n", "judge(False)", show=False),
        *(Binding(key, f"see('{seen}')", show=False) for key, seen in SEEN),
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
        self._seen: Seen = "yes"
        self._advice: list[Advice] = []
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
            Step.ASKED: (*self._answers(), ("r", "key-again")),
            Step.WHERE: (("Enter", "key-choose"), ("r", "key-again")),
            Step.DONE: (("r", "key-again"),),
            Step.REFUSED: (("r", "key-again"),),
        }[self._step]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter begins only what has not begun."""
        if action == "begin":
            return self._step is Step.READY
        return super().check_action(action, parameters)

    def action_again(self) -> None:
        """Once more."""
        self.action_begin()

    def action_begin(self) -> None:
        """Begin, or begin again."""
        if self._step is not Step.RUNNING:
            self._step, self._checked, self._whole, self._advice = Step.RUNNING, None, None, []
            self._began = self.terminal.clock()
            self.run_worker(self._run(), group="check", exclusive=True)
            self.redraw()

    def action_judge(self, whole: bool) -> None:
        """What the person saw or heard."""
        if self._step is Step.ASKED:
            self._whole, self._step = whole, Step.DONE
            self._remember()
            self.redraw()

    def action_see(self, seen: Seen) -> None:
        """What was seen of a display's test; of all else only whether it is whole."""
        if self._step is not Step.ASKED:
            return
        if self._device.family != DISPLAYS:
            if seen == "yes":
                self.action_judge(True)
        elif seen not in ("elsewhere", "both"):
            self._saw(seen, "")
        elif others(self._visit.report, self._device):
            self._seen, self._step = seen, Step.WHERE
            self.redraw()

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """The display at which the text stands."""
        if self._step is Step.WHERE:
            self._saw(self._seen, event.key)

    def _saw(self, seen: Seen, at: str) -> None:
        self._step = Step.ASKED
        self.action_judge(seen == "yes")
        self.run_worker(self._tell(seen, at), group="seen")

    async def _tell(self, seen: Seen, at: str) -> None:
        """The box draws its conclusions; one that cannot leaves the person's word as it is."""
        lease = self._visit.keeper.lease
        ask = AskSeen(device=self._device.name, lease=lease.id if lease else "", seen=seen, at=at)
        try:
            self._advice = (await self._visit.client.seen(ask)).advice
        except (Lost, RefusedVerb):
            return
        self.redraw()

    def _answers(self) -> Sequence[KeyName]:
        if self._device.family != DISPLAYS:
            return ("y", "key-yes"), ("n", "key-no")
        elsewhere = others(self._visit.report, self._device)
        shown = [(key, f"key-seen-{seen}") for key, seen in SEEN if elsewhere or seen in ("yes", "dark")]
        return (*shown, ("n", "key-no"))

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
            yield Row(hanging((("▸ ", BOLD),), self._question(checked), BOLD, width))
            for key, words in self._answers():
                yield Row(hanging(((f"  {key} ", BOLD),), self.tongue.first_of(f"{words}-long", words), INK, width))
        elif self._step is Step.WHERE:
            yield Row(((),))
            yield from told_choice(others(self._visit.report, self._device), self.tongue, width)
        elif self._advice and self._whole is False:
            yield from told_advice(self._advice, self._device.name, self.tongue, width)
        elif self._whole is False or kind == "error":
            yield heading(say("mend"))
            yield text(self.tongue.first_of(f"then-{family}", "then"), width)

    def _question(self, checked: Checked) -> str:
        if self._device.family == DISPLAYS:
            return question(self._device, self.tongue)
        return self.tongue.first_of(f"ask-{self._device.family}", f"ask-{checked.outcome}")

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
