"""A notice on paper: what came of it is said, whatever the printer does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from device.cell import Cell
from device.flows.print_notice import NoticeDesk, Printed
from device.item_sheet import sheet_of
from device.notice_slip import Notice, lay_out
from drivers.contract import PDF, Abilities, Completion, CompletionCode, Document, Gone, Silent, State
from tests.device.house import ID_CARD, house
from tests.device.kiosk_scene import DOUBTFUL, NOT_PRINTED, Printer

NOTICE = Notice("云溪县政务服务大厅", sheet_of(ID_CARD, house()), "5a1f00c0", "2026-11-23", "live", "zh-CN")


class Office:
    """An office printer's cell: takes one document."""

    def __init__(self, *, apart: bool = True) -> None:
        self.state = State.of()
        self.plain_apart = apart
        self.abilities = Abilities(formats=frozenset({PDF}))
        self.documents: list[Document] = []

    async def do(self, verb: Any, seconds: float) -> Any:
        return await verb(self, None)

    async def print_document(self, document: Document, deadline: object) -> Completion:
        self.documents.append(document)
        return Completion(CompletionCode.SUCCESS, True, "job")


def desk(*printers: Any, office: Office | None = None) -> NoticeDesk:
    cells: list[Cell[Any]] = [office] if office else []  # type: ignore[list-item]
    return NoticeDesk(list(printers), cells)


@pytest.fixture
async def printer() -> Printer:
    return Printer()


async def test_a_slip_comes_out(printer: Printer) -> None:
    assert await desk(printer).print(NOTICE, "slip") == Printed("printed")
    assert printer.slips == [lay_out(NOTICE)]


@pytest.mark.parametrize(
    ("completion", "outcome"),
    [
        (NOT_PRINTED, Printed("not-printed", ("media-empty",))),
        (DOUBTFUL, Printed("doubtful")),
        (Gone("unplugged"), Printed("not-printed", ("link-lost",))),
        (Silent("no answer"), Printed("not-printed", ("link-lost",))),
    ],
)
async def test_what_the_printer_says_is_what_the_page_says(
    printer: Printer, completion: Completion | Exception, outcome: Printed
) -> None:
    printer.completions.append(completion)
    assert await desk(printer).print(NOTICE, "slip") == outcome


async def test_a_page_comes_out_on_plain_paper() -> None:
    office = Office()
    assert await desk(office=office).print(NOTICE, "page") == Printed("printed")
    (document,) = office.documents
    assert document.data.startswith(b"%PDF")


async def test_the_hall_s_numbered_sheets_are_never_used_up_for_a_notice() -> None:
    office = Office(apart=False)
    assert (await desk(office=office).print(NOTICE, "page")).outcome == "not-printed"
    assert office.documents == []


async def test_a_box_without_a_printer_says_so(printer: Printer) -> None:
    assert await desk().print(NOTICE, "slip") == Printed("not-printed", ("no-printer",))
    assert await desk(printer).print(NOTICE, "page") == Printed("not-printed", ("no-printer",))


async def test_it_is_offered_only_while_a_printer_can_print(printer: Printer) -> None:
    assert desk().ways == []
    both = desk(printer, office=Office())
    assert both.ways == ["slip", "page"]
    printer.state = SimpleNamespace(accepting=False)  # type: ignore[assignment]
    assert both.ways == ["page"]
