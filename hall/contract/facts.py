"""What happened at a box, on its way to the hall. Facts are never refused."""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from hall.contract.words import ClockTrust, Mode, Seq, Struct, Whole


class Fact(Struct, frozen=True, kw_only=True):
    """Something that happened at a box. ``seq`` counts from 1; ``prev`` is the digest of seq - 1 ("" at 1).

    ``at_ms`` UTC wall time, ``mono_ms`` CLOCK_BOOTTIME of boot ``boot``. ``data`` depends on ``kind``, see FactKind.
    """

    seq: Seq
    prev: str
    kind: str
    at_ms: Whole
    trust: ClockTrust
    boot: str
    mono_ms: Whole
    mode: Mode
    operator: str = ""
    post: str = ""
    visit: str = ""
    data: dict[str, str | Whole | bool | None] = {}

    def digest(self) -> str:
        """SHA-256 in hex over the canonical JSON of all fields, ``prev`` included: the next fact's ``prev``."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


# Fact kinds and the keys of their data. ``ticket`` is a ticket_id: device/journal/seq of its *requested*.
# Whoever carries on while the hall is away tells it as facts: admitted, started, finished, missed. ``call`` is then a
# name that the box draws, ``ticket`` the id device/journal/seq of the *admitted* itself, until the hall names both.
#   opened        a journal begins                    reason (new|mark-differs|machine-differs|hall-differs|damaged|
#                                                     lost), former (the journal before it, "" for none); once more
#                                                     with reason replaced for each journal of a machine before this
#   requested     a citizen touched a service         service, touch; place_of (a ticket) when anew; item; by when a
#                                                     guide asks for a visitor, by the hall itself
#   issued        a number was given                  ticket, service, number, source hall|band, date; by, as above
#   printed       the slip came out                   ticket, evidence (gs-h|gs-r|status|citizen)
#   noted         no paper: the citizen has the number from the screen and says so    ticket, evidence (citizen|staff)
#   doubtful      nobody can say whether it came out  ticket, evidence
#   voided        it did not come out                 ticket, reason (a keyword, or "citizen")
#   request       a command is about to be sent       request, window, type, ticket
#   answered      the hall has answered it            request, window, type, outcome, reason, answer (the Answer as
#                                                     JSON, "" when refused and no step taken): a hall is rebuilt
#                                                     from these
#   admitted      a slip is served without the hall   window, call, digits, service, date, slip (the ticket_id on a
#                                                     scanned slip, else ""), how (scanned|typed; later: leased)
#   started       … the person is there               window, ticket, call
#   finished      … done                              window, ticket, call
#   missed        … nobody came                       window, ticket, call
#   shown         a call stands on the display        ticket, call, window, on (display|page)
#   spoken        … and was called aloud               ticket, call, window, by a box that calls for it
#   by-screen     the holder wants to be called by     ticket
#                 the screens
#   stepped-away  the holder leaves for a while (暂离) ticket, minutes: not called until then, once a ticket
#   stepped-back  … and is back before that            ticket
#   given-back    the holder wants it no longer        ticket
#   transferred   a guide sends it to another service  ticket, service, by (staff_no), by the hall itself
#   readmitted    a guide lets it wait again           ticket, by, by the hall itself
#   looked-for    a guide has looked for its holder    ticket, call, by, found, by the hall itself
#   slip-left     a slip lies in the printer's mouth   ticket
#   slip-taken    … no longer                          ticket
#   card-left     a card was not taken back            reader
#   card-taken    … and was then                       reader
#   help-asked    somebody wants a person to come      help (its name), at (kiosk|window|entrance), window, ticket
#                                                    ("" for none)
#   help-ended    … no longer                          help, how (came|not-needed|timed-out); by when a guide was
#                                                     there, by the hall itself
#   rating-opened a rating is invited                 ticket, window, seconds
#   rated         the citizen pressed a grade         ticket, window, grade, channel (pad|page|keys); if some were
#                                                     chosen: tags (keywords, comma-separated)
#   not-rated     no grade came                       ticket, window, reason (NotRatedReason)
#   card-read     a card was asked for, and no value   window (0: at a kiosk), reader (id_card|smart_card), card (its
#                 of it                             kind, "" when none was read), outcome (read|no-card|torn …)
#   device        a device's state changed            name, family, phase, reasons (keywords, comma-separated)
# Of the hall's numbered sheets (专用纸) in one printer. ``first`` is the number on the uppermost of ``sheets`` that
# follow each other; ``case`` is there while a paper is being printed for one.
#   sheets-loaded    somebody has put them in         printer, first, sheets
#   sheets-taken     a paper is about to be printed   printer, first, sheets, case
#   sheets-printed   it came out on them              printer, first, sheets, case
#   sheets-unused    it did not: they lie there still printer, first, sheets, case
#   sheets-doubtful  nobody can say; a person looks   printer, first, sheets, case
#   sheets-spoiled   torn up (作废)                   printer, first, sheets; case when a paper had spoiled them
FactKind = Literal[
    "opened",
    "requested",
    "issued",
    "printed",
    "noted",
    "doubtful",
    "voided",
    "request",
    "answered",
    "admitted",
    "started",
    "finished",
    "missed",
    "shown",
    "spoken",
    "by-screen",
    "stepped-away",
    "stepped-back",
    "given-back",
    "transferred",
    "readmitted",
    "looked-for",
    "slip-left",
    "slip-taken",
    "card-left",
    "card-taken",
    "help-asked",
    "help-ended",
    "rating-opened",
    "rated",
    "not-rated",
    "card-read",
    "device",
    "sheets-loaded",
    "sheets-taken",
    "sheets-printed",
    "sheets-unused",
    "sheets-doubtful",
    "sheets-spoiled",
]


class Batch(Struct, frozen=True, kw_only=True):
    """Facts in seq order without holes. POST /device/facts. ``mono_ms`` is the sender's clock at sending.

    ``kept_from``: the first seq that the box still has; earlier facts were backed up by a hall and then pruned, so that
    a hall that has less takes the hole as given.
    """

    device: str
    journal: str
    boot: str
    mono_ms: Whole
    facts: list[msgspec.Raw]
    kept_from: Seq = 1


class Receipt(Struct, frozen=True, kw_only=True):
    """``high``: stored up to here; the next batch begins at ``high + 1`` (a gap changes nothing but this answer).

    ``forked``: the hall has other facts at these seqs. What was sent is kept as a journal of its own; the box has to
    begin a new one.
    """

    high: int
    backed_up: int = 0
    now_ms: int = 0
    forked: bool = False
