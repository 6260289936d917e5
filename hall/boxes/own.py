"""What the hall's own machine needs of a person: a certificate that is refused from a day that is known.

Boxes, and the hall itself, look at no dates. The browsers of guides, technicians' terminals, and `yichuang hall boxes`
with the other command lines that ask a running hall, do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.x509.oid import NameOID

from config.wording import both
from hall.ca import LOOPBACK
from hall.contract.maintenance import Advice

ROOM = "boxes"
ENDING_DAYS = 30


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """As the hall has it since it started: one that is put beside it counts from its next start."""

    file: Path
    end: datetime
    names: tuple[str, ...]
    """Its own, then every other name and address that it bears but for loopback."""

    @classmethod
    def of(cls, file: Path) -> Self:
        """Blocks for a millisecond. Raises OSError, ValueError."""
        told = x509.load_pem_x509_certificate(file.read_bytes())
        own = [str(part.value) for part in told.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        try:
            borne = told.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except x509.ExtensionNotFound:
            others = []
        else:
            others = [
                *borne.get_values_for_type(x509.DNSName),
                *(str(each) for each in borne.get_values_for_type(x509.IPAddress)),
            ]
        names = dict.fromkeys([*own, *(each for each in others if each not in LOOPBACK)])
        return cls(file, told.not_valid_after_utc, tuple(names))

    @property
    def again(self) -> str:
        """The command line that makes such a one."""
        name, *others = self.names or ("hall",)
        return " ".join(["yichuang ca issue DIR", name, "--role hall", *(f"--address {each}" for each in others)])


def own_needs(own: OwnCertificate | None, wall_ms: int) -> list[Advice]:
    """Empty while there is more than a month left, and of a hall that shows none."""
    if own is None:
        return []
    days = (own.end - datetime.fromtimestamp(wall_ms / 1000, UTC)).days
    if days >= ENDING_DAYS:
        return []
    ended = days < 0
    fault = "own-certificate-ended" if ended else "own-certificate-ending"
    name = own.names[0] if own.names else "hall"
    return [
        Advice(
            device="",
            fault=fault,
            severity="error" if ended else "warning",
            what=both(ROOM, f"{fault}-what", days=days),
            mend=both(ROOM, "own-certificate-mend", file=own.file, name=name, again=own.again),
            until=both(ROOM, "own-certificate-until"),
        )
    ]
