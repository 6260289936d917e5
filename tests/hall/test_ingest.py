from __future__ import annotations

import json
from typing import Any, get_args

import msgspec
import pytest

from hall import facts
from hall.contract import CallNext, Fact, FactKind, Miss, Redirect
from hall.meaning import _KINDS, DEFERRED
from hall.store.reader import DEVICES
from hall.ticket import TicketState
from tests.hall.scene import NOON_MS, TODAY, Box, Scene


def test_facts_sent_again_are_skipped(scene: Scene, kiosk: Box) -> None:
    kiosk.take()
    assert kiosk.send(kiosk.facts) == 3
    assert scene.rows("SELECT count(*) FROM fact") == [(3,)]
    assert scene.waiting["11"] == 1
    assert scene.conflicts() == []


def test_a_gap_changes_nothing_and_says_where_to_send_from(scene: Scene, kiosk: Box) -> None:
    kiosk.tell("opened")
    kiosk.fact("device", name="printer", phase="idle", reasons="")
    late = kiosk.fact("device", name="printer", phase="stopped", reasons="media-empty")
    assert kiosk.send([late]) == 1
    assert kiosk.send(kiosk.facts[1:]) == 3


def test_unknown_kinds_and_fields_are_kept_as_told(scene: Scene, kiosk: Box) -> None:
    later = (
        b'{"seq":1,"prev":"","kind":"levitated","at_ms":1,"trust":"unknown","boot":"b","mono_ms":1,'
        b'"mode":"demo","data":{"height":{"cm":3}},"gravity":"off"}'
    )
    assert kiosk.send([later]) == 1
    assert scene.conflicts() == ["unreadable"]
    assert scene.rows("SELECT raw FROM fact") == [(later.decode(),)]


@pytest.mark.parametrize("field", ["at_ms", "mono_ms"])
def test_a_fact_with_a_number_that_no_database_holds_is_kept_as_told(scene: Scene, kiosk: Box, field: str) -> None:
    told = {"seq": 1, "prev": "", "kind": "opened", "at_ms": 1, "trust": "unknown", "boot": "b", "mono_ms": 1}
    raw = msgspec.json.encode({**told, "mode": "demo", field: 2**63})
    assert kiosk.send([raw]) == 1
    assert scene.conflicts() == ["unreadable"]
    assert scene.rows("SELECT raw FROM fact") == [(raw.decode(),)]


@pytest.mark.parametrize("value", [2**63, -(2**70), "kiosk-1/00ff00ff00ff00ff/" + "9" * 30, "9" * 5000, "1１"])
def test_whatever_a_fact_names_the_facts_behind_it_are_stored(scene: Scene, kiosk: Box, value: str | int) -> None:
    for kind in ("issued", "printed", "voided", "shown", "rated", "finished", "admitted"):
        rest: dict[str, Any] = {
            "service": "11",
            "number": "11001",
            "digits": "11001",
            "date": TODAY,
            "grade": "satisfied",
        }
        kiosk.fact(kind, **{**rest, "ticket": value, "call": value, "window": value, "slip": value})
    assert kiosk.send(kiosk.facts) == 7


def test_an_unknown_kind_is_a_conflict_anybody_can_see(scene: Scene, kiosk: Box) -> None:
    kiosk.tell("levitated", height="3 cm")
    assert scene.conflicts() == ["unknown-kind"]


@pytest.mark.parametrize("kind", get_args(FactKind))
def test_every_kind_that_the_contract_names_has_a_meaning(kind: str) -> None:
    assert kind in _KINDS


def test_what_became_of_numbered_sheets_is_kept_and_no_conflict(scene: Scene, kiosk: Box) -> None:
    kiosk.tell("sheets-loaded", operator="1001", printer="office", first="NO.000101", sheets=200)
    paper: dict[str, Any] = {"printer": "office", "first": "NO.000101", "sheets": 2, "case": "c-1"}
    for kind in ("taken", "printed", "unused", "doubtful", "spoiled"):
        kiosk.tell(f"sheets-{kind}", **paper)
    assert scene.conflicts() == []
    assert scene.rows("SELECT kind, operator FROM fact WHERE seq = 1") == [("sheets-loaded", "1001")]
    assert scene.rows("SELECT DISTINCT raw -> '$.data' FROM fact WHERE seq > 1") == [
        (json.dumps(paper, separators=(",", ":")),)
    ]


def test_that_a_card_was_read_is_kept_and_no_conflict(scene: Scene, kiosk: Box) -> None:
    read: dict[str, Any] = {"window": 3, "reader": "id_card", "card": "resident", "outcome": "read"}
    kiosk.tell("card-read", operator="1001", **read)
    assert scene.conflicts() == []
    assert scene.rows("SELECT kind, operator, raw -> '$.data' FROM fact") == [
        ("card-read", "1001", json.dumps(read, separators=(",", ":")))
    ]


def test_the_digest_of_a_later_contract_covers_its_new_fields() -> None:
    fact = Fact(seq=1, prev="", kind="opened", at_ms=1, trust="unknown", boot="b", mono_ms=1, mode="demo")
    plain = msgspec.json.encode(fact)
    spaced = msgspec.json.format(plain, indent=2)
    newer = plain[:-1] + b',"gravity":"off"}'
    assert facts.read(msgspec.Raw(spaced)).digest == fact.digest()
    assert facts.read(msgspec.Raw(newer)).digest != fact.digest()


def test_a_fact_without_a_place_in_the_chain_is_the_only_one_refused(kiosk: Box) -> None:
    with pytest.raises(msgspec.ValidationError):
        kiosk.send([b'{"kind":"opened"}'])


def test_facts_of_another_mode_are_kept_and_never_mixed_in(scene: Scene, kiosk: Box) -> None:
    kiosk.send([kiosk.fact("requested", mode="live", service="11", touch="t")])
    assert scene.conflicts() == ["wrong-mode"]
    assert scene.rows("SELECT mode FROM fact") == [("live",)]


def test_the_place_is_the_touch_on_the_halls_clock(scene: Scene, kiosk: Box) -> None:
    kiosk.tell("opened")
    kiosk.fact("requested", service="11", touch="t")
    ticket = "kiosk-1/00ff00ff00ff00ff/2"
    kiosk.fact("issued", ticket=ticket, service="11", number="A111001", source="band", date=TODAY)
    kiosk.mono_ms += 60_000
    scene.clock.pass_ms(60_000)
    kiosk.send(kiosk.facts[1:])
    assert scene.ticket(ticket).place_ms == NOON_MS - 10  # told a minute and 10 ms after the touch


def test_the_least_delayed_message_sets_a_boots_offset(scene: Scene, kiosk: Box) -> None:
    kiosk.tell("opened")
    scene.clock.pass_ms(5_000)
    kiosk.tell("device", name="printer", phase="idle", reasons="")
    assert scene.rows("SELECT offset_ms FROM boot") == [(NOON_MS - 5_010,)]


def test_facts_of_a_boot_never_seen_alive_stand_beside_their_neighbours(scene: Scene, kiosk: Box) -> None:
    kiosk.tell("opened")
    kiosk.boot = "a boot without network"
    unseen = kiosk.fact("device", name="printer", phase="idle", reasons="")
    kiosk.boot = "kiosk-1-boot"
    kiosk.send([unseen])
    times = [row[0] for row in scene.rows("SELECT hall_ms FROM fact ORDER BY seq")]
    assert times[0] == times[1]


def test_a_number_from_the_kiosks_band_makes_a_ticket_nobody_reserved(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.tell("requested", service="11", touch="t")
    kiosk.tell("issued", ticket=ticket, service="11", number="111001", source="band", date=TODAY)
    kiosk.tell("printed", ticket=ticket, evidence="gs-h")
    assert (scene.ticket(ticket).number, scene.ticket(ticket).source) == ("A111001", "band")
    assert scene.press(CallNext).fresh


def test_a_late_answer_leaves_the_reserved_number_a_gap(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.tell("requested", service="11", touch="t")
    assert kiosk.reserve(ticket, "11").digits == "11001"
    kiosk.tell("issued", ticket=ticket, service="11", number="111001", source="band", date=TODAY)
    assert scene.ticket(ticket).digits == "111001"
    assert kiosk.reserve(kiosk.tell("requested", service="11", touch="u"), "11").digits == "11002"


def test_a_reservation_may_come_before_or_after_its_touch_is_told(scene: Scene, kiosk: Box) -> None:
    kiosk.tell("opened")
    touch = kiosk.fact("requested", service="11", touch="t")
    ticket = "kiosk-1/00ff00ff00ff00ff/2"
    given = kiosk.reserve(ticket, "11")
    kiosk.send([touch])
    assert scene.ticket(ticket).place_ms == given.place_ms
    assert kiosk.reserve(ticket, "11") == given


def test_a_ticket_printed_anew_stands_at_its_first_touch(scene: Scene, kiosk: Box) -> None:
    lost, _ = kiosk.issue()
    kiosk.tell("doubtful", ticket=lost, evidence="status")
    kiosk.take()
    kiosk.tell("voided", ticket=lost, reason="citizen")
    anew = kiosk.tell("requested", service="11", touch="t", place_of=lost)
    given = kiosk.reserve(anew, "11", place_of=lost)
    kiosk.tell("issued", ticket=anew, service="11", number=given.digits, source="hall", date=given.date)
    kiosk.tell("printed", ticket=anew, evidence="gs-h")
    assert scene.ticket(anew).visit == lost
    assert scene.call_next().window.held.ticket == anew  # type: ignore[union-attr]


def test_a_doubtful_slip_is_callable_and_may_be_confirmed(scene: Scene, kiosk: Box) -> None:
    ticket, _ = kiosk.issue()
    kiosk.tell("doubtful", ticket=ticket, evidence="status")
    assert scene.press(CallNext).fresh
    kiosk.tell("printed", ticket=ticket, evidence="citizen")
    assert (scene.ticket(ticket).paper, scene.conflicts()) == ("printed", [])


def test_a_voided_ticket_is_not_called(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    kiosk.tell("voided", ticket=ticket, reason="citizen")
    assert scene.press(CallNext).reason == "nobody-waiting"
    assert scene.waiting["11"] == 0


def test_voiding_a_called_ticket_is_a_conflict_and_changes_nothing(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    scene.call_next()
    kiosk.tell("voided", ticket=ticket, reason="citizen")
    assert scene.conflicts() == ["ticket-called"]
    assert scene.ticket(ticket).state is TicketState.CALLED


def test_a_missed_ticket_may_be_voided_a_redirected_one_not(scene: Scene, kiosk: Box) -> None:
    missed, redirected = kiosk.take(), kiosk.take()
    scene.call_next()
    scene.press(Miss)
    scene.call_next()
    scene.press(Redirect, service="41")
    kiosk.tell("voided", ticket=missed, reason="citizen")
    kiosk.tell("voided", ticket=redirected, reason="citizen")
    assert scene.ticket(missed).state is TicketState.VOID
    assert scene.conflicts() == ["ticket-redirected"]


@pytest.mark.parametrize(
    ("kind", "data", "why"),
    [
        ("printed", {"ticket": "kiosk-1/x/9", "evidence": "gs-h"}, "no-such-ticket"),
        ("printed", {"evidence": "gs-h"}, "invalid"),
        ("issued", {"ticket": "kiosk-2/x/1", "service": "11", "number": "1", "date": TODAY}, "not-its-ticket"),
        ("issued", {"ticket": "kiosk-1/00ff00ff00ff00ff/7", "service": "11", "number": "1"}, "no-such-request"),
        ("shown", {"ticket": "kiosk-1/x/9", "call": "none", "window": 1, "on": "page"}, "no-such-call"),
        ("spoken", {"ticket": "kiosk-1/x/9", "call": "none", "window": 1}, "no-such-call"),
    ],
)
def test_what_does_not_fit_is_said(scene: Scene, kiosk: Box, kind: str, data: dict[str, str], why: str) -> None:
    kiosk.tell(kind, **data)
    assert scene.conflicts() == [why]


def test_what_is_known_to_be_on_paper_is_not_doubted_any_more(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    scene.call_next()
    anew = scene.box(journal="dd")
    anew.tell("doubtful", ticket=ticket, evidence="journal-replaced")
    assert (scene.conflicts(), scene.ticket(ticket).paper) == ([], "printed")


def test_a_touch_that_got_no_number_is_void_without_a_fuss(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.tell("requested", service="11", touch="t")
    kiosk.tell("voided", ticket=ticket, reason="power-cut")
    assert scene.conflicts() == []
    kiosk.tell("voided", ticket="kiosk-1/x/9", reason="power-cut")
    assert scene.conflicts() == ["no-such-request"]


def test_a_ticket_of_a_service_the_hall_has_not_is_kept_and_said(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.tell("requested", service="77", touch="t")
    kiosk.tell("issued", ticket=ticket, service="77", number="771001", source="band", date=TODAY)
    assert scene.ticket(ticket).state is TicketState.ISSUED
    assert scene.conflicts() == ["no-such-service"]


def test_one_number_twice_on_a_day_is_said(scene: Scene, kiosk: Box) -> None:
    for journal in ("aa", "bb"):
        box = scene.box(journal=journal)
        ticket = box.tell("requested", service="11", touch="t")
        box.tell("issued", ticket=ticket, service="11", number="111001", source="band", date=TODAY)
    assert scene.conflicts() == ["number-twice"]


def test_a_ticket_of_yesterday_told_today_is_closed_without_a_fuss(scene: Scene, kiosk: Box) -> None:
    scene.clock.pass_ms(-24 * 3_600_000)
    touch = kiosk.tell("requested", service="11", touch="t")
    scene.clock.pass_ms(24 * 3_600_000)
    kiosk.mono_ms += 24 * 3_600_000
    kiosk.tell("issued", ticket=touch, service="11", number="111001", source="band", date="2026-11-22")
    kiosk.tell("printed", ticket=touch, evidence="gs-h")
    assert scene.ticket(touch).state is TicketState.CLOSED
    assert (scene.waiting, scene.conflicts()) == ({}, [])


def test_a_kiosk_cut_off_over_night_issues_tickets_of_today(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.tell("requested", service="11", touch="t")
    kiosk.tell("issued", ticket=ticket, service="11", number="111001", source="band", date="2026-11-22")
    kiosk.tell("printed", ticket=ticket, evidence="gs-h")
    assert scene.ticket(ticket).date == TODAY
    assert scene.press(CallNext).fresh


def test_a_number_noted_from_the_screen_is_callable(scene: Scene, kiosk: Box) -> None:
    ticket, _ = kiosk.issue()
    kiosk.tell("noted", ticket=ticket, evidence="citizen")
    assert scene.ticket(ticket).paper == "noted"
    assert scene.press(CallNext).fresh
    assert scene.conflicts() == []


def test_a_doubtful_slip_may_be_noted_instead(scene: Scene, kiosk: Box) -> None:
    ticket, _ = kiosk.issue()
    kiosk.tell("doubtful", ticket=ticket, evidence="status")
    kiosk.tell("noted", ticket=ticket, evidence="citizen")
    assert (scene.ticket(ticket).paper, scene.waiting["11"], scene.conflicts()) == ("noted", 1, [])


def test_the_newest_state_of_each_device_is_known(scene: Scene, kiosk: Box) -> None:
    kiosk.tell("device", name="printer", phase="idle", reasons="")
    kiosk.tell("device", name="card-reader", phase="idle", reasons="")
    kiosk.tell("device", name="printer", phase="stopped", reasons="media-empty,cover-open")
    rows = [json.loads(row) for (row,) in scene.rows(DEVICES)]
    assert [(row["box"], row["name"], row["phase"], row["reasons"]) for row in rows] == [
        ("kiosk-1", "card-reader", "idle", ""),
        ("kiosk-1", "printer", "stopped", "media-empty,cover-open"),
    ]


def test_a_journal_set_aside_tells_nothing_newer_of_a_device(scene: Scene, kiosk: Box) -> None:
    aside = scene.box(journal="bb")
    old = aside.fact("device", name="printer", phase="stopped", reasons="media-empty")
    aside.mono_ms += 60_000
    kiosk.mono_ms = aside.mono_ms
    kiosk.tell("device", name="printer", phase="idle", reasons="")
    aside.send([old])
    assert scene.rows("SELECT phase FROM device") == [("idle",)]


@pytest.mark.parametrize("kind", sorted(DEFERRED))
def test_while_the_hall_recovers_what_hangs_on_calls_is_kept_and_waits(scene: Scene, kiosk: Box, kind: str) -> None:
    scene.recovering = True
    kiosk.tell(kind)
    assert (scene.rows("SELECT kind FROM fact"), scene.conflicts()) == ([(kind,)], [])


def test_tickets_are_known_at_once_while_the_hall_recovers(scene: Scene, kiosk: Box) -> None:
    scene.recovering = True
    ticket = kiosk.take()
    assert scene.ticket(ticket).state is TicketState.WAITING
