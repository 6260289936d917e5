"""Fixtures of the entrance's pages: a box with its hall, and browsers before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.screens.entrance_box import LIMIT_S, EntranceBox

LANDSCAPE, PORTRAIT, TELEPHONE = (1920, 1080), (1080, 1920), (360, 740)


@contextmanager
def running(folder: Path, *, printer: bool = True) -> Iterator[EntranceBox]:
    """A box whose hall has three open windows and people who wait."""
    box = EntranceBox(folder, printer=printer)
    try:
        box.until(lambda: box.box.link.hall == "up" and bool(box.box.lookup.directory.digest))
        box.news()
        box.counts(s12=7, s21=0, s32=12, s41=3)
        yield box
    finally:
        box.stop()


@contextmanager
def looking(browser: Browser, url: str, size: tuple[int, int] = PORTRAIT, *, clock: bool = True) -> Iterator[Page]:
    """A page at this address, on a screen of this size with fingers before it."""
    viewport = {"width": size[0], "height": size[1]}
    with browser.new_context(viewport=viewport, has_touch=True, locale="zh-CN") as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.set_default_timeout(LIMIT_S * 1000)
        if clock:
            page.clock.install()
        page.goto(url)
        yield page
