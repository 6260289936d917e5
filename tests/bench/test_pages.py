"""The rows of the pages: each is painted, weighed and touched."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.bench.pages.screens import SCREENS, page_figures


@pytest.mark.system
@pytest.mark.browser
def test_every_page_is_painted_weighed_and_touched(tmp_path: Path) -> None:
    rows = {figure.name: figure.value for figure in asyncio.run(page_figures(tmp_path, share=0.1))}
    screens = [screen for each in SCREENS.values() for screen in each]
    for screen in screens:
        assert rows[f"{screen.name}: first paint, median"] > 0
        assert 10 < rows[f"{screen.name}: weight of all its files"] <= 300
    touched = [name for name in rows if ": touch to picture" in name]
    assert len(touched) == sum(bool(screen.touched) for screen in screens)
