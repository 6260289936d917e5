"""Whether a scanned slip is one that a kiosk of this hall has signed, as the contract has it: the hall asks it, too."""

from __future__ import annotations

from hall.contract.slips import ALGORITHM, LONGEST, Slip, SlipRefused, check

__all__ = ["ALGORITHM", "LONGEST", "Slip", "SlipRefused", "check"]
