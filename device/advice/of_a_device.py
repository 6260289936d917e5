"""What a device says is wrong with itself, and what its last check and the person who looked at it found."""

from __future__ import annotations

from collections.abc import Iterator

from device.advice.finding import Finding
from device.advice.known import KnownBox, KnownDevice

NO_FAULT = frozenset({"simulated", "in-maintenance", "card-present", "feeder-empty", "link-lost", "status-unknown"})
"""Reasons that nobody has to mend; a link that is lost is its line's matter, and whose silence counts is said below."""
TELLS_OF_ITSELF = frozenset({"ticket_printer", "office_printer"})
"""Families whose silence about themselves is a fault: of others it is usual until somebody has pressed a key."""


def of_device(box: KnownBox, device: KnownDevice, *, explained: bool = False) -> Iterator[Finding]:
    """Its reasons, then what was seen. Nothing is said that its line's fault (``explained``) has said."""
    said = set()
    for reason in sorted(device.reasons, key=lambda each: each.keyword):
        silent = reason.keyword == "status-unknown" and device.family in TELLS_OF_ITSELF
        if reason.keyword in NO_FAULT and not silent:
            continue
        said.add(reason.keyword)
        yield Finding(reason.keyword, reason.severity.value, device)
    if not device.accepting and not any(reason.severity.value == "error" for reason in device.reasons):
        yield Finding("not-accepting", "warning", device)
    if not explained:
        yield from _checked(box, device, said)


def _checked(box: KnownBox, device: KnownDevice, said: set[str]) -> Iterator[Finding]:
    check = device.check
    if check is None:
        return
    seen = _seen(box, device)
    if seen is not None:
        yield seen
    elif check.outcome == "nobody-came":
        card = device.family in ("id_card", "smart_card")
        yield Finding("nobody-heard-card" if card else "nobody-heard", "warning", device)
    elif check.outcome in ("faulty", "busy", "again") and not said:
        yield from (Finding(keyword, "warning", device) for keyword in check.reasons[:1])
        if not check.reasons and check.outcome != "again":
            yield Finding(f"check-{check.fault or 'failed'}", "warning", device)


def _seen(box: KnownBox, device: KnownDevice) -> Finding | None:
    """What a person saw, whatever the device says of itself."""
    check = device.check
    if check is None or check.seen in ("", "yes"):
        return None
    if check.seen == "dark":
        if device.family != "window_display":
            return Finding("nothing-came", "error", device)
        return Finding("nothing-seen" if device.askable else "nothing-seen-unasked", "error", device)
    other = next((each for each in box.devices if each.name == check.at), None)
    fields = {"other": check.at, "other_address": other.address if other and other.address is not None else "–"}
    fault = "shown-elsewhere" if check.seen == "elsewhere" else "shown-twice"
    return Finding(fault, "error", device, fields, () if other is None else (other,))
