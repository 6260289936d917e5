"""How a device stands, as one mark and a sentence."""

from __future__ import annotations

from hall.contract.maintenance import DeviceReport
from screens.diagnostics.tongue import Tongue

SAID_ALREADY = frozenset({"in-maintenance", "simulated"})
"""By the mark, and by the head of the screen."""
UNKNOWN = frozenset({"status-unknown", "starting"})


def standing(device: DeviceReport, tongue: Tongue, *, briefly: bool = True) -> tuple[str, str]:
    """The kind of mark, and the reasons in words. Unknown is neither fine nor broken.

    ``briefly``: among many; a lease hides the rest then.
    """
    told = [reason for reason in device.reasons if not briefly or reason.keyword not in SAID_ALREADY]
    words = tongue.say("between-reasons").join(tongue.of(reason.text) or reason.keyword for reason in told)
    return _kind(device, leased=briefly and device.leased), words or tongue.say(f"phase-{device.phase}")


def _kind(device: DeviceReport, *, leased: bool) -> str:
    severities = {reason.severity for reason in device.reasons}
    if leased:
        return "tended"
    if "error" in severities or device.phase == "stopped":
        return "error"
    if not device.accepting or any(reason.keyword in UNKNOWN for reason in device.reasons):
        return "unknown"
    return "warning" if "warning" in severities else "fine"


def heard(device: DeviceReport, tongue: Tongue) -> str:
    """When it was heard last."""
    return tongue.say("heard-never") if device.heard_ms is None else tongue.say("ago", age=tongue.age(device.heard_ms))
