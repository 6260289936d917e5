"""What is wrong with a line, or with one device on it, when somebody there is not reached.

| on the line                                                    | it is                                     |
|----------------------------------------------------------------|-------------------------------------------|
| the port itself is not there                                   | the plug, the converter, the network      |
| bytes come, and never a right frame                            | wires A and B changed over, another speed |
| one is silent, and somebody answers where nobody should be     | a new card that keeps its maker's address |
| one is silent, and where another one answers come broken bytes | two with one address                      |
| all that can be asked are silent                               | the line's cable, converter or power      |
| one is silent, or answers wrongly, beside others that are well | that one device and its own cable         |
"""

from __future__ import annotations

from collections.abc import Iterator

from device.advice.finding import Finding
from device.advice.known import KnownBox, KnownDevice, KnownLine

NOISE = 4
"""So many bytes of no frame are no single click of a plug."""
BYTES = frozenset({"serial", "network"})
"""Lines whose bytes are seen one by one."""


def of_line(box: KnownBox, line: KnownLine) -> Iterator[Finding]:
    """What is wrong there, the line's own faults first; nothing twice."""
    devices = box.on(line.name)
    explained: set[str] = set()
    for look in (_port, _address, _twice, _garbage, _whole, _each):
        for finding in look(line, tuple(device for device in devices if device.name not in explained), devices):
            explained |= finding.explains
            yield finding


def _port(line: KnownLine, devices: tuple[KnownDevice, ...], _all: tuple[KnownDevice, ...]) -> Iterator[Finding]:
    gone = tuple(device for device in devices if device.lost and device.fault == "gone")
    if gone:
        yield _of(f"port-gone-{line.carries}", gone)


def _address(line: KnownLine, devices: tuple[KnownDevice, ...], every: tuple[KnownDevice, ...]) -> Iterator[Finding]:
    """A device that is missed, and one of its kind that speaks under an address of nobody."""
    taken = {device.address for device in every}
    strangers = sorted({*line.found.values(), *(address for address in line.heard.answers if address not in taken)})
    for device in devices:
        there = line.found.get(device.name) or next((each for each in strangers if _alike(each, device)), None)
        if there is not None and _missed(device):
            yield Finding("other-address", "error", device, {"there": there})


def _twice(line: KnownLine, devices: tuple[KnownDevice, ...], _all: tuple[KnownDevice, ...]) -> Iterator[Finding]:
    """One never answers, and another one's answers come broken: both talk at once under one address."""
    broken = [each for each in devices if each.askable and each.address is not None and _garbles(line, each)]
    silent = [each for each in devices if each.address is not None and each.lost and not _garbles(line, each)]
    if len(broken) == 1 and len(silent) == 1:
        yield Finding(
            "same-address", "error", silent[0], {"there": broken[0].address, "other": broken[0].name}, (broken[0],)
        )


def _garbage(line: KnownLine, devices: tuple[KnownDevice, ...], every: tuple[KnownDevice, ...]) -> Iterator[Finding]:
    """Bytes, and never a frame, whoever speaks."""
    heard = line.heard
    if line.carries not in BYTES or heard.noise < NOISE or heard.answers or any(_well(device) for device in every):
        return
    missed = tuple(device for device in devices if device.lost or not device.askable)
    if missed:
        on_wires = "lone-garbled" if len(every) == 1 else "line-garbled"
        yield _of(on_wires if line.carries == "serial" else "network-garbled", missed)


def _whole(line: KnownLine, devices: tuple[KnownDevice, ...], every: tuple[KnownDevice, ...]) -> Iterator[Finding]:
    silent = tuple(device for device in devices if device.lost)
    asked = [device for device in every if device.askable]
    if len(silent) > 1 and len(silent) == len(asked) and not any(_garbles(line, device) for device in silent):
        yield _of("line-silent" if line.carries == "serial" else "network-silent", silent)


def _each(line: KnownLine, devices: tuple[KnownDevice, ...], every: tuple[KnownDevice, ...]) -> Iterator[Finding]:
    for device in devices:
        if device.lost and device.fault == "refused":
            yield Finding("access-denied", "error", device)
        elif device.lost:
            lone = len(every) == 1 and line.carries == "serial"
            silent = (
                f"silent-{line.carries}" if line.carries != "serial" else "lone-silent" if lone else "device-silent"
            )
            yield Finding("answers-garbled" if _garbles(line, device) else silent, "error", device)


def _missed(device: KnownDevice) -> bool:
    """Not reached, or one that speaks only by itself and has not been heard."""
    return device.lost or (not device.askable and not _well(device))


def _well(device: KnownDevice) -> bool:
    return not device.lost and device.heard


def _garbles(line: KnownLine, device: KnownDevice) -> bool:
    """Lost by broken answers; not every driver tells these from none, but the line's ear does."""
    return device.lost and (device.fault == "garbled" or line.heard.garbles(device.address))


def _alike(address: int, device: KnownDevice) -> bool:
    """Of the FF 68 family keypads stand from 129, callers below: neither takes the other's place."""
    return device.address is not None and (address > 128) == (device.address > 128)


def _of(fault: str, devices: tuple[KnownDevice, ...]) -> Finding:
    return Finding(fault, "error", devices[0], also=devices[1:])
