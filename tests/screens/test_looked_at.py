"""The measure itself: faint letters are found wherever their faintness comes from."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.screens.looked_at import faintest, grave_faults, texts

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><head><title>x</title></head>
<body style="background: white; color: black; font: 24px sans-serif"><main><h1>Plain</h1>{}</main></body></html>"""


def show(page: Page, body: str) -> None:
    page.set_content(PAGE.format(body))


def test_black_on_white_is_twenty_one_to_one(chromium_page: Page) -> None:
    show(chromium_page, "")
    assert faintest(chromium_page).contrast == pytest.approx(21, abs=0.1)


@pytest.mark.parametrize(
    "faint",
    [
        '<p style="color: #bbb">faint</p>',
        '<p style="opacity: 0.3">faint</p>',
        '<p style="background: linear-gradient(#222, #222)">faint</p>',
        '<div style="background: #333"><p style="color: #666">faint</p></div>',
        '<p><span style="color: rgb(0 0 0 / 30%)">faint</span></p>',
    ],
)
def test_what_makes_letters_faint_is_seen_in_the_pixels(chromium_page: Page, faint: str) -> None:
    show(chromium_page, faint)
    found = faintest(chromium_page)
    assert found.text == "faint"
    assert found.contrast < 4.5


def test_what_cannot_be_pressed_or_seen_is_left_out(chromium_page: Page) -> None:
    show(
        chromium_page, '<button disabled>off</button><p hidden>gone</p><p style="position: fixed; top: 9999px">out</p>'
    )
    assert [text.text for text in texts(chromium_page)] == ["Plain"]


def test_a_button_without_a_name_is_a_grave_fault(chromium_page: Page) -> None:
    show(chromium_page, "<button></button>")
    (fault,) = grave_faults(chromium_page)
    assert fault.startswith("button-name: ")
    show(chromium_page, "<button>Go</button>")
    assert grave_faults(chromium_page) == []
