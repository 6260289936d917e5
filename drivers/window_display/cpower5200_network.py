"""C-Power5200 frames on the network, TCP port 5200 (led-displays.md §3; the maker's External Calls, §2.2). Pure.

    id code, 4 bytes, high byte first | length u16 | 00 00 | 68 … sum, as on a serial line, without A5, AE and escapes

The length counts from 68 to the sum. In which order its bytes go is in one source only (low byte first): a setting.
The card answers in the same wrap. Nothing marks where a frame begins, so a right sum is what tells it from noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drivers.contract import Garbled
from drivers.framing import Cut, sum16
from drivers.window_display import cpower5200_codec as codec

HEADER_SIZE = 8
LEAST, MOST = 7, codec.FRAME_CAP - HEADER_SIZE
"""Bytes of a bare frame; nothing longer is looked for."""
ANY_ID = bytes.fromhex("FF FF FF FF")

Order = Literal["low-first", "high-first"]


@dataclass(frozen=True, slots=True)
class Network:
    """How frames are wrapped. ``id_code``: 4 bytes, the same as set on the card."""

    id_code: bytes = ANY_ID
    length_order: Order = "low-first"

    def encode(self, frame: codec.Frame) -> bytes:
        """Header and frame."""
        bare = codec.bare(frame)
        return self.id_code + len(bare).to_bytes(2, self._order) + b"\0\0" + bare

    def scan(self, unread: bytes) -> Cut:
        """The next whole frame of any id code: which one a card answers with is its own to say."""
        growing = max(0, len(unread) - HEADER_SIZE - 1)
        for start in range(len(unread) - HEADER_SIZE - 1):
            size = int.from_bytes(unread[start + 4 : start + 6], self._order)
            body = unread[start + HEADER_SIZE : start + HEADER_SIZE + size]
            if not LEAST <= size <= MOST or not _begins(body):
                continue
            if len(body) < size:
                growing = min(growing, start)
            elif sum16(body[:-2]) == int.from_bytes(body[-2:], "little"):
                return Cut(start, HEADER_SIZE + size)
        return Cut(growing, 0)

    def decode(self, cut: bytes) -> codec.Frame:
        """What ``scan`` cut out, checked. Raises Garbled."""
        if len(cut) != HEADER_SIZE + int.from_bytes(cut[4:6], self._order):
            raise Garbled(f"display frame with a wrong length: {cut.hex(' ')}")
        return codec.decode_bare(cut[HEADER_SIZE:])

    @property
    def _order(self) -> Literal["little", "big"]:
        return "little" if self.length_order == "low-first" else "big"


def _begins(body: bytes) -> bool:
    return body[0] in (codec.REQUEST, codec.ANSWER) and body[1] == codec.CARD_TYPE
