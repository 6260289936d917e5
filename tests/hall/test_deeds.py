"""The hall's own journal: a guide's deeds are facts like any box's, and nothing of a refused one is kept."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from config.hall import HALL, load_hall
from config.problem import SettingsError
from hall.contract import Finish, Term
from hall.deeds import DeedRefused
from hall.guides import doing
from hall.guides.doing import Asking, Doing
from hall.guides.finding import Finding, Found, NotFound, found_as
from hall.store import desks, journals
from hall.store.tickets import waiting
from hall.ticket import CALLABLE, TicketState
from tests.hall.scene import Scene

BY = "3001"
LIFE = Term(n=1, draw="00000000000000aa")
_requests = (f"request-{count}" for count in itertools.count(1))


def do(scene: Scene, deed: Callable[..., Any], *, request: str = "", life: Term = LIFE) -> Any:
    asking = Asking(request or next(_requests), BY, scene.catalogue, scene.clock, life, "demo")
    return msgspec.json.decode(scene.write(Doing(asking, deed)))["ticket"]


def take(scene: Scene, service: str = "11", **more: Any) -> Any:
    return do(scene, doing.take(service), **more)


def facts(scene: Scene) -> list[tuple[str, int, str]]:
    sql = "SELECT journal, seq, kind FROM fact JOIN journal ON id = journal_id WHERE device = ? ORDER BY row"
    return [tuple(row) for row in scene.rows(sql, HALL)]


def test_deeds_are_chained_as_a_box_s_facts_are(scene: Scene) -> None:
    take(scene)
    take(scene, "12")
    rows = scene.rows("SELECT seq, digest, json_extract(raw, '$.prev') FROM fact ORDER BY row")
    assert [row[0] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row[2] for row in rows] == ["", *(row[1] for row in rows[:-1])]
    assert scene.conflicts() == []


def test_a_number_that_a_guide_took_is_called_like_any_other(scene: Scene) -> None:
    kiosk = scene.box()
    first = kiosk.take()
    scene.clock.pass_ms(10)
    taken = take(scene)
    scene.clock.pass_ms(10)
    kiosk.take()
    assert scene.call_next().window.held.ticket == first  # type: ignore[union-attr]
    scene.press(Finish, 1)
    assert scene.call_next().window.held.number == taken["number"]  # type: ignore[union-attr]


def test_each_life_of_the_hall_has_a_journal_of_its_own(scene: Scene) -> None:
    one = take(scene)
    other = take(scene, life=Term(n=2, draw="00000000000000bb"))
    assert [one["ticket"], other["ticket"]] == [f"hall/{LIFE.draw}/1", "hall/00000000000000bb/1"]
    assert one["number"] != other["number"]


def test_a_refused_deed_leaves_no_fact_no_conflict_and_no_number(scene: Scene) -> None:
    ticket = take(scene)["ticket"]
    before = facts(scene), scene.ticket(ticket), scene.waiting
    for deed, why in (
        (doing.readmit(ticket), "ticket-waiting"),
        (doing.transfer(ticket, "nowhere"), "no-such-service"),
        (doing.transfer(ticket, "11"), "same-service"),
        (doing.give_back("kiosk-1/none/1"), "no-such-ticket"),
        (doing.take("nowhere"), "no-such-service"),
    ):
        with pytest.raises(DeedRefused) as refused:
            do(scene, deed)
        assert refused.value.why == why
    assert (facts(scene), scene.ticket(ticket), scene.waiting) == before
    assert scene.conflicts() == []


def test_a_recovering_hall_does_no_deed(scene: Scene) -> None:
    scene.write(lambda tx: desks.put_meta(tx, "recovering", "{}"))
    with pytest.raises(DeedRefused, match="recovering"):
        take(scene)


def test_a_request_that_is_repeated_is_answered_as_before(scene: Scene) -> None:
    assert take(scene, request="request-once") == take(scene, request="request-once")
    assert len(facts(scene)) == 3


def test_two_guides_requests_of_one_name_are_two(scene: Scene) -> None:
    take(scene, request="request-both")
    other = Asking("request-both", "3002", scene.catalogue, scene.clock, LIFE, "demo")
    scene.write(Doing(other, doing.take("11")))
    assert scene.waiting["11"] == 2


def test_a_slip_s_own_number_is_found_whatever_letter_is_before_it(scene: Scene) -> None:
    take(scene)
    [found] = scene.write(Finding("a11001", scene.catalogue))
    assert (found.number, found.may) == ("A11001", ["transfer", "give-back"])
    with pytest.raises(NotFound, match="no-such-number"):
        scene.write(Finding("11002", scene.catalogue))


def test_no_box_may_have_the_hall_s_own_name(settings_file: Path) -> None:
    told = settings_file.read_text(encoding="utf-8").replace('name = "kiosk-1"', 'name = "hall"')
    settings_file.write_text(told, encoding="utf-8")
    with pytest.raises(SettingsError, match="hall's own name"):
        load_hall(settings_file)


class Guiding(RuleBasedStateMachine):
    """Clerks call while guides take, send on, give back and let wait again: the hall stays of one mind."""

    def __init__(self) -> None:
        super().__init__()
        self.scene = Scene()
        self.kiosk = self.scene.box()
        self.tickets: list[str] = []

    @rule(service=st.sampled_from(["11", "12"]))
    def a_citizen_takes(self, service: str) -> None:
        self.tickets.append(self.kiosk.take(service))

    @rule(service=st.sampled_from(["11", "12", "nowhere"]))
    def a_guide_takes(self, service: str) -> None:
        if found := self._try(doing.take(service)):
            self.tickets.append(found["ticket"])
            assert found["state"] == "waiting"

    @rule(data=st.data(), service=st.sampled_from(["11", "12"]))
    def a_guide_sends_on(self, data: st.DataObject, service: str) -> None:
        ticket = self._one(data)
        if ticket and (found := self._try(doing.transfer(ticket, service))):
            assert (found["service"], found["state"]) == (service, "redirected")

    @rule(data=st.data())
    def a_guide_gives_back(self, data: st.DataObject) -> None:
        ticket = self._one(data)
        if ticket and (found := self._try(doing.give_back(ticket))):
            assert found["state"] == "void"

    @rule(data=st.data())
    def a_guide_lets_wait_again(self, data: st.DataObject) -> None:
        ticket = self._one(data)
        if ticket and (found := self._try(doing.readmit(ticket))):
            assert found["state"] == "waiting"

    @rule(window=st.sampled_from([1, 2]))
    def a_clerk_calls(self, window: int) -> None:
        self.scene.call_next(window)

    @rule(window=st.sampled_from([1, 2]))
    def a_clerk_finishes(self, window: int) -> None:
        self.scene.press(Finish, window)

    @invariant()
    def the_counts_are_those_of_the_tickets(self) -> None:
        counted = self.scene.write(waiting)
        assert {code: count for code, count in self.scene.waiting.items() if count} == counted

    @invariant()
    def who_is_at_a_window_is_there_alone(self) -> None:
        held = [held.ticket for number in (1, 2) if (held := self.scene.window(number).held)]
        assert len(held) == len(set(held))
        for ticket in held:
            assert self.scene.ticket(ticket).state in (TicketState.CALLED, TicketState.SERVING)

    @invariant()
    def nothing_is_in_conflict_and_the_chain_is_whole(self) -> None:
        assert self.scene.conflicts() == []
        journal = self.scene.write(lambda tx: journals.find(tx, HALL, LIFE.draw))
        assert (journal.high if journal else 0) == len(facts(self.scene))

    @invariant()
    def what_a_guide_may_do_is_what_the_hall_then_does(self) -> None:
        for ticket in map(self.scene.ticket, self.tickets):
            may = found_as(ticket, self.scene.catalogue, self.scene.day()).may
            assert ("give-back" in may) == (ticket.state in {*CALLABLE, TicketState.AWAY, TicketState.MISSED})

    def _one(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(self.tickets)) if self.tickets else ""

    def _try(self, deed: Callable[..., Found | None]) -> Any:
        """The ticket; None, and nothing done, where it is refused."""
        before = facts(self.scene)
        try:
            return do(self.scene, deed)
        except DeedRefused:
            assert facts(self.scene) == before
            return None

    def teardown(self) -> None:
        self.scene.close()


TestGuiding = Guiding.TestCase
TestGuiding.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
