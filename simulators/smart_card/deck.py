"""The cards that may be laid down, by name. Holders are made up and born on 1900-01-01."""

from __future__ import annotations

from collections.abc import Callable

from simulators.smart_card import others
from simulators.smart_card.chip import Chip, Notice
from simulators.smart_card.social_security import HOLDER_TAGS, Holder, Make, SocialSecurityCard

ZHANG = Holder("11010119000101009X", "张三", 1, "01", "110101")
AYGUL = Holder("650102190001010024", "阿依古丽·买买提", 2, "05", "650102")
LONG = Holder("310101190001010011", "买买提阿不都拉·阿卜杜热合曼𠅤尔班", 1, "05", "310101")
"""A name of 36 bytes; the character of four bytes stands across the end of its first record."""
RARE = Holder("44010319000101003X", "张䶮㛃", 2, "01", "440103")
STRETCHED = Holder("310101190001010011", "买买提阿不都拉·阿卜杜热合曼吾尔班", 1, "05", "310101")
"""Longer than the 15 characters that a card of 1.00 holds."""


def _card(holder: Holder, make: Make) -> Callable[[Notice], Chip]:
    return lambda notice: SocialSecurityCard(holder, make, notice)


DECK: dict[str, Callable[[Notice], Chip]] = {
    "social-1.00": _card(ZHANG, Make("1.00", by_identifier=False)),
    "social-1.00-cut-name": _card(STRETCHED, Make("1.00", number="B00000002")),
    "social-2.00": _card(ZHANG, Make("2.00", region="110100")),
    "social-2.00-long-name": _card(LONG, Make("2.00", region="310100", number="C00000003")),
    "social-2.00-rare-name": _card(RARE, Make("2.00", region="440100", number="D00000004", select_p1=0x00)),
    "social-2.00-minority": _card(AYGUL, Make("2.00", region="650100", number="E00000005", by_short_id=False)),
    "social-3.00": _card(ZHANG, Make("3.00", locked=HOLDER_TAGS)),
    "social-3.00-number-locked": _card(ZHANG, Make("3.00", locked=HOLDER_TAGS | {0x07})),
    "identity": lambda notice: others.IdentityCard(notice),
    "identity-mute": lambda notice: others.IdentityCard(notice, serial=False),
    "bank": others.bank,
    "credit": others.credit,
    "transit": others.transit,
    "old-transit": others.old_transit,
    "storage": lambda notice: others.Storage(notice),
    "stranger": others.stranger,
}
"""Name → a fresh card, given whom to tell what the reader should not do."""
