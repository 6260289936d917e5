"""A guide's tablet at a hall on a real port: who comes in, what it is told, what it may do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hall.guide_scene import guided, tablet
from tests.hall.served import serve

__all__ = ["guided"]

pytestmark = pytest.mark.wire

CALLS = ("find", "take", "transfer", "readmit", "give-back", "looked-for", "coming", "been-there")


async def test_take(guided: Path) -> None:
    async with serve(guided) as served, tablet(served) as guide:
        taken = await guide.do("take", service="11")
        assert taken.status_code == 200, taken.text
        print(taken.json())
        print(await guide.board())
        r = await guide.do("transfer", ticket=taken.json()["ticket"]["ticket"], service="12")
        print(r.text)
        print((await guide.find("11001")).text)
