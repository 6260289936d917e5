"""What the hall's own machine needs of a person: a certificate that browsers stop believing on a day that is known.

Boxes and hall look at no dates; the browsers of guides, and technicians' terminals, do.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from config.wording import both
from hall.contract.maintenance import Advice

ROOM = "boxes"
ENDING_DAYS = 30


def own_needs(certificate: Path, wall_ms: int) -> list[Advice]:
    """Empty while there is more than a month left. Blocks for a millisecond."""
    try:
        end = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):  # it was there when the hall started, and is put anew perhaps just now
        return []
    days = (end - datetime.fromtimestamp(wall_ms / 1000, UTC)).days
    if days >= ENDING_DAYS:
        return []
    ended = days < 0
    fault = "own-certificate-ended" if ended else "own-certificate-ending"
    return [
        Advice(
            device="",
            fault=fault,
            severity="error" if ended else "warning",
            what=both(ROOM, f"{fault}-what", days=days),
            mend=both(ROOM, "own-certificate-mend", file=certificate),
            until=both(ROOM, "own-certificate-until"),
        )
    ]
