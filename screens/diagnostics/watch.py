"""Keeps an eye on one box: how it stands, since when it does not answer, and that it is back."""

from __future__ import annotations

from collections.abc import Callable

from hall.contract.maintenance import BoxReport, DeviceReport
from screens.diagnostics.client import BoxClient, Lost, RefusedVerb

LOOK_S = 1.0
"""With client.SHORT_S: a lost daemon is said to be lost within 5 s."""


class Watch:
    """``report``: the newest; ``lost``: why there is none now; ``refused``: it answers, and says no."""

    def __init__(self, client: BoxClient, clock: Callable[[], float]) -> None:
        """``clock``: monotonic seconds."""
        self._client = client
        self._clock = clock
        self.report: BoxReport | None = None
        self.lost: Lost | None = None
        self.refused: RefusedVerb | None = None
        self._changed = clock()

    async def look(self) -> None:
        """One question. Never raises one of the two."""
        before = self.lost is None
        try:
            self.report = await self._client.report()
        except Lost as lost:
            self.lost, self.refused = lost, None
        except RefusedVerb as refused:
            self.refused, self.lost = refused, None
        else:
            self.lost = self.refused = None
        if before != (self.lost is None):
            self._changed = self._clock()

    @property
    def lost_for_ms(self) -> int:
        """Since it was lost; 0 while it answers."""
        return int((self._clock() - self._changed) * 1000) if self.lost else 0

    def device(self, name: str) -> DeviceReport | None:
        """One of its devices; None where there is no such."""
        devices = self.report.devices if self.report else []
        return next((device for device in devices if device.name == name), None)
