"""How an IPP printer is, as a drivers.contract.State, and what its refusals mean."""

from __future__ import annotations

from drivers.contract import (
    COVER_OPEN,
    HARDWARE_FAILURE,
    HEAD_OVER_TEMP,
    MEDIA_EMPTY,
    MEDIA_JAM,
    MEDIA_LOW,
    MEDIA_NEEDED,
    OFFLINE,
    OUTPUT_AREA_FULL,
    PAUSED,
    TONER_EMPTY,
    TONER_LOW,
    CompletionCode,
    Garbled,
    Phase,
    Reason,
    Refused,
    Remedy,
    Severity,
    State,
)
from drivers.office_printer.ipp_message import Group
from drivers.office_printer.ipp_operations import PrinterState, number, words

REASONS: dict[str, Reason] = {
    "media-empty": MEDIA_EMPTY,
    "media-low": MEDIA_LOW,
    "media-jam": MEDIA_JAM,
    "media-needed": MEDIA_NEEDED,
    "input-tray-missing": MEDIA_EMPTY,
    "cover-open": COVER_OPEN,
    "door-open": COVER_OPEN,
    "interlock-open": COVER_OPEN,
    "toner-low": TONER_LOW,
    "marker-supply-low": TONER_LOW,
    "developer-low": TONER_LOW,
    "toner-empty": TONER_EMPTY,
    "marker-supply-empty": TONER_EMPTY,
    "developer-empty": TONER_EMPTY,
    "output-area-full": OUTPUT_AREA_FULL,
    "output-tray-missing": OUTPUT_AREA_FULL,
    "marker-waste-full": HARDWARE_FAILURE,
    "opc-life-over": HARDWARE_FAILURE,
    "fuser-over-temp": HEAD_OVER_TEMP,
    "paused": PAUSED,
    "moving-to-paused": PAUSED,
    "shutdown": OFFLINE,
    "timed-out": OFFLINE,
    "stopping": OFFLINE,
    "offline": OFFLINE,
    "hibernate": Reason("hibernate", Severity.REPORT),
    "other": HARDWARE_FAILURE,
}
"""IANA's printer-state-reasons without their endings, and ours."""

_ENDINGS = {f"-{severity.value}": severity for severity in Severity}
_PHASES = {PrinterState.IDLE: Phase.IDLE, PrinterState.PROCESSING: Phase.PROCESSING}


def printer_state(group: Group) -> State:
    """From HOW_IT_IS. Raises Garbled when the printer does not say its state."""
    state = number(group, "printer-state")
    if state is None:
        raise Garbled("a printer without a printer-state")
    stopped = state not in _PHASES
    reasons = frozenset(reason_of(word, stopped) for word in words(group, "printer-state-reasons") - {"none"})
    stopped = stopped or any(reason.severity is Severity.ERROR for reason in reasons)
    accepting = not stopped and [value.content for value in group.get("printer-is-accepting-jobs")] != [False]
    return State(Phase.STOPPED if stopped else _PHASES[PrinterState(state)], accepting, reasons)


def reason_of(word: str, stopped: bool) -> Reason:
    """One printer-state-reason. Its ending tells how bad it is; without one, REASONS or the printer's state does."""
    keyword, severity = word, None
    for ending, meant in _ENDINGS.items():
        if word.endswith(ending):
            keyword, severity = word.removesuffix(ending), meant
    known = REASONS.get(keyword)
    if known is None:
        return Reason(keyword, severity or (Severity.ERROR if stopped else Severity.WARNING))
    return Reason(known.keyword, severity or known.severity)


_REFUSALS: dict[int, tuple[CompletionCode, Remedy]] = {
    0x0401: (CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION),  # forbidden
    0x0402: (CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION),  # not-authenticated
    0x0403: (CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION),  # not-authorized
    0x0404: (CompletionCode.DEVICE_NOT_READY, Remedy.CLEAR),  # not-possible
    0x0501: (CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION),  # operation-not-supported
    0x0502: (CompletionCode.DEVICE_NOT_READY, Remedy.RESET),  # service-unavailable
    0x0503: (CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION),  # version-not-supported
    0x0504: (CompletionCode.HARDWARE_ERROR, Remedy.MAINTENANCE),  # device-error
    0x0505: (CompletionCode.DEVICE_NOT_READY, Remedy.RESET),  # temporary-error
    0x0506: (CompletionCode.DEVICE_NOT_READY, Remedy.CLEAR),  # not-accepting-jobs
    0x0507: (CompletionCode.DEVICE_NOT_READY, Remedy.CLEAR),  # busy
    0x0508: (CompletionCode.CANCELED, Remedy.NONE),  # job-canceled
    0x050B: (CompletionCode.DEVICE_NOT_READY, Remedy.CLEAR),  # too-many-jobs
}
"""Statuses of RFC 8011 §B.1 whose remedy is no setting of ours; the other client errors are one."""

NOT_TAKEN = (*range(0x0400, 0x0500), 0x0501, 0x0502, 0x0503, 0x0505, 0x0506, 0x0507, 0x050B)
"""With these the printer has not taken the document; after the others (device-error, job-canceled) who knows."""


def refusal(status: int) -> Refused:
    """What a status other than successful means."""
    if status in _REFUSALS:
        code, remedy = _REFUSALS[status]
    elif 0x0400 <= status < 0x0500:
        code, remedy = CompletionCode.INVALID_DATA, Remedy.CONFIGURATION
    else:
        code, remedy = CompletionCode.HARDWARE_ERROR, Remedy.RESET
    return Refused(f"the printer refused: status {status:#06x}", code, remedy)
