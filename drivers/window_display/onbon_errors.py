"""Why an Onbon card says no (BX-K protocol, error table; 17 to 19 from the 5th and 6th dynamic area manuals)."""

from __future__ import annotations

from drivers.contract import CompletionCode, Garbled, Refused, Remedy

BUSY, CHECKSUM = 3, 5
ERRORS: dict[int, tuple[str, CompletionCode, Remedy]] = {
    1: ("unknown command group", CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION),
    2: ("unknown command", CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION),
    BUSY: ("busy", CompletionCode.DEVICE_NOT_READY, Remedy.NONE),
    4: ("memory", CompletionCode.HARDWARE_ERROR, Remedy.RESET),
    6: ("no such file", CompletionCode.INVALID_DATA, Remedy.CONFIGURATION),
    7: ("flash", CompletionCode.HARDWARE_ERROR, Remedy.MAINTENANCE),
    8: ("download", CompletionCode.HARDWARE_ERROR, Remedy.RESET),
    9: ("file name", CompletionCode.INVALID_DATA, Remedy.CONFIGURATION),
    10: ("file type", CompletionCode.INVALID_DATA, Remedy.CONFIGURATION),
    11: ("file checksum", CompletionCode.INVALID_DATA, Remedy.RESET),
    12: ("no font", CompletionCode.INVALID_DATA, Remedy.CONFIGURATION),
    13: ("firmware type", CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION),
    14: ("date or time", CompletionCode.INVALID_DATA, Remedy.NONE),
    15: ("file exists", CompletionCode.INVALID_DATA, Remedy.CLEAR),
    16: ("block", CompletionCode.HARDWARE_ERROR, Remedy.RESET),
    17: ("controller type", CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION),
    18: ("screen parameter", CompletionCode.INVALID_DATA, Remedy.CONFIGURATION),
    19: ("controller id", CompletionCode.INVALID_DATA, Remedy.CONFIGURATION),
}
"""Error numbers of the card: what, how the verb ended, what would mend it."""

_UNKNOWN = ("an unknown error", CompletionCode.INTERNAL_ERROR, Remedy.MAINTENANCE)


def fault(address: int, error: int) -> Refused | Garbled:
    """What to raise for a card's error; Garbled when it received our bytes wrong, so that they are sent again."""
    if error == CHECKSUM:
        return Garbled(f"display {address} received a wrong checksum")
    what, code, remedy = ERRORS.get(error, _UNKNOWN)
    return Refused(f"display {address} refused: {what} ({error})", code, remedy)
