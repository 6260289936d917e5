"""What a box says of itself, and of what carries the hall: only what is really there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from config.wording import LANGUAGES, room
from device.advice import advice_of
from device.advice.known import Beside, KnownBox, KnownDevice, KnownLine, LastCheck
from device.advice.of_a_device import NO_FAULT
from device.advice.of_the_box import REFUSALS
from drivers import contract
from drivers.contract import LINK_LOST, MEDIA_EMPTY, Reason

WELL = KnownBox("counter-1", windows=(1, 2), url="https://hall.local:8610", free_bytes=10**12, certificate_days=300)
KIOSK = replace(WELL, box="kiosk-1", windows=(), kiosk=True)
LINES = (
    KnownLine("displays", "/dev/serial/by-path/usb-1", "serial"),
    KnownLine("printers", "/dev/usb/lp0", "serial"),
    KnownLine("sound", "sound:default", "sound"),
    KnownLine("office", "ipp://192.0.2.7/ipp/print", "printer"),
)
LOST = {"accepting": False, "reasons": frozenset({LINK_LOST}), "fault": "silent", "heard": False}

FAULTS: dict[str, KnownBox] = {
    **{refusal: replace(WELL, refusal=refusal) for refusal in sorted(REFUSALS)},
    "hall-refuses": replace(WELL, refusal="something-new"),
    "hall-away": replace(WELL, hall="down"),
    "hall-recovering": replace(WELL, hall="reached", recovering=True),
    "clock-off": replace(WELL, clock_off=True, off_ms=-93_000),
    "disk-full": replace(WELL, stopped="disk-full"),
    "disk-failed": replace(WELL, stopped="disk-failed"),
    "journal-stopped": replace(WELL, stopped="other"),
    "disk-low": replace(WELL, free_bytes=100 * 1024 * 1024),
    "certificate-ending": replace(WELL, certificate_days=12),
    "certificate-ended": replace(WELL, certificate_days=-1),
    "pairing-certificate-ending": replace(WELL, pairing_days=12),
    "pairing-certificate-ended": replace(WELL, pairing_days=-1),
    "band-locked": replace(KIOSK, band_locked=True),
}


def display(window: int, **how: object) -> KnownDevice:
    fields = {"line": "displays", "port": "/dev/serial/by-path/usb-1", "address": window, "window": window}
    return KnownDevice(f"display-{window}", "window_display", "onbon-bx5k", **{**fields, **how})  # type: ignore[arg-type]


def printer(name: str, **how: object) -> KnownDevice:
    return KnownDevice(name, "ticket_printer", "escpos", "printers", "/dev/usb/lp0", **how)  # type: ignore[arg-type]


def until(box: KnownBox, language: str = "en") -> str:
    return advice_of(box)[0].until[language]


def test_a_box_that_is_well_has_no_advice() -> None:
    assert advice_of(replace(WELL, devices=(display(1), display(2)), lines=LINES)) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_of_the_box_has_its_sentence_its_mending_and_what_carries_the_hall(fault: str) -> None:
    box = FAULTS[fault]
    (advice,) = advice_of(box)
    assert (advice.device, advice.fault) == ("", fault)
    for texts in (advice.what, advice.mend, advice.until):
        assert set(texts) == set(LANGUAGES)
        assert not any(re.search(r"[{}]|None|^$", text) for text in texts.values())
    assert box.box in advice.what["en"] or "hall" in advice.what["en"]


def test_two_boxes_with_one_identity_are_told_apart_by_who_is_switched_off() -> None:
    (advice,) = advice_of(replace(KIOSK, refusal="identity-twice", beside=Beside(kiosks=("kiosk-2",))))
    assert "kiosk-1" in advice.what["en"]
    assert "switch the other off" in advice.mend["en"]
    assert "kiosk-2" in advice.until["en"]
    assert "spare numbers" not in advice.until["en"], "two with one band would give the same numbers"


def test_a_certificate_that_has_ended_stops_nothing_but_what_browsers_look_at() -> None:
    """Hall and boxes do not look at dates; a clerk's browser does."""
    (own,) = advice_of(replace(WELL, certificate_days=-1))
    assert (own.severity, own.until["en"]) == ("warning", "It goes on working.")
    (shown,) = advice_of(replace(WELL, pairing_days=-1))
    assert shown.severity == "error"
    assert "on the screen of counter-1" in shown.until["en"]


def test_the_worst_comes_first() -> None:
    box = replace(WELL, devices=(printer("p", reasons=frozenset({MEDIA_EMPTY})),), lines=LINES, clock_off=True)
    assert [each.severity for each in advice_of(box)] == ["error", "warning"]


def test_what_carries_a_dark_display_is_named_and_nothing_that_is_not_there() -> None:
    dark = replace(WELL, devices=(display(1, **LOST), display(2)), lines=LINES)
    assert "spoken" not in until(dark)
    assert "board" not in until(dark)
    assert "window 2" in until(dark)
    assert "Let the clerk say the number aloud" in until(dark)
    speaker = KnownDevice("speaker", "speaker", "speaker", "sound", "sound:default")
    helped = replace(dark, devices=(*dark.devices, speaker), beside=Beside(boards={1: ("board-1",), 2: ("board-2",)}))
    assert "spoken (speaker)" in until(helped)
    assert "board-1" in until(helped)
    assert "board-2" not in until(helped), "that one shows another window"
    assert "aloud" not in until(helped)


def test_no_neighbour_points_whose_display_is_dark_too() -> None:
    both = replace(WELL, devices=(display(1, **LOST), display(2, **LOST)), lines=LINES)
    (advice,) = advice_of(both)
    assert (advice.fault, advice.device, advice.also) == ("line-silent", "display-1", ["display-2"])
    assert "beside it" not in advice.until["en"]


def test_a_second_printer_takes_over_else_another_kiosk_else_the_screen() -> None:
    empty = printer("printer-1", accepting=False, reasons=frozenset({MEDIA_EMPTY}))
    alone = replace(KIOSK, devices=(empty,), lines=LINES)
    assert "photographed" in until(alone)
    assert "kiosk-2" in until(replace(alone, beside=Beside(kiosks=("kiosk-2",))))
    both = replace(alone, devices=(empty, printer("printer-2")))
    assert "printer-2 has taken over" in until(both)
    assert "photographed" not in until(both)
    assert "photographed" in until(replace(both, devices=(empty, replace(empty, name="printer-2"))))


def test_a_reason_that_nobody_knows_is_told_by_its_keyword() -> None:
    odd = display(1, reasons=frozenset({Reason("made-up", contract.Severity.WARNING)}))
    (advice,) = advice_of(replace(WELL, devices=(odd,), lines=LINES))
    assert "made-up" in advice.what["en"]
    assert "display-1" in advice.mend["zh-CN"]


def test_what_a_person_saw_stands_until_somebody_looks_again() -> None:
    swapped = display(1, check=LastCheck("external", "look", seen="elsewhere", at="display-2"))
    box = replace(WELL, devices=(swapped, display(2)), lines=LINES)
    (advice,) = advice_of(box)
    assert (advice.device, advice.fault, advice.also) == ("display-1", "shown-elsewhere", ["display-2"])
    assert "display-1 = 2, display-2 = 1" in advice.mend["en"]
    looked_at = replace(swapped, check=LastCheck("external", "look", seen="yes"))
    assert advice_of(replace(box, devices=(looked_at, display(2)))) == []


def test_every_reason_of_a_driver_has_its_sentence() -> None:
    nothing_to_mend = NO_FAULT - {"status-unknown"}
    keywords = {each.keyword for each in vars(contract).values() if isinstance(each, Reason)} - nothing_to_mend
    said = room("advice", "zh-CN")
    assert {keyword for keyword in keywords if f"{keyword}-what" not in said or f"{keyword}-mend" not in said} == set()
