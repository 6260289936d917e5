"""Displays that say little or nothing: what is told to them as a bystander finds it; frames written in the settings."""

from __future__ import annotations

from functools import partial

from drivers.contract import Garbled
from drivers.window_display import alpha_sign_codec as alpha
from drivers.window_display import template_codec as template
from drivers.window_display import vfd_2x20_codec as vfd
from tests.drivers.vectors import vectors
from tests.fuzz.oracles import Stream, tried

ALPHA = ("drivers.window_display.alpha_sign_codec",)
VFD = ("drivers.window_display.vfd_2x20_codec",)
TEMPLATE = ("drivers.window_display.template_codec",)

PACKETS = Stream(
    alpha.scan_packet,
    alpha.FRAME_CAP,
    alpha.decode,
    good=[vector.data for vector in vectors("alpha-sign", "to-device")],
    errors=(Garbled,),
    encode=alpha.encode,
)
ANSWERS = Stream(
    alpha.scan,
    alpha.ANSWER_CAP,
    alpha.obeyed,
    good=[vector.data for vector in vectors("alpha-sign", "from-device")],
)


def told_in(mode: vfd.Mode) -> Stream:
    """What a customer display is told in this mode."""
    return Stream(
        partial(vfd.scan, mode),
        vfd.FRAME_CAP,
        partial(vfd.decode, mode=mode),
        good=[vector.data for vector in vectors("vfd-2x20") if vector.meaning["mode"] == mode],
        encode=partial(vfd.encode, mode=mode),
    )


_FRAME = template.request("7E ({address} 31 {length-high} <{text}>) {checksum-low} 7F", "crc-arc")
WRITTEN = Stream(
    _FRAME.scan,
    template.FRAME_CAP,
    _FRAME.read,
    good=[_FRAME.fill(3, b"A001")],
    errors=(Garbled,),
    encode=lambda read: _FRAME.fill(read[0] or 0, read[1]),
    repeats=0,
)

_SUMS: tuple[template.Kind, ...] = ("none", "sum8", "sum16", "xor", "crc-arc", "crc-modbus")


def check_template(data: bytes) -> None:
    """First which checksum, then the frame as a person writes it."""
    frame, kind = data[1:].decode("utf-8", "replace"), _SUMS[(data[0] if data else 0) % len(_SUMS)]
    for build in (partial(template.request, frame, kind), partial(template.answer, frame, kind)):
        made, refused = tried(build, ValueError)
        assert made is not None or "→" in refused, "a refusal without its remedy"
        if made is not None:
            made.read(made.fill(3))


def template_seeds() -> list[bytes]:
    """Every frame of the vectors."""
    told = [vector.meaning for vector in vectors("template-display")]
    return [bytes((_SUMS.index(m.get("checksum", "none")),)) + m["frame"].encode() for m in told]
