"""Every fuzz target: what is fed, what must hold, where it begins. A new codec is a row in TARGETS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

from drivers import evdev_record, ff68_frame, gb18030
from drivers.caller import ff68_codec as caller
from drivers.contract import Garbled, Silent
from drivers.framing import crc16_modbus
from drivers.id_card import sdt_codec as sdt
from drivers.rating_keypad import ff68_codec as keypad
from drivers.ticket_printer import escpos_codec as escpos
from drivers.ticket_printer import usb_port_codec as usb_port
from drivers.window_display import cpower5200_codec as cpower
from drivers.window_display import modbus_text_codec as modbus
from drivers.window_display import onbon_bx5e_codec as bx5e
from drivers.window_display import onbon_bx5k_codec as bx5k
from drivers.window_display import strip_a090_codec as strip
from drivers.window_display.cpower5200_network import Network
from tests.drivers.vectors import vectors
from tests.fuzz import cards, displays, documents, printer, seeds, table
from tests.fuzz.oracles import Check, Stream, on_stream, tried


@dataclass(frozen=True)
class Target:
    """``of``: the codec modules that it is the target of; ``seeds``: inputs to begin with; ``largest`` in bytes."""

    check: Check
    of: Sequence[str]
    seeds: Callable[[], list[bytes]]
    largest: int = 200


def said(protocol: str) -> list[bytes]:
    """What the device says in the vectors."""
    return [vector.data for vector in vectors(protocol, "from-device")]


def streams(*protocols: str) -> Callable[[], list[bytes]]:
    """Each vector whole and byte by byte, and all of them one after the other."""

    def listed() -> list[bytes]:
        single = seeds.of(*protocols)
        return [on_stream(data, size) for data in single for size in (0, 1)] + [on_stream(b"".join(single), 7)]

    return listed


def _obeyed(codec: Any) -> Callable[[bytes], Any]:
    """A card's frame, and what it answers."""

    def decode(cut: bytes) -> Any:
        frame = codec.decode(cut)
        answer = codec.answer(frame)
        assert answer.address == frame.source
        return frame

    return decode


def _ff68(cut: bytes) -> ff68_frame.Frame:
    frame = ff68_frame.decode(cut)
    press, grade = caller.press(frame), keypad.grade(frame)
    assert press is None or (press.digits.isdecimal() or not press.digits)
    assert grade is None or 0 <= grade <= keypad.BEST
    return frame


def _modbus(answer: modbus.Answer) -> bytes:
    match answer:
        case modbus.Written(address, start, registers):
            place = start.to_bytes(2, "big") + registers.to_bytes(2, "big")
            body = bytes((address, modbus.WRITE_REGISTERS)) + place
        case modbus.Held(address, data):
            body = bytes((address, modbus.READ_REGISTERS, len(data))) + data
        case modbus.Exceptional(address, code, function):
            body = bytes((address, modbus.REFUSED | function, code))
    return body + crc16_modbus(body).to_bytes(2, "little")


def _sdt(cut: bytes) -> sdt.Answer:
    answer = sdt.decode(cut)
    assert bytes(answer.data).hex() not in repr(answer) or not answer.data, "a card's values are in a repr"
    for command in (sdt.READ, sdt.READ_WITH_FINGERPRINT):
        try:
            reading = sdt.reading(answer)
        except Garbled:
            break
        assert (len(reading.text), len(reading.photo)) == (sdt.TEXT_SIZE, sdt.PHOTO_SIZE)
        assert sdt.answers(command, answer) in (True, False)
    if sdt.answers(sdt.SAM_ID, answer) and answer.data:
        assert sdt.sam_id(answer).isascii()
    return answer


def _sdt_encoded(answer: sdt.Answer) -> bytes:
    return sdt.encode(bytes((answer.sw1, answer.sw2, answer.sw3)) + answer.data)


def _gb18030(data: bytes) -> None:
    for cut in (False, True):
        text, refusal = tried(partial(gb18030.decode, data, cut=cut), ValueError)
        if text is None:
            assert refusal == "no GB 18030 text", "a refusal that tells"
            continue
        assert gb18030.decode(text.encode("gb18030")) == text, "a character does not survive"
        assert not any(ord(c) in gb18030.OWN_POINTS for c in text), "a character in private use that has its own point"


def _usb_port(data: bytes) -> None:
    status, refusal = tried(partial(usb_port.port_status, data), Garbled)
    assert status is not None or refusal, "a refusal that tells"
    told = usb_port.device_id(data)
    assert all(word.isprintable() for word in (told.maker, told.model, told.serial, *told.commands))


def _hall(name: str) -> Callable[..., Any]:
    """A function of tests.fuzz.hall, which is imported when it is called: the other targets start without a hall."""
    return lambda *data: getattr(import_module("tests.fuzz.hall"), name)(*data)


HALL = [
    f"hall.{name}"
    for name in ("ingest", "meaning", "paper", "window_facts", "telling", "merging", "admission", "desk", "ratings")
]

_FOUND = sdt.encode(bytes((0, 0, sdt.SW3.CARD_FOUND)) + bytes(4))
_RECORDS = [evdev_record.Record(1, 500_000, *what).encode() for what in ((1, 79, 1), (0, 0, 0), (4, 4, 458_841))]

TARGETS: dict[str, Target] = {
    "onbon-bx5k": Target(
        Stream(
            bx5k.scan,
            bx5k.FRAME_CAP,
            _obeyed(bx5k),
            good=said("onbon-bx5k"),
            errors=(Garbled,),
            encode=bx5k.encode,
        ),
        ("drivers.window_display.onbon_bx5k_codec", "drivers.window_display.onbon_frame", "drivers.framing"),
        streams("onbon-bx5k"),
    ),
    "onbon-bx5e": Target(
        Stream(
            bx5e.scan,
            bx5e.FRAME_CAP,
            _obeyed(bx5e),
            good=said("onbon-bx5e"),
            errors=(Garbled,),
            encode=bx5e.encode,
        ),
        ("drivers.window_display.onbon_bx5e_codec", "drivers.window_display.onbon_frame"),
        streams("onbon-bx5e"),
    ),
    "cpower5200": Target(
        Stream(
            cpower.scan,
            cpower.FRAME_CAP,
            cpower.decode,
            good=said("cpower5200"),
            errors=(Garbled,),
            encode=cpower.encode,
        ),
        ("drivers.window_display.cpower5200_codec",),
        streams("cpower5200"),
    ),
    "cpower5200-network": Target(
        Stream(
            Network().scan,
            cpower.FRAME_CAP,
            Network().decode,
            good=said("cpower5200-network"),
            errors=(Garbled,),
            encode=Network().encode,
        ),
        ("drivers.window_display.cpower5200_network", "drivers.window_display.cpower5200_codec"),
        streams("cpower5200-network"),
    ),
    "strip-a090": Target(
        Stream(
            strip.scan,
            strip.FRAME_CAP,
            strip.answered_by,
            good=said("strip-a090"),
            errors=(Garbled,),
            encode=lambda address: strip.HEAD + bytes((address,)) + strip.SUCCESS,
        ),
        ("drivers.window_display.strip_a090_codec",),
        streams("strip-a090"),
    ),
    "alpha-sign": Target(displays.PACKETS, displays.ALPHA, streams("alpha-sign")),
    "alpha-answers": Target(displays.ANSWERS, displays.ALPHA, streams("alpha-sign")),
    "vfd-cd5220": Target(displays.told_in("cd5220"), displays.VFD, streams("vfd-2x20")),
    "vfd-epson": Target(displays.told_in("epson"), displays.VFD, streams("vfd-2x20")),
    "template-display": Target(displays.WRITTEN, displays.TEMPLATE, streams("template-display"), largest=400),
    "template-settings": Target(displays.check_template, displays.TEMPLATE, displays.template_seeds),
    "modbus-text": Target(
        Stream(
            modbus.scan,
            modbus.FRAME_CAP,
            modbus.decode,
            good=said("modbus-text"),
            errors=(Garbled,),
            encode=_modbus,
        ),
        ("drivers.window_display.modbus_text_codec",),
        streams("modbus-text"),
    ),
    "ff68": Target(
        Stream(
            ff68_frame.scan,
            ff68_frame.FRAME_CAP,
            _ff68,
            good=said("ff68"),
            encode=ff68_frame.Frame.encode,
        ),
        ("drivers.ff68_frame", "drivers.caller.ff68_codec", "drivers.rating_keypad.ff68_codec"),
        streams("ff68"),
    ),
    "escpos": Target(
        printer.check, ("drivers.ticket_printer.escpos_codec",), printer.seeds, largest=2 * escpos.BLOCK_CAP
    ),
    "sdt": Target(
        Stream(
            sdt.scan,
            sdt.FRAME_CAP,
            _sdt,
            good=[_FOUND, *said("sdt")[:8]],
            errors=(Silent,),
            encode=_sdt_encoded,
            repeats=0,
        ),
        ("drivers.id_card.sdt_codec",),
        streams("sdt"),
        largest=1400,
    ),
    "id-card-text": Target(
        cards.check_text,
        ("drivers.id_card.sdt_text", "drivers.contract.citizen_number"),
        cards.text_seeds,
        largest=1 + sdt.TEXT_SIZE,
    ),
    "smart-card": Target(
        cards.check_exchange,
        ("drivers.smart_card.apdu", "drivers.smart_card.social_security", "drivers.smart_card.recognise"),
        cards.exchange_seeds,
        largest=1200,
    ),
    "key-table": Target(
        Stream(table.SIX_BYTE.scan, table.SIX_BYTE.cap, table.SIX_BYTE.meaning, good=table.MESSAGES, repeats=3),
        ("drivers.key_table",),
        streams("six-byte-caller"),
        largest=120,
    ),
    "key-table-settings": Target(table.check_settings, ("drivers.key_table",), table.settings_seeds, largest=200),
    "evdev": Target(
        Stream(
            evdev_record.scan,
            evdev_record.CAP,
            evdev_record.decode,
            good=_RECORDS,
            encode=evdev_record.Record.encode,
            repeats=2,
        ),
        ("drivers.evdev_record",),
        streams("evdev-keypad"),
    ),
    "evdev-intake": Target(table.check_intake, ("drivers.input_intake",), streams("evdev-keypad")),
    "ipp": Target(documents.check_ipp, ("drivers.office_printer.ipp_codec",), lambda: seeds.of("ipp"), largest=600),
    "escl": Target(
        documents.check_escl, ("drivers.document_scanner.escl_codec",), lambda: [documents.XML], largest=1000
    ),
    "sane": Target(documents.check_sane, ("drivers.document_scanner.sane_codec",), lambda: [documents.LISTED]),
    "v4l2": Target(documents.check_v4l2, ("drivers.document_scanner.v4l2_codec",), lambda: [bytes(208)], largest=256),
    "gb18030": Target(
        _gb18030,
        ("drivers.gb18030",),
        lambda: ["张三".encode("gb18030"), "𠅤䶮㛃·".encode("gb18030"), bytes.fromhex("FE 9F A6 D9 FE 51"), b"A\xff"],
        largest=60,
    ),
    "usb-printer": Target(_usb_port, ("drivers.ticket_printer.usb_port_codec",), lambda: seeds.of("usb-printer")),
    "hall-calls": Target(_hall("check_calls"), ("hall.facts",), _hall("call_seeds"), largest=2000),
    "hall-ingest": Target(_hall("check_ingest"), HALL, _hall("ingest_seeds")),
}
