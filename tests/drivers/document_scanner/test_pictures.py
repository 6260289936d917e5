"""A picture is measured when it is whole to its last row, and is no picture otherwise."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers.contract import Garbled
from drivers.document_scanner import jpeg, png
from drivers.document_scanner.measure import Measure
from tests.drivers.document_scanner.pictures import jpeg_of, picture, png_of

LOOKAHEAD = 48
"""What of a JPEG's last bytes may be missing unnoticed: what a decoder is given to look ahead."""
QUALITIES = (10, 85, 100)
MeasureOf = Callable[[bytes], Measure]


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("size", [(1, 1), (8, 8), (17, 9), (3, 100), (100, 37)], ids=str)
@pytest.mark.parametrize("noise", [False, True])
def test_whole_jpegs_of_every_make_are_measured(size: tuple[int, int], mode: str, noise: bool) -> None:
    for quality in QUALITIES:
        for how in ({}, {"optimize": True}, {"restart_marker_blocks": 3}, {"subsampling": 0}):
            image = jpeg_of(picture(*size, mode, noise=noise), quality=quality, dpi=(300, 300), **how)
            assert jpeg.measure(image) == Measure(*size, 300.0)


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "P"])
def test_whole_pngs_of_every_make_are_measured(mode: str) -> None:
    image = png_of(picture(33, 21).convert(mode), dpi=(300, 300))
    assert png.measure(image) == Measure(33, 21, 300.0)


@pytest.mark.parametrize(("measure", "encode"), [(jpeg.measure, jpeg_of), (png.measure, png_of)])
def test_a_picture_cut_at_any_byte_is_none(measure: MeasureOf, encode: Callable[[Image.Image], bytes]) -> None:
    image = encode(picture())
    assert measure(image)
    for cut in range(len(image)):
        with pytest.raises(Garbled):
            measure(image[:cut])


def test_a_jpeg_that_ends_too_early_in_good_order_is_none() -> None:
    """A device that gives up may still write an end mark: libjpeg then fills up with grey and says nothing."""
    image = jpeg_of(picture(120, 160, noise=True), quality=90)
    pixels = image.rindex(b"\xff\xda") + 14
    for end in range(pixels, len(image) - LOOKAHEAD, 97):
        with pytest.raises(Garbled):
            jpeg.measure(image[:end].rstrip(b"\xff") + jpeg.EOI)
    with Image.open(io.BytesIO(image[: len(image) // 2] + jpeg.EOI)) as filled:
        filled.load()  # Pillow alone takes it


def test_a_jpeg_with_a_row_of_blocks_missing_is_none() -> None:
    image = jpeg_of(picture(64, 64, noise=True), quality=90, restart_marker_rows=1)
    rows = image.split(b"\xff\xd1")
    assert len(rows) == 2
    with pytest.raises(Garbled):
        jpeg.measure(rows[0] + jpeg.EOI)


def test_a_camera_s_padding_behind_the_end_is_no_fault() -> None:
    image = jpeg_of(picture())
    assert jpeg.measure(image + bytes(64)) == jpeg.measure(image)
    with pytest.raises(Garbled):
        jpeg.measure(image + b"another frame")


def test_fill_bytes_before_a_marker_are_no_fault() -> None:
    image = jpeg_of(picture())
    assert jpeg.measure(image[:2] + b"\xff\xff" + image[2:-2] + b"\xff" + jpeg.EOI) == jpeg.measure(image)


def test_a_progressive_jpeg_is_refused_because_its_end_proves_nothing() -> None:
    with pytest.raises(Garbled, match="of a kind"):
        jpeg.measure(jpeg_of(picture(), progressive=True))


def test_dots_per_cm_are_dpi_and_a_ratio_is_none() -> None:
    image = bytearray(jpeg_of(picture(), dpi=(118, 118)))
    image[13] = 2
    assert jpeg.measure(bytes(image)).dpi == pytest.approx(299.72)
    image[13] = 0
    assert jpeg.measure(bytes(image)).dpi is None


def test_rows_that_a_png_announces_and_lacks_are_missed_whatever_its_sums_say() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    def with_rows(count: int) -> bytes:
        header = chunk(b"IHDR", struct.pack(">2I5B", 4, 10, 8, 0, 0, 0, 0))
        return png.SIGNATURE + header + chunk(b"IDAT", zlib.compress(bytes(5 * count))) + chunk(b"IEND", b"")

    assert png.measure(with_rows(10)) == Measure(4, 10, None)
    for wrong in (0, 9, 11, 100_000):
        with pytest.raises(Garbled):
            png.measure(with_rows(wrong))


def test_a_changed_byte_of_a_png_is_noticed() -> None:
    image = bytearray(png_of(picture()))
    for at in range(8, len(image), 7):
        image[at] ^= 0x10
        with pytest.raises(Garbled):
            png.measure(bytes(image))
        image[at] ^= 0x10


@pytest.mark.parametrize("measure", [jpeg.measure, png.measure])
def test_a_picture_larger_than_any_paper_is_not_unpacked(measure: MeasureOf) -> None:
    if measure is png.measure:
        body = struct.pack(">2I5B", 60_000, 60_000, 8, 2, 0, 0, 0)
        header = struct.pack(">I", 13) + b"IHDR" + body + struct.pack(">I", zlib.crc32(b"IHDR" + body))
        image = png.SIGNATURE + header
    else:
        image = jpeg_of(picture())
        at = image.index(b"\xff\xc0") + 5
        image = image[:at] + b"\xff\xff\xff\xff" + image[at + 4 :]
    with pytest.raises(Garbled, match="pixels"):
        measure(image)


@settings(max_examples=60)
@given(st.binary(max_size=300), st.sampled_from([b"", jpeg.SOI, png.SIGNATURE]))
def test_any_bytes_are_measured_or_garbled(data: bytes, begin: bytes) -> None:
    for measure in (jpeg.measure, png.measure):
        with suppress(Garbled):
            measure(begin + data)


@settings(max_examples=60)
@given(st.integers(0, 2000), st.integers(0, 255), st.booleans())
def test_a_picture_with_any_byte_changed_is_measured_or_garbled(at: int, value: int, is_png: bool) -> None:
    image = bytearray(png_of(picture(9, 9)) if is_png else jpeg_of(picture(9, 9)))
    image[at % len(image)] = value
    with suppress(Garbled):
        (png if is_png else jpeg).measure(bytes(image))
