"""What carries the hall until a fault is mended: only what this box, or this hall, really has and what works now."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from device.advice.finding import Finding, Until
from device.advice.known import KnownBox, KnownDevice

WORKS_WITHOUT = frozenset({"media-low", "toner-low", "media-not-taken", "status-unknown", "voice-clips-unusable"})
"""With these the device goes on by itself."""
SIGN_PRINTERS = ("office_printer", "ticket_printer")
"""Families that can print a sign, in this order."""


def until(box: KnownBox, finding: Finding) -> list[Until]:
    """In the order in which they help; never empty."""
    if finding.device is None:
        return list(_of_box(box, finding))
    if finding.fault in WORKS_WITHOUT:
        return [Until("goes-on")]
    return list(_CARRIERS.get(finding.device.family, _by_hand)(box, finding.device, finding))


def _of_box(box: KnownBox, finding: Finding) -> Iterator[Until]:
    match finding.fault:
        case "disk-low" | "clock-off" | "hall-recovering":
            yield Until("goes-on")
        case "certificate-ending" | "certificate-ended" | "pairing-certificate-ending":
            yield Until("goes-on")
        case "pairing-certificate-ended":
            yield Until("own-screen")
        case "disk-full" | "disk-failed" | "journal-stopped":
            yield from _other_kiosks(box) if box.kiosk else ()
            yield Until("guide-writes")
        case _:
            if box.kiosk and not box.band_locked and finding.fault not in ("identity-twice", "forked"):
                yield Until("own-band")
            if box.kiosk:
                yield from _other_kiosks(box)
            if box.windows:
                yield Until("serves-slips")
            if not box.kiosk and not box.windows:
                yield Until("guide-calls")
            elif box.kiosk and not box.beside.kiosks:
                yield Until("guide-writes")


def _display(box: KnownBox, device: KnownDevice, finding: Finding) -> Iterator[Until]:
    yield from _voice(box, device)
    boards = box.beside.boards.get(device.window or 0, ())
    if boards:
        yield Until("board", {"boards": boards})
    out = finding.explains
    near = [each for each in _working(box, "window_display", out) if each.window not in (None, device.window)]
    if near:
        nearest = min(near, key=lambda each: abs((each.window or 0) - (device.window or 0)))
        yield Until("neighbour", {"near": nearest.window})
    yield from _sign(box, out)


def _voice(box: KnownBox, device: KnownDevice) -> Iterator[Until]:
    speakers = [each.name for each in _working(box, "speaker", frozenset({device.name}))]
    others = [name for name in box.beside.voices.get(device.window or 0, ()) if name != box.box]
    if speakers or others:
        yield Until("voice", {"voices": (*speakers, *others)})
    else:
        yield Until("clerk-calls")


def _sign(box: KnownBox, out: frozenset[str]) -> Iterator[Until]:
    printers = [each for family in SIGN_PRINTERS for each in _working(box, family, out)]
    yield Until("sign", {"printer": printers[0].name}) if printers else Until("sign-by-hand")


def _ticket_printer(box: KnownBox, device: KnownDevice, finding: Finding) -> Iterator[Until]:
    others = [each.name for each in _working(box, "ticket_printer", finding.explains) if each.window == device.window]
    if others:
        yield Until("other-printer", {"others": others})
        return
    yield from _other_kiosks(box)
    yield Until("numbers-on-screen")


def _other_kiosks(box: KnownBox) -> Iterator[Until]:
    if box.beside.kiosks:
        yield Until("other-kiosk", {"kiosks": box.beside.kiosks})


def _speaker(box: KnownBox, device: KnownDevice, _finding: Finding) -> Iterator[Until]:
    others = sorted({name for names in box.beside.voices.values() for name in names if name != box.box})
    more = [each.name for each in _working(box, "speaker", frozenset({device.name}))]
    if more or others:
        yield Until("other-voice", {"voices": (*more, *others)})
    boards = sorted({name for names in box.beside.boards.values() for name in names})
    if boards:
        yield Until("board", {"boards": boards})
    elif _working(box, "window_display", frozenset()):
        yield Until("displays-show")
    yield Until("clerk-calls")


def _reader(box: KnownBox, device: KnownDevice, finding: Finding) -> Iterator[Until]:
    yield from _same_family(box, device, finding)
    yield Until("clerk-types")


def _scanner(box: KnownBox, device: KnownDevice, finding: Finding) -> Iterator[Until]:
    yield from _same_family(box, device, finding)
    yield Until("paper-copies")


def _office_printer(box: KnownBox, device: KnownDevice, finding: Finding) -> Iterator[Until]:
    yield from _same_family(box, device, finding)
    yield Until("by-hand")


def _same_family(box: KnownBox, device: KnownDevice, finding: Finding) -> Iterator[Until]:
    others = [each.name for each in _working(box, device.family, finding.explains)]
    if others:
        yield Until("same-family", {"others": others})


def _by_hand(_box: KnownBox, _device: KnownDevice, _finding: Finding) -> Iterator[Until]:
    yield Until("by-hand")


def _working(box: KnownBox, family: str, out: frozenset[str]) -> list[KnownDevice]:
    """Those of a family that work; ``out``: names that do not count."""
    return [
        each
        for each in box.devices
        if each.family == family and each.accepting and not each.lost and each.name not in out
    ]


def _just(keyword: str) -> Callable[[KnownBox, KnownDevice, Finding], Iterator[Until]]:
    return lambda _box, _device, _finding: iter((Until(keyword),))


_CARRIERS: dict[str, Callable[[KnownBox, KnownDevice, Finding], Iterator[Until]]] = {
    "window_display": _display,
    "ticket_printer": _ticket_printer,
    "speaker": _speaker,
    "id_card": _reader,
    "smart_card": _reader,
    "document_scanner": _scanner,
    "office_printer": _office_printer,
    "caller": _just("page-calls"),
    "rating_keypad": _just("rate-on-screen"),
    "access_keypad": _just("guide-helps"),
    "headphone": _just("guide-helps"),
}
