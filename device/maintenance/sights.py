"""What a person saw who looked at the test of a display: a device that cannot see itself learns it so."""

from __future__ import annotations

from device.advice.advising import Advising
from device.maintenance.checks import Checks
from device.maintenance.leases import Leases
from hall.contract.maintenance import Advised, AskSeen


class Sights:
    """Takes the person's word, for a device that the person's terminal has."""

    def __init__(self, checks: Checks, leases: Leases, advising: Advising) -> None:
        self._checks = checks
        self._leases = leases
        self._advising = advising

    async def seen(self, ask: AskSeen) -> Advised:
        """What follows. Raises Refusal for a device that there is not, or that the lease does not hold."""
        cell = self._checks.cell(ask.device)
        self._leases.of(ask.lease, cell.name)
        if ask.at:
            self._checks.cell(ask.at)
        return Advised(advice=self._advising.saw(ask))
