"""Cards of made-up persons, born 1900-01-01, and how their text lies on them (idcard-sdt.md §6, §7)."""

from __future__ import annotations

from dataclasses import dataclass, field

TEXT_BYTES = 256
PHOTO = bytes(k % 256 for k in range(1024))
BODY_NUMBER = bytes(range(0xC0, 0xC0 + 28))

_SAME = {"name": 0, "sex": 15, "born": 18, "number": 61, "from": 94, "until": 102}
PLACES: dict[str, dict[str, int]] = {
    "": {**_SAME, "nation": 16, "address": 26, "issuer": 79},
    "J": {**_SAME, "address": 26, "issuer": 79, "travel-permit": 110, "times": 119},
    "Y": {**_SAME, "renewals": 16, "english-1": 26, "english-2": 110, "country": 121, "earlier": 125},
    "I": {
        "english": 0,
        "sex": 60,
        "number": 61,
        "country": 76,
        "name": 79,
        "from": 94,
        "until": 102,
        "born": 110,
        "version": 118,
        "authority": 120,
    },
}
"""By the letter of the layout: where each field begins, in characters."""
LETTER_AT = 124


@dataclass(frozen=True, slots=True)
class Card:
    """What is stored on a card. ``refused``: the SW3 with which the module refuses to read it."""

    letter: str
    fields: dict[str, str]
    photo: bytes = PHOTO
    fingerprint: bytes = b""
    newest_address: str = ""
    refused: int = 0
    body_number: bytes = field(default=BODY_NUMBER)

    def text(self) -> bytes:
        """The text block."""
        block = bytearray(b" \0" * (TEXT_BYTES // 2))
        for name, at in PLACES[self.letter].items():
            _put(block, at, self.fields.get(name, ""))
        _put(block, LETTER_AT, self.letter)
        return bytes(block)

    def newest(self) -> bytes:
        """The newest address, 35 characters."""
        block = bytearray(b" \0" * 35)
        _put(block, 0, self.newest_address)
        return bytes(block)


def _put(block: bytearray, at: int, text: str) -> None:
    raw = text.encode("utf-16-le", "surrogatepass")
    block[2 * at : 2 * at + len(raw)] = raw


def fingerprint() -> bytes:
    """Two fingers' blocks with nothing but their heads: right thumb, left thumb."""
    return b"".join(bytes((0x43, 0, 0, 0, 1, finger, 50)) + bytes(505) for finger in (11, 16))


_BORN = {"born": "19000101", "from": "20200101"}
CARDS = {
    "resident": Card(
        "",
        {
            "name": "张三",
            "sex": "1",
            "nation": "01",
            "address": "北京市东城区示例路1号",
            "number": "11010119000101009X",
            "issuer": "北京市公安局东城分局",
            "until": "长期",
            **_BORN,
        },
    ),
    "rare-name": Card(
        "",
        {
            "name": "𠅤䶮㛃",
            "sex": "2",
            "nation": "03",
            "address": "北京市东城区示例路2号",
            "number": "110101190001010022",
            "issuer": "北京市公安局东城分局",
            "until": "20400101",
            **_BORN,
        },
    ),
    "long-name": Card(
        "",
        {
            "name": "阿依古丽·买买提",
            "sex": "2",
            "nation": "05",
            "address": "新疆维吾尔自治区示例县示例乡示例村三组4号",
            "number": "650101190001010036",
            "issuer": "示例县公安局",
            "until": "长期",
            **_BORN,
        },
    ),
    "hk-macao-taiwan": Card(
        "J",
        {
            "name": "李四",
            "sex": "2",
            "address": "广东省深圳市示例街2号",
            "number": "810000190001010018",
            "issuer": "深圳市公安局",
            "until": "20250101",
            "travel-permit": "H00000000",
            "times": "01",
            **_BORN,
        },
    ),
    "foreigner-2017": Card(
        "I",
        {
            "english": "SAMPLE, ANNA MARIA",
            "name": "安娜",
            "sex": "2",
            "country": "UTO",
            "number": "UTO110019000101",
            "until": "20250101",
            "version": "01",
            "authority": "1100",
            **_BORN,
        },
    ),
    "foreigner-2023": Card(
        "Y",
        {
            "name": "示例人",
            "sex": "1",
            "renewals": "01",
            "english-1": "SAMPLE, JOHANNES MAXIMILIAN BERNHARD"[:35],
            "english-2": "SAMPLE, JOHANNES MAXIMILIAN BERNHARD"[35:],
            "country": "UTO",
            "number": "911124819000101002",
            "until": "20330101",
            "earlier": "101",
            **_BORN,
        },
    ),
}
"""What may be laid down, by name."""
