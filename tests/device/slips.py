"""Signed slips for tests, and the kiosk's key that signs them."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from device.slip import SlipMaker, Ticket
from hall.contract import Service

SOCIAL = Service(code="1", name="社会保障", name_en="Social security", letter="A", place="一楼东区", place_en="East")
HOUSE = Service(code="2", name="户籍", name_en="Household", letter="B")
SERVICES = [SOCIAL, HOUSE]
DATE = "2026-11-21"


def key_file(folder: Path) -> Path:
    file = folder / "slip.key"
    file.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


def slip_maker(folder: Path) -> SlipMaker:
    return SlipMaker("demo", key_file(folder))


def ticket(digits: str = "12001", seq: int = 9, date: str = DATE, device: str = "kiosk-1") -> Ticket:
    return Ticket(f"{device}/00000000000000aa/{seq}", digits, SOCIAL, date, True, None, None)
