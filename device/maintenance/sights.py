"""What a person saw who looked at the test of a display: a device that cannot see itself learns it so."""

from __future__ import annotations

from collections.abc import Callable

from device.advice.knowing import LastChecks
from device.maintenance.checks import Checks
from device.maintenance.leases import Leases
from hall.contract.maintenance import Advice, Advised, AskSeen


class Sights:
    """Takes the person's word, for a device that the person's terminal has."""

    def __init__(self, checks: Checks, leases: Leases, last: LastChecks, advice: Callable[[], list[Advice]]) -> None:
        self._checks = checks
        self._leases = leases
        self._last = last
        self._advice = advice

    async def seen(self, ask: AskSeen) -> Advised:
        """What follows. Raises Refusal for a device that there is not, or that the lease does not hold."""
        cell = self._checks.cell(ask.device)
        self._leases.of(ask.lease, cell.name)
        if ask.at:
            self._checks.cell(ask.at)
        self._last.saw(cell.name, ask.seen, ask.at)
        return Advised(advice=self._advice())
