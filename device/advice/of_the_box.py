"""What is wrong with the box itself: its place in the hall, its journal, disk, clock and certificate."""

from __future__ import annotations

from collections.abc import Iterator

from device.advice.finding import Finding
from device.advice.known import KnownBox

LOW_BYTES = 500 * 1024 * 1024
"""A busy kiosk's week, its logs and a database's own room to work in."""
ENDING_DAYS = 30

REFUSALS = frozenset(
    {
        "identity-twice",
        "forked",
        "contract-differs",
        "wrong-mode",
        "not-enrolled",
        "not-a-box",
        "not-your-name",
        "older-term",
        "certificate-revoked",
    }
)
"""Keywords of a refused hello that have a sentence of their own."""


def of_box(box: KnownBox) -> Iterator[Finding]:
    """All that holds."""
    if box.stopped:
        yield Finding(box.stopped if box.stopped in ("disk-full", "disk-failed") else "journal-stopped", "error")
    if box.refusal:
        fault = box.refusal if box.refusal in REFUSALS else "hall-refuses"
        yield Finding(fault, "error")
    elif box.hall == "down":
        yield Finding("hall-away", "error")
    elif box.recovering:
        yield Finding("hall-recovering", "warning")
    if box.certificate_days is not None and box.certificate_days < ENDING_DAYS:
        yield Finding("certificate-ended" if box.certificate_days < 0 else "certificate-ending", "warning")
    if box.pairing_days is not None and box.pairing_days < ENDING_DAYS:
        ended, left = box.pairing_days < 0, {"days": box.pairing_days}
        fault = "pairing-certificate-ended" if ended else "pairing-certificate-ending"
        yield Finding(fault, "error" if ended else "warning", fields=left)
    if box.clock_off:
        yield Finding("clock-off", "warning")
    if box.band_locked and box.kiosk:
        yield Finding("band-locked", "warning")
    if box.free_bytes is not None and box.free_bytes < LOW_BYTES and not box.stopped:
        yield Finding("disk-low", "warning")
