"""When a hall doubts its database, whom it then waits for, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from hall import recovering
from hall.contract import Term
from hall.mark import Mark
from hall.recovering import Life, Recovery, Waking, Why
from hall.store import desks
from hall.store.writer import Tx
from tests.hall.past import Town
from tests.hall.scene import Scene

BOXES = ["counter-1", "counter-2", "counter-3", "kiosk-1", "kiosk-2"]


@pytest.fixture
def town() -> Iterator[Town]:
    town = Town()
    yield town
    town.close()


def start(hall: Scene, mark: Mark | None = None, found: int = 0, boxes: list[str] = BOXES) -> Life:
    return hall.write(partial(recovering.wake, waking=Waking(mark, found, boxes, 0)))


def name(hall: Scene) -> str:
    return hall.write(lambda tx: desks.meta(tx, "database"))


def put(hall: Scene, key: str, value: str) -> None:
    hall.write(partial(desks.put_meta, key=key, value=value))


def why(life: Life) -> Why | None:
    return life.recovery.why if life.recovery else None


class TestAtTheStart:
    def test_a_first_start_is_whole(self, scene: Scene) -> None:
        life = start(scene)
        assert (life.term.n, life.recovery) == (1, None)
        assert len(name(scene)) == 32

    def test_a_database_from_before_there_were_marks_is_taken_as_it_is(self, scene: Scene) -> None:
        put(scene, "term", "41")
        life = start(scene)
        assert (life.term.n, life.recovery) == (42, None)
        assert name(scene)

    def test_a_mark_that_fits_is_whole(self, scene: Scene) -> None:
        start(scene)
        assert start(scene, Mark(name(scene), 1, 7), found=7).recovery is None
        assert start(scene, Mark(name(scene), 1, 7), found=9).recovery is None, "a mark is not synced"

    def test_a_missing_mark_is_doubt(self, scene: Scene) -> None:
        start(scene)
        assert why(start(scene)) == "mark-missing"

    def test_a_mark_of_another_database_is_doubt(self, scene: Scene) -> None:
        start(scene)
        assert why(start(scene, Mark("f" * 32, 9, 1), found=7)) == "another-database"

    def test_a_mark_beside_an_empty_folder_is_doubt(self, scene: Scene) -> None:
        life = start(scene, Mark("f" * 32, 9, 1))
        assert (why(life), life.term.n) == ("another-database", 10)

    def test_a_mark_that_has_seen_more_is_doubt(self, scene: Scene) -> None:
        start(scene)
        life = start(scene, Mark(name(scene), 5, 8), found=7)
        assert (why(life), life.term.n) == ("old-copy", 6)

    @pytest.mark.parametrize(("copy", "told"), [("backup", "backup"), ("rebuilt", "rebuilt"), ("1", "backup")])
    def test_a_copy_is_doubt_whatever_its_mark_says(self, scene: Scene, copy: str, told: str) -> None:
        start(scene)
        put(scene, "copy", copy)
        assert why(start(scene, Mark(name(scene), 1, 7), found=7)) == told

    def test_a_hall_in_doubt_takes_another_name(self, scene: Scene) -> None:
        start(scene)
        before = name(scene)
        start(scene)
        assert name(scene) != before

    def test_doubt_outlives_a_restart_with_all_that_was_told(self, town: Town) -> None:
        town.rebuild()
        town.greet("kiosk-1")
        town.boxes["counter-1"].fact("opened")
        town.greet("counter-1")
        before = town.recovery()
        life = start(town.hall, Mark(name(town.hall), 1, 0))
        assert life.recovery == before
        assert before
        assert list(before.awaited) == ["counter-1", "counter-2", "counter-3", "kiosk-2"]

    def test_a_box_that_is_enrolled_no_more_is_not_waited_for(self, town: Town) -> None:
        town.rebuild()
        life = start(town.hall, Mark(name(town.hall), 1, 0), boxes=["kiosk-1"])
        assert life.recovery
        assert list(life.recovery.awaited) == ["kiosk-1"]

    def test_each_start_has_a_term_of_its_own(self, scene: Scene) -> None:
        lives = [start(scene), *(start(scene, Mark(name(scene), 1, 0)) for _ in range(2))]
        assert [life.term.n for life in lives] == [1, 2, 3]
        assert len({life.term.draw for life in lives}) == 3


class TestWhatBoxesKnow:
    @pytest.fixture
    def life(self, town: Town) -> Life:
        """The hall's third life; the boxes have met it."""
        for _ in range(2):
            start(town.hall, Mark(name(town.hall), 1, 0))
        return start(town.hall, Mark(name(town.hall), 1, 0))

    def now(self, town: Town) -> Life:
        def live(tx: Tx) -> Life:
            n = desks.meta(tx, "term")
            return Life(Term(n=int(n), draw=desks.meta(tx, f"term/{n}")), recovering.recovery(tx))

        return town.hall.write(live)

    def test_a_life_that_this_hall_had_is_no_doubt(self, town: Town, life: Life) -> None:
        draw = town.hall.write(lambda tx: desks.meta(tx, "term/2"))
        for term in (None, life.term, Term(n=2, draw=draw)):
            town.greet("kiosk-1", term)
        assert self.now(town) == Life(life.term, None)

    @pytest.mark.parametrize("term", [Term(n=9, draw="aa"), Term(n=3, draw="aa"), Term(n=2, draw="aa")])
    def test_a_life_that_this_hall_never_had_is_doubt_and_a_term_above(
        self, town: Town, life: Life, term: Term
    ) -> None:
        town.greet("kiosk-1", term)
        now = self.now(town)
        assert why(now) == "newer-term"
        assert now.term.n == max(term.n, life.term.n) + 1
        assert now.recovery
        assert set(now.recovery.awaited) == set(BOXES) - {"kiosk-1"}, "it had nothing to tell"

    def test_a_newer_life_met_while_recovering_raises_the_term_alone(self, town: Town) -> None:
        town.rebuild()
        town.greet("kiosk-1", Term(n=9, draw="aa"))
        town.greet("kiosk-2", Term(n=30, draw="bb"))
        now = self.now(town)
        assert now.term.n == 31
        assert now.recovery
        assert (now.recovery.why, list(now.recovery.awaited)) == ("rebuilt", ["counter-1", "counter-2", "counter-3"])

    def test_lives_before_a_recovery_are_no_doubt_after_it(self, town: Town) -> None:
        town.rebuild()
        town.greet("kiosk-1", Term(n=9, draw="aa"))
        town.recover()
        town.greet("kiosk-2", Term(n=9, draw="aa"))
        assert self.now(town).recovery is None


class TestWhomItWaitsFor:
    def test_a_box_is_waited_for_until_it_has_told_what_it_had_at_its_hello(self, town: Town) -> None:
        kiosk = town.boxes["kiosk-1"]
        for _ in range(3):
            kiosk.fact("opened")
        town.rebuild()
        town.greet("kiosk-1")
        kiosk.fact("opened")
        town.retell("kiosk-1", slice(0, 2))
        assert "kiosk-1" in awaited(town)
        town.retell("kiosk-1", slice(2, 3))
        assert "kiosk-1" not in awaited(town)

    def test_a_box_that_tells_without_a_hello_is_waited_for(self, town: Town) -> None:
        town.rebuild()
        town.boxes["kiosk-1"].scene = town.hall
        town.boxes["kiosk-1"].fact("opened")
        town.retell("kiosk-1")
        assert "kiosk-1" in awaited(town)

    def test_every_journal_that_a_box_keeps_is_waited_for(self, town: Town) -> None:
        town.rebuild()
        kiosk = town.boxes["kiosk-1"]
        kiosk.fact("opened")
        former = town.hall.box("kiosk-1", "before")
        former.fact("opened")
        town.greet("kiosk-1", also=[former])
        town.retell("kiosk-1")
        assert "kiosk-1" in awaited(town)
        town.retell("kiosk-1", of=former)
        assert "kiosk-1" not in awaited(town)

    def test_facts_of_another_past_are_told_when_they_stand_in_a_fork(self, town: Town) -> None:
        kiosk = town.boxes["kiosk-1"]
        kiosk.tell("requested", service="11", touch="a")
        twin = town.hall.box("kiosk-1", kiosk.journal)
        twin.fact("requested", service="11", touch="b")
        town.rebuild(town.hall)
        town.boxes["kiosk-1"] = twin
        town.greet("kiosk-1")
        assert "kiosk-1" in awaited(town), "another fact stands at its seq"
        town.retell("kiosk-1")
        assert "kiosk-1" not in awaited(town)

    def test_what_was_pruned_at_the_box_is_not_waited_for(self, town: Town) -> None:
        kiosk = town.boxes["kiosk-1"]
        for _ in range(5):
            kiosk.fact("opened")
        town.rebuild()
        town.greet("kiosk-1")
        town.retell("kiosk-1", slice(3, 5), kept_from=4)
        assert "kiosk-1" not in awaited(town)

    def test_absent_boxes_are_not_waited_for_and_the_rest_is(self, town: Town) -> None:
        town.rebuild()
        town.declare_absent("kiosk-1", "counter-3")
        now = town.recovery()
        assert now
        assert (list(now.awaited), now.absent) == (["counter-1", "counter-2", "kiosk-2"], ["counter-3", "kiosk-1"])
        assert town.relive() is None

    def test_an_absent_box_that_comes_while_others_are_waited_for_is_waited_for_again(self, town: Town) -> None:
        town.rebuild()
        town.declare_absent("kiosk-1")
        town.boxes["kiosk-1"].fact("opened")
        town.greet("kiosk-1")
        assert "kiosk-1" in awaited(town)

    def test_an_absent_box_that_comes_later_is_waited_for_alone(self, town: Town) -> None:
        town.rebuild()
        town.declare_absent("kiosk-1")
        town.recover("kiosk-2", "counter-1", "counter-2", "counter-3")
        assert town.recovery() is None
        town.boxes["kiosk-1"].fact("opened")
        town.greet("kiosk-1")
        now = town.recovery()
        assert now
        assert (now.why, list(now.awaited)) == ("returned", ["kiosk-1"])
        town.recover("kiosk-1")
        assert town.recovery() is None
        town.greet("kiosk-1")
        assert town.recovery() is None

    def test_nobody_is_declared_absent_to_a_whole_hall(self, town: Town) -> None:
        town.declare_absent("kiosk-1")
        town.boxes["kiosk-1"].fact("opened")
        town.greet("kiosk-1")
        assert town.recovery() is None


def awaited(town: Town) -> dict[str, object]:
    now = town.recovery()
    assert isinstance(now, Recovery)
    return dict(now.awaited)
