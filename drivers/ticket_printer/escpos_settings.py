"""Options of an ESC/POS printer, each checked with its remedy."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from drivers.ticket_printer.escpos_confirm import Knowledge
from drivers.ticket_printer.escpos_layout import Cut, Paper


@dataclass(frozen=True, slots=True)
class EscPosSettings:
    """Options of one printer.

    ``columns``: 48 on 80 mm paper, 32 on 58 mm. ``print_seconds``: the longest slip, first byte to cut.
    ``status`` auto: a printer that answers nothing prints all the same, every slip doubtful, but on a network, where
    it is taken for lost; required: for lost everywhere; none: it is never asked; asb: it answers no DLE EOT, but is
    asked for automatic status, and lost without; port: its USB port alone is asked, and believed. ``confirmation``
    auto: learnt from the printer, else the highest rung it has.

    For heads that lack something: ``text`` and ``qr`` image: drawn here; ``image`` gs-l: dots by GS ( L; ``hanzi``
    fs-w: doubled by FS W; ``cut`` …-at-once: GS V 0 or 1, fed before; ``code_system``: the n of FS C, the maker's.
    ``black_mark``: feed to the next mark before the cut. ``bell``: ring when a slip is out.

    ``mouth_status``: the n of the DLE EOT that tells whether a slip lies in the mouth, and ``mouth_mask`` its bits that
    say so, both from the maker's manual (5 or 17 on most heads with a presenter); 0 for a head without that sensor.

    ``roll_slips`` or ``roll_mm``: what a full roll holds, for a printer that cannot tell when paper ends.
    """

    columns: int = 48
    font: str = ""
    qr_level: Literal["L", "M", "Q", "H"] = "L"
    cut: Cut = "partial"
    text: Literal["gbk", "image"] = "gbk"
    qr: Literal["printer", "image"] = "printer"
    image: Literal["gs-v", "gs-l"] = "gs-v"
    hanzi: Literal["fs-!", "fs-w"] = "fs-!"
    code_system: int | None = None
    black_mark: bool = False
    bell: Literal["none", "drawer", "buzzer"] = "none"
    status: Literal["auto", "required", "none", "asb", "port"] = "auto"
    confirmation: Literal["auto", "gs-h", "gs-r", "status"] = "auto"
    print_seconds: float = 3.0
    mouth_status: int = 0
    mouth_mask: int = 0
    roll_slips: int = 0
    roll_mm: int = 0

    def __post_init__(self) -> None:
        if not 16 <= self.columns <= 64:
            raise ValueError(f"columns = {self.columns} → give 48 for 80 mm paper, 32 for 58 mm")
        if not 0 < self.print_seconds <= 60:
            raise ValueError(f"print_seconds = {self.print_seconds} → give the seconds that the longest slip takes")
        if self.code_system is not None and not 0 <= self.code_system <= 255:
            raise ValueError(f"code_system = {self.code_system} → give the n of FS C from the manual, 0 to 255")
        if bool(self.mouth_status) != bool(self.mouth_mask):
            raise ValueError("mouth_status and mouth_mask → give both from the maker's manual, or neither")
        if self.mouth_status and not (5 <= self.mouth_status <= 255 and 0 < self.mouth_mask & 0x6C == self.mouth_mask):
            raise ValueError("mouth_status and mouth_mask → give an n from 5 on and bits among 04, 08, 20 and 40")
        if min(self.roll_slips, self.roll_mm) < 0 or (self.roll_slips and self.roll_mm):
            raise ValueError("roll_slips and roll_mm → give one of them, what a full roll holds, or none")

    def knowledge(self) -> Knowledge:
        """What is settled about the printer's answers before it is asked."""
        match self.confirmation:
            case "gs-h":
                return Knowledge(marks=True, buffered=True)
            case "gs-r":
                return Knowledge(marks=False, buffered=True)
            case "status":
                return Knowledge(marks=False, buffered=False)
            case _:
                return Knowledge()

    def paper(self) -> Paper:
        """What a slip is laid out for."""
        return Paper(**{field.name: getattr(self, field.name) for field in fields(Paper)})
