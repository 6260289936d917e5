"""How fast each codec takes in what devices say, in MB/s, and how often that is the speed of its line."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from drivers import evdev_record, ff68_frame
from drivers.framing import Framer, Scan
from drivers.id_card import sdt_codec as sdt
from drivers.key_table import KeyTable
from drivers.smart_card import apdu
from drivers.ticket_printer import escpos_codec as escpos
from drivers.window_display import alpha_sign_codec as alpha
from drivers.window_display import cpower5200_codec as cpower
from drivers.window_display import modbus_text_codec as modbus
from drivers.window_display import onbon_bx5e_codec as bx5e
from drivers.window_display import onbon_bx5k_codec as bx5k
from drivers.window_display import strip_a090_codec as strip
from simulators.bench.figures import Figure, at_least
from tests.drivers.vectors import vectors

SECONDS = 0.3
CHUNK = 64
"""Bytes that a read gives: a line at 9600 has one each millisecond, a USB adapter hands over some dozens."""
BYTES_A_SECOND = {9600: 960.0, 115_200: 11_520.0}
LEAST = 50
"""A codec takes at most two hundredths of a processor from a line that never rests."""

Feed = Callable[[bytes], object]


def _framed(scan: Scan, cap: int, decode: Callable[[bytes], Any]) -> Callable[[], Feed]:
    def fresh() -> Feed:
        framer = Framer(scan, cap)
        return lambda data: [decode(cut) for cut in framer.feed(data)]

    return fresh


def _answered(codec: Any) -> Callable[[bytes], Any]:
    return lambda cut: codec.answer(codec.decode(cut))


_TABLE = KeyTable("keys", {"01 03 00 73 73 FF": "call", "01 03 02 00 00 FF": "recall", "01 03 1C ?? ?? FF": "0,wait"})

CODECS: dict[str, tuple[str, int, Callable[[], Feed]]] = {
    "escpos": ("escpos", 115_200, lambda: escpos.Decoder().feed),
    "onbon-bx5k": ("onbon-bx5k", 9600, _framed(bx5k.scan, bx5k.FRAME_CAP, _answered(bx5k))),
    "onbon-bx5e": ("onbon-bx5e", 9600, _framed(bx5e.scan, bx5e.FRAME_CAP, _answered(bx5e))),
    "cpower5200": ("cpower5200", 9600, _framed(cpower.scan, cpower.FRAME_CAP, cpower.decode)),
    "strip-a090": ("strip-a090", 9600, _framed(strip.scan, strip.FRAME_CAP, strip.answered_by)),
    "modbus-text": ("modbus-text", 9600, _framed(modbus.scan, modbus.FRAME_CAP, modbus.decode)),
    "alpha-sign": ("alpha-sign", 9600, _framed(alpha.scan, alpha.ANSWER_CAP, alpha.obeyed)),
    "ff68": ("ff68", 9600, _framed(ff68_frame.scan, ff68_frame.FRAME_CAP, ff68_frame.decode)),
    "key table": ("six-byte-caller", 9600, _framed(_TABLE.scan, _TABLE.cap, _TABLE.meaning)),
    "evdev": ("evdev-keypad", 115_200, _framed(evdev_record.scan, evdev_record.CAP, evdev_record.decode)),
    "sdt": ("sdt", 115_200, _framed(sdt.scan, sdt.FRAME_CAP, lambda cut: cut)),
}
"""Name → the vectors it takes in, the speed of its line, what takes them in."""


def throughput_figures(seconds: float = SECONDS) -> list[Figure]:
    """A row a codec, and one for the smart card's answers, which come whole and on no line of ours."""
    rows = []
    for name, (protocol, baud, fresh) in CODECS.items():
        said = b"".join(vector.data for vector in vectors(protocol, "from-device"))
        rate = _rate(fresh(), [said[at : at + CHUNK] for at in range(0, len(said), CHUNK)], seconds)
        least = at_least(LEAST * BYTES_A_SECOND[baud] / 1e6)
        rows.append(Figure(f"{name} codec takes in", rate, "MB/s", least))
    answers = [v.data for v in vectors("social-security", "from-device") if "atr" not in v.meaning and len(v.data) > 1]
    rows.append(Figure("smart card codec takes in", _rate(_card, answers, seconds), "MB/s"))
    return rows


def _card(answer: bytes) -> object:
    return apdu.Answer.decode(answer) if 0x61 <= answer[-2] <= 0x9F else None


def _rate(feed: Feed, pieces: Sequence[bytes], seconds: float) -> float:
    """Megabytes a second, fed again and again."""
    size, taken = sum(map(len, pieces)), 0
    begun = time.process_time()
    while (took := time.process_time() - begun) < seconds:
        for piece in pieces:
            feed(piece)
        taken += size
    return taken / took / 1e6
