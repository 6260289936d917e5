"""The one-time notice (一次性告知单): all that an item needs, told at once and on paper.

Nine fields in the order in which the rules for halls name them; none may be empty, a fee of nothing says so (不收费).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from config.wording import say
from device.papers.layout import Composer
from device.papers.page import Paper


@dataclass(frozen=True, slots=True)
class OneTimeNotice:
    """One item's notice. ``version`` and ``published`` (2026-03-01) say which text of it this is."""

    item: str
    office: str
    basis: str
    materials: tuple[str, ...]
    procedure: str
    time_limit: str
    fee: str
    window_phone: str
    complaint_phone: str
    version: str
    published: str

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not value or not all(part.strip() for part in (value if isinstance(value, tuple) else (value,))):
                raise ValueError(f"{field.name} of a one-time notice is empty → fill it in; a free item says so")


def lay_out(notice: OneTimeNotice, *, hall: str, given: str, mode: str = "live", language: str = "zh-CN") -> Paper:
    """The paper; ``given`` is the day on which it is handed out."""

    def said(key: str, **values: object) -> str:
        return say("paper", key, language, **values)

    sheet = Composer(
        say("paper", "notice_title"), said("notice_foot", version=notice.version, published=notice.published)
    )
    if mode != "live":
        sheet.line(said(mode), bold=True, centred=True)
    sheet.line(hall, centred=True)
    sheet.line(said("notice_title"), 20.0, bold=True, centred=True)
    sheet.rule()
    for name in ("item", "office", "basis"):
        sheet.field(said(f"notice_{name}"), getattr(notice, name))
    sheet.field(said("notice_materials"), said("notice_materials_count", count=len(notice.materials)))
    for number, material in enumerate(notice.materials, 1):
        sheet.line(f"{number}. {material}", indent=8.0)
    for name in ("procedure", "time_limit", "fee", "window_phone", "complaint_phone"):
        sheet.field(said(f"notice_{name}"), getattr(notice, name))
    sheet.rule()
    sheet.line(said("notice_promise"))
    sheet.gap(8.0)
    sheet.line(said("notice_signatures"))
    sheet.right(said("date", date=given))
    return sheet.paper()
