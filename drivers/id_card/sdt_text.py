"""The 256 bytes of text on a card, in its four layouts (protocols/idcard-sdt.md §6). Pure.

UTF-16LE, fields padded with spaces. The character at offset 248 says which layout it is: blank for a resident's card,
J for Hong Kong, Macao and Taiwan residents, I and Y for foreigners (2017 and 2023). Nothing a card says is in an
exception here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from drivers.contract import CardKind, CompletionCode, IdCard, Personal, Refused, Remedy, Sex, citizen_number
from drivers.id_card.sdt_codec import Reading

LONG_TERM = "长期"
LAYOUT_AT = 248
KINDS = {
    "": CardKind.RESIDENT,
    "J": CardKind.HK_MACAO_TAIWAN,
    "I": CardKind.FOREIGNER_2017,
    "Y": CardKind.FOREIGNER_2023,
}
SEXES = {"1": Sex.MALE, "2": Sex.FEMALE, "9": Sex.NOT_STATED}
"""GB/T 2261.1; 0 and everything else is unknown."""
_NATIONS = (
    "01汉 02蒙古 03回 04藏 05维吾尔 06苗 07彝 08壮 09布依 10朝鲜 11满 12侗 13瑶 14白 15土家 16哈尼 17哈萨克 18傣 19黎 "
    "20傈僳 21佤 22畲 23高山 24拉祜 25水 26东乡 27纳西 28景颇 29柯尔克孜 30土 31达斡尔 32仫佬 33羌 34布朗 35撒拉 "
    "36毛南 37仡佬 38锡伯 39阿昌 40普米 41塔吉克 42怒 43乌孜别克 44俄罗斯 45鄂温克 46德昂 47保安 48裕固 "
    "49京 50塔塔尔 51独龙 52鄂伦春 53赫哲 54门巴 55珞巴 56基诺 97其他 98外国血统中国籍人士"
)
NATIONS = {entry[:2]: entry[2:] for entry in _NATIONS.split()}
"""GB 3304: code → name."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each field lies: (offset, bytes). A field without a place is blank on this card."""

    name: Span
    sex: Span
    born: Span
    number: Span
    valid_from: Span = (188, 16)
    valid_until: Span = (204, 16)
    others: tuple[tuple[str, tuple[Span, ...]], ...] = ()
    """Fields of this card alone; one in several pieces is joined before its padding is taken off."""


_COMMON_NUMBER = {"sex": (30, 2), "born": (36, 16), "number": (122, 36)}
_ADDRESS_AND_ISSUER = (("address", ((52, 70),)), ("issuer", ((158, 30),)))
LAYOUTS = {
    CardKind.RESIDENT: Layout((0, 30), **_COMMON_NUMBER, others=(*_ADDRESS_AND_ISSUER, ("nation_code", ((32, 4),)))),
    CardKind.HK_MACAO_TAIWAN: Layout(
        (0, 30),
        **_COMMON_NUMBER,
        others=(*_ADDRESS_AND_ISSUER, ("travel_permit", ((220, 18),)), ("times_issued", ((238, 4),))),
    ),
    CardKind.FOREIGNER_2023: Layout(
        (0, 30),
        **_COMMON_NUMBER,
        others=(
            ("renewals", ((32, 4),)),
            ("english_name", ((52, 70), (220, 22))),
            ("country", ((242, 6),)),
            ("earlier_permit", ((250, 6),)),
        ),
    ),
    CardKind.FOREIGNER_2017: Layout(
        (158, 30),
        sex=(120, 2),
        born=(220, 16),
        number=(122, 30),
        others=(
            ("english_name", ((0, 120),)),
            ("country", ((152, 6),)),
            ("version", ((236, 4),)),
            ("accepting_authority", ((240, 8),)),
        ),
    ),
}
_PERSONAL = {"travel_permit", "earlier_permit"}


def card(reading: Reading) -> IdCard:
    """The card that was read. Raises Refused for a layout nobody has described yet."""
    block = reading.text
    letter = _text(block, (LAYOUT_AT, 2))
    if letter not in KINDS:
        raise Refused("a card whose layout is not known", CompletionCode.INVALID_DATA, Remedy.CLEAR)
    kind = KINDS[letter]
    layout = LAYOUTS[kind]
    others: dict[str, str | Personal[str]] = {}
    for field, spans in layout.others:
        value = _text(block, *spans)
        others[field] = Personal(value) if field in _PERSONAL else value
    if nation_code := others.get("nation_code"):
        others["nation"] = NATIONS.get(str(nation_code), "")
    number = _text(block, layout.number)
    until = _text(block, layout.valid_until)
    return IdCard(
        kind=kind,
        name=_text(block, layout.name),
        sex=SEXES.get(_text(block, layout.sex), Sex.UNKNOWN),
        born=_date(_text(block, layout.born)),
        number=Personal(number),
        number_sound=citizen_number.fault(number, kind) is None,
        valid_from=_date(_text(block, layout.valid_from)),
        valid_until=_date(until),
        long_term=until == LONG_TERM,
        photo=reading.photo,
        **others,  # type: ignore[arg-type]  # the names are IdCard's own, by the table above
    )


def newest_address(block: bytes) -> str:
    """What 30 03 gives."""
    return _text(block, (0, len(block)))


def _text(block: bytes, *spans: Span) -> str:
    """Characters of these places. Half a pair of surrogates, which is no character, shows as U+FFFD."""
    raw = b"".join(block[at : at + size] for at, size in spans)
    return raw.decode("utf-16-le", errors="replace").strip(" \0")


def _date(text: str) -> date | None:
    """YYYYMMDD. None for a day that does not exist: cards with such a birthday have been issued."""
    if len(text) != 8 or not (text.isascii() and text.isdecimal()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
