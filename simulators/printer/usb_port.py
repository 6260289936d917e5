"""What a USB printer answers beside its pipes (USB printer class 1.1, §4.2): the device's side."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.printer.status import Condition


def port_status(now: Condition) -> bytes:
    """GET_PORT_STATUS: bit 3 no error, bit 4 selected, bit 5 paper empty."""
    return bytes((0x08 * (not now.offline) | 0x10 | 0x20 * (now.paper == "out"),))


@dataclass(frozen=True, slots=True)
class Maker:
    """Whose printer it is, as the IEEE 1284 string has it."""

    maker: str = "EPSON"
    model: str = "TM-T88V"
    serial: str = ""
    commands: str = "ESC/POS"

    def device_id(self) -> bytes:
        """GET_DEVICE_ID: its length in two bytes, high byte first, and itself counted."""
        told = f"MFG:{self.maker};CMD:{self.commands};MDL:{self.model};CLS:PRINTER;"
        body = (told + (f"SN:{self.serial};" if self.serial else "")).encode("ascii")
        return (len(body) + 2).to_bytes(2, "big") + body
