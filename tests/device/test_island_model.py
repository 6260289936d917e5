"""Whatever a window does in its cuts, a restart finds it where it stood, and its facts fit each other."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hall.contract import WindowState
from tests.device.counter import Counter, counter_of, held
from tests.virtual_time import run

ACTS = ["start", "finish", "missed", "recall", "next", "call-number", "park", "cut", "back", "told", "restart"]
Drawn = list[tuple[str, int]]


def standing(counter: Counter) -> WindowState:
    """What stands at the window, but for how often it was announced: a recall is no fact."""
    state = counter.state
    once = [had and replace(had, calls=1) for had in (state.held, state.finished)]
    return replace(state, held=once[0], finished=once[1])


async def play(counter: Counter, act: str, number: int, press: int) -> None:
    if act == "cut":
        await counter.cut()
    elif act == "back":
        await counter.back()
    elif act == "told" and counter.link.hall == "up":
        await counter.tell("called", held=held(f"A{1001 + press}"))
    elif counter.island.away and act not in ("told", "restart"):
        digits = f"1200{number}"
        await counter.press(act, f"p-{press}", digits=digits)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(1, 3)), max_size=14))
def test_a_restart_in_a_cut_changes_nothing_and_no_number_is_admitted_twice_unless_missed(drawn: Drawn) -> None:
    with TemporaryDirectory() as folder:
        run(_lived(Path(folder), drawn))


async def _lived(folder: Path, drawn: Drawn) -> None:
    lives: list[Drawn] = [[]]
    for number, (act, digit) in enumerate(drawn):
        lives[-1].append((act, digit))
        if act == "restart" and number < len(drawn) - 1:
            lives.append([])
    before: WindowState | None = None
    version = press = 0
    for life in lives:
        async with counter_of(folder, told=before is None) as counter:
            counter.versions_after(version)
            if before is not None:
                await counter.cut()
                assert standing(counter) == before
            for act, digit in life:
                await play(counter, act, digit, press)
                press += 1
            await counter.cut()
            before, version = standing(counter), counter.version
            _fit(counter)


def _fit(counter: Counter) -> None:
    """Each own fact is about a call that stood there; no digits are admitted twice with nobody missing in between."""
    given: dict[str, str] = {}
    ended: set[str] = set()
    for fact in counter.facts("admitted", "started", "finished", "missed"):
        call = str(fact.data["call"])
        if fact.kind == "admitted":
            assert str(fact.data["digits"]) not in given
            given[str(fact.data["digits"])] = call
        assert call not in ended
        if fact.kind in ("finished", "missed"):
            ended.add(call)
        if fact.kind == "missed":
            given = {digits: known for digits, known in given.items() if known != call}
