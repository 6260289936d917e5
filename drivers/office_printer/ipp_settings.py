"""Options of an office printer, each checked with its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drivers.contract import Stock
from drivers.office_printer.ipp_operations import MEDIA, Media


@dataclass(frozen=True, slots=True)
class IppSettings:
    """Options of one printer.

    ``special_source``: the tray that holds the hall's numbered paper, by its media-source keyword (``tray-2``; ``auto``
    when nothing else is in the printer); without it none is printed. ``plain_source``: the tray of the other papers.
    ``media``: their size, as PWG 5101.1 names it. ``fidelity``: a printer that cannot do all that is asked prints
    nothing. ``completed`` taken: it calls a job completed once it has taken it, so nothing is ever confirmed.
    ``certificate``: of a printer with TLS (ipps), as PEM text; it is known by it alone.
    """

    special_source: str = ""
    plain_source: str = ""
    media: str = "iso_a4_210x297mm"
    fidelity: bool = True
    completed: Literal["printed", "taken"] = "printed"
    certificate: str = ""

    def __post_init__(self) -> None:
        if MEDIA.fullmatch(self.media) is None:
            raise ValueError(f"media = {self.media!r} → give a size as in iso_a4_210x297mm")
        for key in ("special_source", "plain_source"):
            source = getattr(self, key)
            if source and not (source.isascii() and source.replace("-", "").isalnum()):
                raise ValueError(f"{key} = {source!r} → give one of the printer's media-source-supported, as in tray-2")

    def plain_apart(self) -> bool:
        """Whether both papers have trays of their own, and a printer that lacks one may not take the other."""
        if not self.special_source:
            return True
        named = "auto" not in (self.special_source, self.plain_source) and self.plain_source != ""
        return self.fidelity and named and self.plain_source != self.special_source

    def paper(self, stock: Stock) -> Media | None:
        """Which paper from which tray; None when no tray with it is known."""
        if stock == "special":
            return Media(self.media, self.special_source) if self.special_source else None
        return Media(self.media, self.plain_source)
