"""What a document camera needs: pictures of what lies under a lens, from wherever they come."""

from __future__ import annotations

from typing import Protocol

from drivers.deadline import Deadline


class FrameSource(Protocol):
    """One camera, or what stands in for one."""

    async def open(self, deadline: Deadline) -> None:
        """Find it. Raises one of the four; leaves nothing behind when it fails."""

    async def check(self, deadline: Deadline) -> None:
        """See that it is still there. Raises one of the four."""

    async def still(self, deadline: Deadline) -> bytes:
        """One picture, whole, as it was encoded. Raises one of the four."""

    async def close(self) -> None:
        """Let go of it. Never raises."""
