"""A sign for a window whose display is dark: on a page, else on a slip, else by hand; never on a numbered sheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config.wording import LANGUAGES
from device.advice import advice_of
from device.advice.known import KnownBox, KnownDevice
from device.maintenance.checks import Checks
from device.maintenance.leases import Leases
from device.maintenance.refusal import Refusal
from device.maintenance.signs import Signs, page_of, slip_of
from device.papers.page import Text
from drivers.contract import MEDIA_EMPTY, Gone, Slip, State, TextLine
from drivers.office_printer.ipp import IppSettings
from hall.contract.maintenance import AskSign
from hall.maintenance import LIMITS_S
from tests.device.kiosk_scene import DOUBTFUL, NOT_PRINTED, PRINTED, Printer
from tests.device.test_advice_box import LINES, LOST, WELL, display
from tests.device.test_advice_box import printer as known_printer
from tests.device.test_checkup import Device
from tests.device.test_checkup_printer import APART, at_work
from tests.device.test_maintenance_verbs import ask, box
from tests.virtual_time import virtual


class Display:
    """Only its name, family and window are looked at."""

    name, family, state = "display-3", "window_display", State.of()
    window: int | None = 3


class SlipPrinter(Printer):
    family = "ticket_printer"

    def __init__(self, name: str = "printer", *completions: Any) -> None:
        super().__init__()
        self.name, self.window = name, None
        self.completions = list(completions)


def signs(*cells: Any) -> Signs:
    return Signs(Checks(cells, Leases(cells), lambda _: True), cells)


def with_devices(*devices: KnownDevice) -> KnownBox:
    return replace(WELL, devices=devices, lines=LINES)


async def printed(*cells: Any, device: str = "display-3") -> tuple[str, str]:
    told = await signs(*cells).print(AskSign(device=device))
    assert set(told.where) == set(LANGUAGES)
    return told.printer, told.outcome


@virtual
async def test_a_page_says_the_window_in_both_languages_and_comes_out_on_plain_paper() -> None:
    async with at_work(IppSettings(**APART)) as (simulated, cell):  # type: ignore[arg-type]
        assert await printed(Display(), SlipPrinter(), cell) == ("office", "printed"), "a page before a slip"
        (job,) = simulated.jobs()
        assert (job["out"], job["serials"]) == (1, [])
    (page,) = page_of(3).pages
    said = [mark.text for mark in page if isinstance(mark, Text)]
    assert {"3 号窗口", "Window 3"} <= set(said)


@virtual
async def test_no_numbered_sheet_is_used_up_for_a_sign_a_slip_does() -> None:
    slips = SlipPrinter()
    async with at_work(IppSettings(special_source="auto")) as (simulated, cell):
        assert await printed(Display(), cell, slips) == ("printer", "printed")
        assert simulated.jobs() == []
        with pytest.raises(Refusal, match="sign-numbered"):
            await printed(Display(), cell)


@virtual
async def test_a_slip_has_the_number_as_large_as_a_ticket_printer_can() -> None:
    slips = SlipPrinter()
    assert await printed(Display(), slips) == ("printer", "printed")
    assert slips.slips == [slip_of(3)]
    number, *words = [line for line in slip_of(3) if isinstance(line, TextLine)]
    assert (number.text, number.width, number.height) == ("3", 8, 8)
    assert [line.text for line in words] == ["3 号窗口", "Window 3"]


@pytest.mark.parametrize("window", [3, 60, 128])
def test_every_line_of_the_slip_fits_on_narrow_paper(window: int) -> None:
    """58 mm are 32 letters of the standard size; a hanzi takes two."""
    slip: Slip = slip_of(window)
    for line in slip:
        if isinstance(line, TextLine):
            assert sum(2 if ord(letter) > 0x7F else 1 for letter in line.text) * line.width <= 32


@pytest.mark.parametrize(
    ("completion", "outcome", "reasons"),
    [(PRINTED, "printed", []), (DOUBTFUL, "doubtful", []), (NOT_PRINTED, "not-printed", ["media-empty"])],
)
@virtual
async def test_what_the_printer_says_is_told_and_nothing_else_prints(
    completion: Any, outcome: str, reasons: list[str]
) -> None:
    first, second = SlipPrinter("first", completion), SlipPrinter("second")
    told = await signs(Display(), first, second).print(AskSign(device="display-3"))
    assert (told.printer, told.outcome, [reason.keyword for reason in told.reasons]) == ("first", outcome, reasons)
    assert second.slips == []


@virtual
async def test_a_printer_that_took_nothing_leaves_it_to_the_next() -> None:
    gone, empty, third = SlipPrinter("gone", Gone("unplugged")), SlipPrinter("empty"), SlipPrinter("third")
    empty.state = State.of(MEDIA_EMPTY)
    assert await printed(Display(), gone, empty, third) == ("third", "printed")
    assert empty.slips == []


@virtual
async def test_without_a_printer_the_sentence_says_to_write_it_by_hand() -> None:
    with pytest.raises(Refusal) as refused:
        await printed(Display())
    assert "window 3" in refused.value.body().decode()


@virtual
async def test_what_belongs_to_no_window_has_no_sign() -> None:
    with pytest.raises(Refusal, match="sign-of-no-window"):
        await printed(SlipPrinter(), device="printer")


@virtual
async def test_it_is_a_verb_of_every_box_and_the_hall_relays_it(tmp_path: Path) -> None:
    async with box(tmp_path, Device()) as it:
        status, told = await ask(it, "sign", device="it")
    assert (status, told["error"]) == (409, "sign-of-no-window")
    assert LIMITS_S["sign"] >= 60


@pytest.mark.parametrize("family", ["office_printer", "ticket_printer"])
def test_the_advice_names_the_printer_that_prints_it_and_the_key(family: str) -> None:
    working = replace(known_printer("its-printer"), family=family)
    told = advice_of(with_devices(display(1, **LOST), working))[0].until
    assert "Have its-printer print “window 1” large" in told["en"]
    assert "display-1, key w" in told["en"]
    assert "按 w" in told["zh-CN"]
    assert "Write “window 1” large on paper" in advice_of(with_devices(display(1, **LOST)))[0].until["en"]
