"""The power goes between any two steps of taking a ticket: row by row of the case table in take_ticket.py."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.flows.number_ticket import CannotIssue
from drivers.contract import MEDIA_EMPTY, Completion, State
from tests.device.film import Film, Frame
from tests.device.inline_writer import InlineWriter
from tests.device.kiosk_scene import DOUBTFUL, NOT_PRINTED, PRINTED, KioskScene
from tests.virtual_time import run, virtual

Steps = list[tuple[Completion | None, str]]
"""What becomes of each touch (None: no paper), and what its citizen then says."""


async def filmed(folder: Path, steps: Steps) -> list[Frame]:
    """Take these tickets; frames with the tickets that are on paper, or in a citizen's head."""
    box = folder / "box"
    box.mkdir()
    film = Film(box, folder / "images")
    scene = KioskScene(box, film.writer)
    refused: set[str] = set()
    noted: set[str] = set()
    film.look = lambda: {*scene.printer.handed, *noted} - refused
    try:
        for number, (completion, said) in enumerate(steps):
            scene.printer.state = State.of(MEDIA_EMPTY) if completion is None else State.of()
            scene.printer.completions = [completion] if completion else []
            taken = await scene.kiosk.take("1", f"touch-{number}")
            name = taken.ticket.ticket
            with suppress(CannotIssue):
                if taken.outcome == "doubtful" and said:
                    refused |= {name} if said == "no" else set()
                    await scene.kiosk.came_out(name, yes=said == "yes", touch=f"again-{number}")
                elif taken.outcome == "on-screen" and said:
                    noted |= {name} if said == "yes" else set()
                    await scene.kiosk.noted(name, yes=said == "yes")
    finally:
        await scene.journal.close()
    return film.frames


async def after(frame: Frame) -> KioskScene:
    """The kiosk after the power is back; its journal is closed, and can be read no more."""
    scene = KioskScene(frame.folder, InlineWriter)
    await scene.kiosk.settle_the_past()
    return scene


async def cut_behind(folder: Path, kind: str, *steps: tuple[Completion | None, str]) -> list[tuple[str, str]]:
    """The facts (kind, why) that follow at the next start when the power goes right behind the last fact ``kind``."""
    found: list[tuple[str, str]] = []
    for frame in await filmed(folder, list(steps)):
        scene = KioskScene(frame.folder, InlineWriter)
        before = scene.facts()
        if before[-1].kind == kind:
            await scene.kiosk.settle_the_past()
            added = scene.facts()[len(before) :]
            found = [(fact.kind, str(fact.data.get("evidence") or fact.data.get("reason"))) for fact in added]
            assert scene.printer.slips == []
            assert scene.journal.unfinished() == []
        await scene.journal.close()
    return found


DOUBT = [("doubtful", "power-cut")]
VOID = [("voided", "power-cut")]


@virtual
async def test_a_cut_before_requested_leaves_nothing(tmp_path: Path) -> None:
    assert await cut_behind(tmp_path, "opened", (PRINTED, "")) == []


@virtual
async def test_a_cut_between_requested_and_issued_voids_what_nobody_saw(tmp_path: Path) -> None:
    assert await cut_behind(tmp_path, "requested", (PRINTED, "")) == VOID


@pytest.mark.parametrize("printed", [NOT_PRINTED, PRINTED], ids=["before-a-byte-went-out", "paper-in-a-hand"])
@virtual
async def test_a_cut_behind_issued_leaves_a_callable_doubt_and_nothing_prints_by_itself(
    tmp_path: Path, printed: Completion
) -> None:
    assert await cut_behind(tmp_path, "issued", (printed, "")) == DOUBT


@pytest.mark.parametrize("said", ["", "yes"], ids=["while-the-citizen-is-asked", "behind-the-citizens-yes"])
@virtual
async def test_a_cut_around_the_citizens_answer_leaves_a_callable_doubt(tmp_path: Path, said: str) -> None:
    assert await cut_behind(tmp_path, "issued", (DOUBTFUL, said)) == DOUBT


@virtual
async def test_a_cut_behind_the_citizens_no_voids_the_second_ticket_too(tmp_path: Path) -> None:
    assert await cut_behind(tmp_path, "requested", (DOUBTFUL, "no")) == VOID


@virtual
async def test_a_cut_while_a_number_stands_on_the_screen_leaves_it_callable(tmp_path: Path) -> None:
    assert await cut_behind(tmp_path, "issued", (None, "")) == DOUBT


@pytest.mark.parametrize("kind", ["printed", "voided", "noted"])
@virtual
async def test_a_cut_behind_an_outcome_changes_nothing(tmp_path: Path, kind: str) -> None:
    step = {"printed": (PRINTED, ""), "voided": (NOT_PRINTED, ""), "noted": (None, "yes")}[kind]
    assert await cut_behind(tmp_path, kind, step) == []


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([PRINTED, NOT_PRINTED, DOUBTFUL, None]), st.sampled_from(["yes", "no", ""])),
        min_size=1,
        max_size=4,
    )
)
def test_wherever_the_power_goes_no_number_in_a_hand_is_lost_and_none_is_given_twice(steps: Steps) -> None:
    with TemporaryDirectory() as folder:
        run(_nothing_lost(Path(folder), steps))


async def _nothing_lost(folder: Path, steps: Steps) -> None:
    frames = await filmed(folder, steps)
    for frame, later in zip(frames, [*frames[1:], frames[-1]], strict=True):
        scene = await after(frame)
        issued = [fact for fact in scene.facts() if fact.kind == "issued"]
        outcomes = {fact.data["ticket"]: fact.kind for fact in scene.facts() if fact.kind in OUTCOMES}
        assert len({fact.data["number"] for fact in issued}) == len(issued)
        assert {fact.data["ticket"] for fact in issued} <= set(outcomes)
        in_hands = later.seen & {fact.data["ticket"] for fact in issued}
        assert in_hands <= {ticket for ticket, kind in outcomes.items() if kind != "voided"}
        assert scene.printer.slips == []
        await scene.journal.close()


OUTCOMES = {"printed", "noted", "doubtful", "voided"}
