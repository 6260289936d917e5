"""Text out of devices' GBK and GB 18030 bytes, as GB 18030-2022 reads them.

Python's codec has the mapping of 2000: 24 characters come out as private use that have had code points of their own
since 2005 and 2022 (standards.md §12; the order of the table: WebKit pull 33699, GB 18030-2022 annex D).
"""

from __future__ import annotations

import codecs


def _run(first: int, *now: int) -> dict[int, int]:
    return {first + step: point for step, point in enumerate(now)}


OWN_POINTS: dict[int, int] = {
    **_run(0xE78D, 0xFE10, 0xFE12, 0xFE11, *range(0xFE13, 0xFE1A)),  # vertical punctuation
    **dict(zip((0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864), range(0x9FB4, 0x9FBC), strict=True)),
    **dict(
        zip(
            (0xE816, 0xE817, 0xE818, 0xE831, 0xE83B, 0xE855),
            (0x20087, 0x20089, 0x200CC, 0x215D7, 0x2298F, 0x241FE),
            strict=True,
        )
    ),
    0xE863: 0x4DAE,  # 䶮, as cards made from GBK data of before 2005 may have it
}
"""Private use of the old mapping → the character's own code point."""


def decode(raw: bytes, *, cut: bool = False) -> str:
    """The text. ``cut``: a character that the end cuts through is left out. Raises ValueError, without the bytes."""
    try:
        text = codecs.getincrementaldecoder("gb18030")().decode(raw, final=not cut)
    except UnicodeDecodeError:
        raise ValueError("no GB 18030 text") from None
    return text.translate(OWN_POINTS)
