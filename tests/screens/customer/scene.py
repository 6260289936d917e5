"""What the tests of the citizen's screen share: how it is brought to a visit, a rating, a sheet to write on."""

from __future__ import annotations

import struct
import zlib

from playwright.sync_api import Page, expect

from tests.screens.customer_box import A1001, CustomerBox

SIZES = {"small": (1024, 600), "large": (1920, 1080), "upright": (1080, 1920)}
SECRET = "我听不见请写字"


def picture(width: int = 300, height: int = 400) -> bytes:
    """A real PNG, grey."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\x00" + b"\x90" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def serve(box: CustomerBox, screen: Page) -> None:
    box.stand("serving", held=A1001)
    expect(screen.locator("#view-serve")).to_be_visible()


def ask(box: CustomerBox, screen: Page) -> None:
    """The visit is over and the citizen is asked."""
    box.stand("idle", finished=A1001)
    expect(screen.locator("#view-rate")).to_be_visible()


def write(screen: Page) -> None:
    """A line by finger, from the left to the right."""
    expect(screen.locator("#talk-canvas")).to_be_visible()
    area = screen.locator("#talk-canvas").bounding_box()
    assert area is not None
    screen.mouse.move(area["x"] + 30, area["y"] + 60)
    screen.mouse.down()
    for step in range(20):
        screen.mouse.move(area["x"] + 30 + 10 * step, area["y"] + 60 + 3 * step)
    screen.mouse.up()
    screen.clock.run_for(500)


INK = """(id) => {
  const canvas = document.getElementById(id);
  if (!canvas.width || !canvas.height) return false; // the sheet is put away
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  return pixels.some((value, at) => at % 4 === 3 && value > 0);
}"""


def inked(page: Page, canvas: str) -> None:
    page.wait_for_function(f"id => ({INK})(id)", arg=canvas)


def blank(page: Page, canvas: str) -> None:
    page.wait_for_function(f"id => !({INK})(id)", arg=canvas)
