"""One fault as it was made out, before it becomes a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from device.advice.known import KnownDevice
from hall.contract.maintenance import Severity

WORST = ("error", "warning", "report")


@dataclass(frozen=True, slots=True)
class Until:
    """One thing that carries the hall meanwhile: ``until-KEYWORD`` of the wording."""

    keyword: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """``device`` None: of the whole box. ``also``: other devices that the same fault takes along."""

    fault: str
    severity: Severity
    device: KnownDevice | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[KnownDevice, ...] = ()

    @property
    def explains(self) -> frozenset[str]:
        """Names of the devices whose loss this fault explains."""
        devices = (self.device, *self.also) if self.device is not None else self.also
        return frozenset(device.name for device in devices)
