"""What a hand scanner does to a page: it types a slip's code as fast as a keyboard can."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.sync_api import Page

CODE = " A1001 \nkiosk-1/00000000000000aa/9|1001|1|2025-11-21\nEd25519:c2lnbmVkIGJ5IG5vYm9keSBhdCBhbGw\n"
"""As a scanner types it that knows no Chinese."""


def type_code(page: Page, code: str = CODE) -> None:
    """At a scanner's pace: the page's clock stands still meanwhile, however slow this machine is."""
    now = page.evaluate("Date.now()") / 1000
    page.clock.pause_at(datetime.fromtimestamp(now + 1, UTC))
    page.keyboard.type(code)
    page.clock.run_for(500)
    page.clock.resume()
