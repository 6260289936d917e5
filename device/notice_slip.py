"""The one-time notice (一次性告知单) of a matter as a slip from a ticket printer. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from config.wording import say
from device.item_sheet import Row
from drivers.contract import Feed, Slip, SlipElement, TextLine


@dataclass(frozen=True, slots=True)
class Notice:
    """What is printed. ``version`` of the hall's directory; ``date`` "" where no clock is sure; one language."""

    hall: str
    rows: tuple[Row, ...]
    version: str
    date: str
    mode: str
    language: str

    @property
    def footing(self) -> str:
        """Which text this is, and from when."""
        key = "version" if self.date else "version-undated"
        return say("item_guide", key, self.language, version=self.version, date=self.date)


def told(row: Row, language: str) -> list[str]:
    """The lines of a field, numbered where their order counts."""
    lines = [line[language] for line in row.lines]
    return [f"{number}. {line}" for number, line in enumerate(lines, 1)] if row.numbered else lines


def lay_out(notice: Notice) -> Slip:
    """The slip, the name of each field over what it says."""
    language = notice.language
    head: list[SlipElement] = [TextLine(notice.hall, align="centre")] if notice.hall else []
    if notice.mode != "live":
        head.append(TextLine(say("item_guide", notice.mode, language), align="centre", bold=True))
    head.append(TextLine(say("item_guide", "notice", language), width=2, height=2, align="centre", bold=True))
    body: list[SlipElement] = []
    for row in notice.rows:
        body += [Feed(1), TextLine(row.label[language], bold=True)]
        body += [TextLine(line) for line in told(row, language)]
    foot = (Feed(1), TextLine(say("item_guide", "whole", language)), TextLine(notice.footing), Feed(1))
    return (*head, *body, *foot)
