"""Two pasts under one journal's name: a copied box, a restored one, and holes that are given."""

from __future__ import annotations

import msgspec
import pytest

from hall.contract import Batch, CallNext
from hall.ingest import Ingest, Rules, Stored
from hall.reserve import Forked
from hall.ticket import TicketState
from tests.hall.scene import TODAY, Box, Scene


def stored(box: Box, facts: list[bytes], kept_from: int = 1) -> Stored:
    batch = Batch(
        device=box.name,
        journal=box.journal,
        boot=box.boot,
        mono_ms=box.mono_ms,
        facts=[msgspec.Raw(fact) for fact in facts],
        kept_from=kept_from,
    )
    return box.scene.write(Ingest(batch, Rules(box.scene.catalogue, "demo"), box.scene.clock.now_ms()))


def copy(box: Box, boot: str = "another machine") -> Box:
    """A second machine with this journal as it is now."""
    other = box.scene.box(box.name, box.journal)
    other.facts, other.mono_ms, other.boot = [*box.facts], box.mono_ms, boot
    other.resume(box.head)
    return other


def journals(scene: Scene) -> list[tuple[str, int, int]]:
    return scene.rows("SELECT journal, forked_at, high FROM journal ORDER BY id")


@pytest.fixture
def both(scene: Scene, kiosk: Box) -> tuple[Box, Box]:
    """A kiosk and its copy, which parted after four facts."""
    kiosk.tell("opened")
    kiosk.take()
    return kiosk, copy(kiosk)


def fork_of(box: Box) -> tuple[tuple[str, str], ...]:
    """What a fork says of itself when it is first told."""
    return (("fork", f"another past of {box.journal}, kept as {box.journal}~1"),)


def test_another_past_is_kept_as_a_journal_of_its_own(scene: Scene, both: tuple[Box, Box]) -> None:
    kiosk, other = both
    kiosk.take()
    other.fact("device", name="printer", phase="idle", reasons="")
    other.fact("device", name="printer", phase="stopped", reasons="cover-open")
    assert stored(other, other.facts[4:]) == Stored(f"{kiosk.journal}~1", 6, forked=True, misfits=fork_of(kiosk))
    assert journals(scene) == [(kiosk.journal, 0, 7), (f"{kiosk.journal}~1", 5, 6)]
    assert scene.conflicts() == ["fork"]
    assert scene.rows("SELECT count(*) FROM fact") == [(9,)]


def test_both_pasts_go_on_in_turn_and_the_conflict_is_told_once(scene: Scene, both: tuple[Box, Box]) -> None:
    kiosk, other = both
    for _ in range(3):
        for box in both:
            stored(box, [box.fact("device", name="printer", phase="idle", reasons=box.boot)])
    assert [high for _, _, high in journals(scene)] == [7, 7]
    assert scene.conflicts() == ["fork"]
    assert stored(kiosk, kiosk.facts) == Stored(kiosk.journal, 7, forked=False)
    assert stored(other, other.facts) == Stored(f"{kiosk.journal}~1", 7, forked=True)
    assert scene.rows("SELECT count(*) FROM fact") == [(10,)]


def test_each_past_has_its_own_tickets(scene: Scene, both: tuple[Box, Box]) -> None:
    kiosk, _ = both
    for box, number in zip(both, ("111001", "111002"), strict=True):
        seq = len(box.facts) + 1
        ticket = f"{kiosk.name}/{kiosk.journal}/{seq}"
        box.fact("requested", service="11", touch="t")
        box.fact("issued", ticket=ticket, service="11", number=number, source="band", date=TODAY)
        box.fact("printed", ticket=ticket, evidence="gs-h")
        stored(box, box.facts[4:])
    assert scene.ticket(f"{kiosk.name}/{kiosk.journal}/5").digits == "111001"
    assert scene.ticket(f"{kiosk.name}/{kiosk.journal}~1/5").digits == "111002"
    assert scene.waiting["11"] == 3
    assert scene.conflicts() == ["fork"]


def test_what_a_fork_tells_of_the_shared_past_is_of_the_shared_tickets(scene: Scene, kiosk: Box) -> None:
    ticket, _ = kiosk.issue()
    other = copy(kiosk)
    kiosk.tell("device", name="printer", phase="idle", reasons="")
    other.fact("voided", ticket=ticket, reason="citizen")
    stored(other, other.facts[-1:])
    assert scene.ticket(ticket).state is TicketState.VOID


def test_a_fork_prints_anew_what_both_had_asked_for(scene: Scene, kiosk: Box) -> None:
    touched = kiosk.tell("requested", service="11", touch="t")
    other = copy(kiosk)
    kiosk.tell("device", name="printer", phase="idle", reasons="")
    other.fact("issued", ticket=touched, service="11", number="111001", source="band", date=TODAY)
    other.fact("printed", ticket=touched, evidence="gs-h")
    stored(other, other.facts[1:])
    assert (scene.ticket(touched).state, scene.conflicts()) == (TicketState.WAITING, ["fork"])


def test_a_third_machine_is_a_second_fork(scene: Scene, both: tuple[Box, Box]) -> None:
    kiosk, other = both
    third = copy(kiosk, "a third machine")
    for box in (kiosk, other, third):
        stored(box, [box.fact("device", name="printer", phase="idle", reasons=box.boot)])
    assert [name for name, _, _ in journals(scene)] == [kiosk.journal, f"{kiosk.journal}~1", f"{kiosk.journal}~2"]
    assert scene.conflicts() == ["fork", "fork"]


def test_a_box_whose_past_parted_earlier_is_asked_for_all_of_it(scene: Scene, both: tuple[Box, Box]) -> None:
    kiosk, other = both
    kiosk.take()
    for reasons in ("media-low", "media-empty", "media-low"):
        other.fact("device", name="printer", phase="idle", reasons=reasons)
    assert stored(other, other.facts[6:]) == Stored(kiosk.journal, 0, forked=False)
    assert scene.conflicts() == []
    assert stored(other, other.facts) == Stored(f"{kiosk.journal}~1", 7, forked=True, misfits=fork_of(kiosk))
    assert journals(scene)[1] == (f"{kiosk.journal}~1", 5, 7)


def test_a_box_that_has_pruned_the_parting_forks_at_its_first_fact(scene: Scene, both: tuple[Box, Box]) -> None:
    kiosk, other = both
    kiosk.take()
    for reasons in ("media-low", "media-empty", "media-low"):
        other.fact("device", name="printer", phase="idle", reasons=reasons)
    assert stored(other, other.facts[5:], kept_from=6).forked
    assert journals(scene)[1] == (f"{kiosk.journal}~1", 6, 7)


def test_a_restored_box_that_parts_at_the_head_is_a_fork_as_well(scene: Scene, kiosk: Box) -> None:
    kiosk.tell("opened")
    restored = scene.box()
    restored.fact("device", name="printer", phase="idle", reasons="")
    restored.fact("requested", service="11", touch="t")
    assert stored(restored, restored.facts[1:]).high == 0
    assert stored(restored, restored.facts).forked
    assert scene.conflicts() == ["fork"]


def test_what_was_pruned_is_taken_as_given(scene: Scene, kiosk: Box) -> None:
    kiosk.tell("opened")
    for _ in range(3):
        kiosk.fact("device", name="printer", phase="idle", reasons="")
    assert stored(kiosk, kiosk.facts[2:], kept_from=3) == Stored(kiosk.journal, 4, forked=False)
    assert scene.rows("SELECT high, kept_from FROM journal") == [(4, 3)]
    assert (scene.conflicts(), scene.rows("SELECT seq FROM fact")) == ([], [(1,), (3,), (4,)])


def test_what_was_given_as_pruned_is_stored_when_somebody_still_has_it(scene: Scene, kiosk: Box) -> None:
    kiosk.tell("opened")
    for _ in range(5):
        kiosk.fact("device", name="printer", phase="idle", reasons="")
    stored(kiosk, kiosk.facts[4:], kept_from=5)
    assert scene.rows("SELECT high, kept_from FROM journal") == [(6, 5)]
    assert stored(kiosk, kiosk.facts[1:3]) == Stored(kiosk.journal, 3, forked=False)
    assert scene.rows("SELECT high, kept_from FROM journal") == [(6, 5)]
    assert stored(kiosk, kiosk.facts[2:]) == Stored(kiosk.journal, 6, forked=False)
    assert scene.rows("SELECT high, kept_from FROM journal") == [(6, 1)]
    assert scene.rows("SELECT seq FROM fact ORDER BY seq") == [(seq,) for seq in range(1, 7)]
    assert scene.conflicts() == []


def test_a_batch_that_tells_a_fact_twice_stores_it_once(scene: Scene, kiosk: Box) -> None:
    for _ in range(5):
        kiosk.fact("device", name="printer", phase="idle", reasons="")
    fifth, second = kiosk.facts[4], kiosk.facts[1]
    assert stored(kiosk, [fifth, fifth], kept_from=5).high == 5
    assert stored(kiosk, [second, second]).high == 2
    assert scene.rows("SELECT seq FROM fact ORDER BY seq") == [(2,), (5,)]
    assert scene.conflicts() == []


def test_what_fills_a_hole_means_what_it_would_have_meant(scene: Scene, kiosk: Box) -> None:
    ticket = f"{kiosk.name}/{kiosk.journal}/1"
    kiosk.fact("requested", service="11", touch="t")
    kiosk.fact("issued", ticket=ticket, service="11", number="111001", source="band", date=TODAY)
    kiosk.fact("printed", ticket=ticket, evidence="gs-h")
    kiosk.fact("device", name="printer", phase="idle", reasons="")
    stored(kiosk, kiosk.facts[3:], kept_from=4)
    assert scene.rows("SELECT count(*) FROM ticket") == [(0,)]
    stored(kiosk, kiosk.facts)
    assert scene.rows("SELECT id, state FROM ticket") == [(ticket, TicketState.WAITING)]


def test_a_hole_is_not_filled_from_another_past(scene: Scene, both: tuple[Box, Box]) -> None:
    kiosk, other = both
    for reasons in ("", "media-low", "media-empty"):
        kiosk.fact("device", name="printer", phase="idle", reasons=reasons)
        other.fact("device", name="printer", phase="stopped", reasons=f"cover-open,{reasons}")
    stored(kiosk, kiosk.facts[6:], kept_from=7)
    stored(kiosk, kiosk.facts[4:5])
    assert stored(other, other.facts[5:6]).high == 0
    assert stored(other, other.facts).forked
    assert stored(kiosk, kiosk.facts) == Stored(kiosk.journal, 7, forked=False)
    assert scene.rows("SELECT count(*) FROM fact") == [(10,)]


def test_a_hole_that_is_not_given_is_asked_for(scene: Scene, kiosk: Box) -> None:
    kiosk.tell("opened")
    for _ in range(3):
        kiosk.fact("device", name="printer", phase="idle", reasons="")
    assert stored(kiosk, kiosk.facts[3:], kept_from=3).high == 1


def test_the_same_ticket_with_another_past_gets_no_number(scene: Scene, kiosk: Box) -> None:
    ticket = f"{kiosk.name}/{kiosk.journal}/1"
    kiosk.fact("requested", service="11", touch="t")
    given = kiosk.reserve(ticket, "11", digest=kiosk.head)
    assert kiosk.reserve(ticket, "11", digest=kiosk.head) == given
    other = scene.box()
    other.fact("requested", service="11", touch="another finger")
    with pytest.raises(Forked):
        other.reserve(ticket, "11", digest=other.head)


def test_nor_does_a_ticket_whose_touch_was_told_by_another_past(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.tell("requested", service="11", touch="t")
    with pytest.raises(Forked):
        kiosk.reserve(ticket, "11", digest="of another past")
    assert kiosk.reserve(ticket, "11", digest=kiosk.head).digits == "11001"


def test_facts_of_a_fork_are_called_from_like_any(scene: Scene, both: tuple[Box, Box]) -> None:
    kiosk, other = both
    scene.call_next()
    kiosk.tell("device", name="printer", phase="idle", reasons="")
    ticket = f"{kiosk.name}/{kiosk.journal}/5"
    other.fact("requested", service="11", touch="t")
    other.fact("issued", ticket=ticket, service="11", number="111001", source="band", date=TODAY)
    other.fact("noted", ticket=ticket, evidence="citizen")
    stored(other, other.facts[4:])
    answer = scene.press(CallNext)
    assert answer.window is not None
    assert answer.window.held is not None
    assert answer.window.held.ticket == f"{kiosk.name}/{kiosk.journal}~1/5"
