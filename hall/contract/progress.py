"""How far a case is, for whoever knows its number and the end of the holder's identity number. POST /device/progress.

Whoever asks with another ending hears what one hears of a case that is not there.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from hall.contract.words import Strict, Struct

CaseNumber = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
LastFour = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{3}[0-9Xx]$")]


class AskProgress(Strict, frozen=True, kw_only=True):
    """Both are personal: kept for this one question, in no log and no journal."""

    case: CaseNumber
    last4: LastFour

    def __repr__(self) -> str:
        return "AskProgress(…)"


class Progress(Struct, frozen=True, kw_only=True):
    """``state``: a keyword of the wording room *query* (``progress-…``), "" for nothing. Dates are YYYY-MM-DD or ""."""

    state: str = ""
    item: str = ""
    accepted: str = ""
    promised: str = ""
    changed: str = ""
