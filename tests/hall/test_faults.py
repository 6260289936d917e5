"""What citizens are told does not work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.hall import BoxEntry
from config.wording import LANGUAGES, room
from hall.contract import Directory, Said, Spot
from hall.faults import NO_SLIP, PRINTER, faults
from hall.store.devices import Device
from tests.hall.scene import catalogue

SPOT = Spot(code="k1", level=1, x=1, y=1, kind="kiosk", name="北门", name_en="North gate", here=["kiosk-1"])
PLACED = replace(
    catalogue(), directory=Directory(digest="", spots=[SPOT]), zones={"east": frozenset({1}), "west": frozenset({2})}
)
HERE = Said(zh="北门", en="North gate")


def printer(
    phase: str = "stopped", reasons: str = "media-empty", name: str = "printer", box: str = "kiosk-1"
) -> Device:
    return Device(box, name, phase, reasons, 0, PRINTER)


def told(
    devices: list[Device], gone: tuple[str, ...] = (), silent: tuple[str, ...] = ()
) -> list[tuple[str, Said | None]]:
    return [(fault.what, fault.where) for fault in faults(PLACED, devices, gone, silent)]


@pytest.mark.parametrize("reason", sorted(NO_SLIP))
def test_a_kiosk_that_prints_nothing_is_named_with_its_place(reason: str) -> None:
    assert told([printer(reasons=f"{reason},simulated")]) == [("kiosk-no-paper", HERE)]


def test_a_kiosk_that_gives_no_number_at_all_is_another_thing() -> None:
    assert told([printer(reasons="media-jam")]) == [("kiosk-closed", HERE)]
    assert told([printer("idle", "")], gone=("kiosk-1",)) == [("kiosk-closed", HERE)]


def test_a_kiosk_goes_on_with_its_other_printer() -> None:
    assert told([printer(), printer("idle", "media-low", "second")]) == []


def test_what_is_no_kiosk_s_printer_is_nobody_s_business() -> None:
    reader = Device("kiosk-1", "reader", "stopped", "link-lost", 0, "id_card")
    old_box = Device("kiosk-1", "printer", "stopped", "media-empty", 0)
    assert told([reader, old_box, printer(box="counter-1")]) == []


def test_a_zone_that_nobody_calls_for_is_named_by_what_is_done_there() -> None:
    assert told([], silent=("west",)) == [("voice-silent", Said(zh="一楼 西区", en="1F West"))]


def test_a_box_that_the_plan_does_not_know_has_no_place() -> None:
    nowhere = replace(PLACED, directory=Directory(digest=""), boxes={"kiosk-1": BoxEntry(name="kiosk-1", digit=1)})
    assert [fault.where for fault in faults(nowhere, [printer()], (), ())] == [None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_has_its_sentence_with_a_place_and_without(language: str) -> None:
    sentences = room("board", language)
    for what in ("kiosk-no-paper", "kiosk-closed", "voice-silent"):
        assert "{where}" in sentences[f"fault-{what}"]
        assert "{" not in sentences[f"fault-{what}-somewhere"]
