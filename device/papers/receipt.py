"""The acceptance receipt (受理回执): printed on the hall's numbered paper, whose number stands in it.

That an application is accepted or not is told on a dated and sealed paper (行政许可法 art. 32).
"""

from __future__ import annotations

from dataclasses import dataclass

from config.wording import say
from device.papers.layout import Composer
from device.papers.page import Paper
from drivers.contract import Personal

CODE_MM = 28.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """``applicant`` is masked on the paper. ``serial`` None: printed on no numbered sheet, which the paper says.

    ``reprint`` counts the times that it was printed before; ``query`` is the text of the code by which one asks on.
    """

    serial: str | None
    printer: str
    case: str
    item: str
    applicant: Personal[str]
    materials: tuple[tuple[str, int], ...]
    receiver: str
    accepted: str
    promised: str
    query: str
    phone: str
    reprint: int = 0


def masked(name: str) -> str:
    """The first character and a star: whoever finds the paper learns no name from it."""
    return f"{name[:1]}*"


def lay_out(receipt: Receipt, *, hall: str, mode: str = "live", language: str = "zh-CN") -> Paper:
    """The paper."""

    def said(key: str, **values: object) -> str:
        return say("paper", key, language, **values)

    serial = said("receipt_no_serial") if receipt.serial is None else receipt.serial
    sheet = Composer(say("paper", "receipt_title"), said("receipt_foot", serial=serial, printer=receipt.printer))
    if mode != "live":
        sheet.line(said(mode), bold=True, centred=True)
    sheet.line(hall, centred=True)
    sheet.line(said("receipt_title"), 20.0, bold=True, centred=True)
    if receipt.reprint:
        sheet.line(said("receipt_reprint", count=receipt.reprint), bold=True, centred=True)
    sheet.right(said("receipt_serial", serial=serial))
    sheet.rule()
    sheet.field(said("receipt_case"), receipt.case)
    sheet.field(said("receipt_item"), receipt.item)
    sheet.field(said("receipt_applicant"), masked(receipt.applicant.reveal()))
    sheet.field(said("receipt_materials"), said("receipt_materials_count", count=len(receipt.materials)))
    for number, (material, copies) in enumerate(receipt.materials, 1):
        sheet.line(said("receipt_material", number=number, material=material, copies=copies), indent=8.0)
    for name in ("receiver", "accepted", "promised", "phone"):
        sheet.field(said(f"receipt_{name}"), getattr(receipt, name))
    sheet.rule()
    sheet.code(receipt.query, CODE_MM, said("receipt_query"))
    sheet.gap(10.0)
    sheet.right(said("receipt_seal"))
    sheet.right(said("date", date=receipt.accepted[:10]))
    return sheet.paper()
