"""Bytes from outside: a whole picture, or an error; never half a page, never more memory than a page takes."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from device.pages.fault import NotDone, Why
from device.pages.page import straighten
from device.pages.picture import open_picture
from tests.device.pages.scene import form, jpeg, opened

FORM = form(40)
WHOLE = jpeg(FORM)
PROGRESSIVE = jpeg(FORM, progressive=True)
CORNERS = ((255, 0, 0), (0, 160, 0), (0, 0, 255), (250, 250, 250))


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def huge_png(side: int) -> bytes:
    """A few bytes that say they are a picture of ``side`` by ``side`` dots."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")
    )


def four_colours() -> Image.Image:
    """128 by 96 dots, each quarter of another colour."""
    image = Image.new("RGB", (128, 96))
    for place, colour in zip(((0, 0), (64, 0), (64, 48), (0, 48)), CORNERS, strict=True):
        image.paste(colour, (*place, place[0] + 64, place[1] + 48))
    return image


def without_huffman_tables(data: bytes) -> bytes:
    """As cameras send motion JPEG: decoders know the usual tables."""

    def segments() -> Iterator[bytes]:
        place = 2
        while data[place + 1] != 0xDA:
            end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
            if data[place + 1] != 0xC4:
                yield data[place:end]
            place = end
        yield data[place:]

    return data[:2] + b"".join(segments())


@settings(deadline=None)
@given(cut=st.integers(0, len(WHOLE) - 1))
@example(cut=len(WHOLE) - 1)
@example(cut=len(WHOLE) - 2)
@example(cut=0)
def test_a_torn_jpeg_is_an_error_wherever_it_is_torn(cut: int) -> None:
    with pytest.raises(NotDone) as torn:
        straighten(WHOLE[:cut], 100.0)
    assert torn.value.why is (Why.TORN if cut >= 2 else Why.NOT_A_PICTURE)


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_torn_progressive_jpeg_is_an_error_though_it_shows_the_whole_page(part: float) -> None:
    with pytest.raises(NotDone, match="torn"):
        open_picture(PROGRESSIVE[: round(len(PROGRESSIVE) * part)])


@given(data=st.binary(max_size=200))
@example(data=b"\xff\xd8\xff\xda\x00\x02\xff\xd9")
@example(data=b"P6 1 1 255\n\x00")
@example(data=b"\x89PNG\r\n\x1a\n")
def test_bytes_that_are_no_picture_are_refused_and_nothing_else_is_raised(data: bytes) -> None:
    with pytest.raises(NotDone):
        open_picture(data)


@settings(deadline=None)
@given(place=st.integers(0, len(WHOLE) - 1), value=st.integers(0, 255))
def test_a_wrong_byte_gives_a_picture_or_a_refusal(place: int, value: int) -> None:
    try:
        picture = open_picture(WHOLE[:place] + bytes([value]) + WHOLE[place + 1 :])
    except NotDone:
        return
    assert picture.dots.dtype == np.uint8


@pytest.mark.parametrize(
    "bomb", [huge_png(7000), huge_png(12000), huge_png(60000), b"P6 30000 30000 255\n" + bytes(100)]
)
def test_a_picture_bomb_is_refused_before_it_is_unpacked(bomb: bytes) -> None:
    with pytest.raises(NotDone, match="too-large"):
        open_picture(bomb)


def test_a_stamp_is_no_page() -> None:
    with pytest.raises(NotDone, match="too-small"):
        open_picture(png(Image.new("RGB", (400, 20))))


def test_other_kinds_of_picture_are_not_even_parsed() -> None:
    file = io.BytesIO()
    FORM.save(file, "GIF")
    with pytest.raises(NotDone, match="not-a-picture"):
        open_picture(file.getvalue())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright_as_its_camera_says(orientation: int) -> None:
    turn = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = four_colours().transpose(turn[orientation]) if orientation > 1 else four_colours()
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    picture = open_picture(jpeg(stored, exif=exif))
    assert picture.dots.shape == (96, 128, 3)
    for (x, y), colour in zip(((20, 20), (100, 20), (100, 70), (20, 70)), CORNERS, strict=True):
        assert np.abs(picture.dots[y, x].astype(int) - colour).max() < 12
    assert (picture.jpeg is not None) is (orientation == 1)
    assert not opened(straighten(jpeg(stored, exif=exif), 100.0).jpeg).getexif().get(ExifTags.Base.Orientation, 1) > 1


def test_motion_jpeg_without_its_tables_is_read_and_made_whole() -> None:
    bare = without_huffman_tables(WHOLE)
    picture = open_picture(bare)
    assert picture.jpeg is None
    assert np.array_equal(picture.dots, open_picture(WHOLE).dots)
    assert b"\xff\xc4" in straighten(bare, 100.0).jpeg


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "P", "I;16"])
def test_what_scanners_give_besides_jpeg_becomes_grey_or_rgb(mode: str) -> None:
    grey = FORM.convert("L")
    image = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257) if mode == "I;16" else FORM.convert(mode)
    picture = open_picture(png(image))
    assert picture.jpeg is None
    assert picture.dots.ndim == (2 if mode in ("1", "L", "I;16") else 3)
    seen = np.asarray(Image.fromarray(picture.dots).convert("L"), np.int16)
    assert np.abs(seen - np.asarray(grey, np.int16)).mean() < 20


def test_of_two_pictures_in_one_file_the_first_is_the_page() -> None:
    file = io.BytesIO()
    FORM.save(file, "MPO", save_all=True, append_images=[four_colours()])
    picture = open_picture(file.getvalue())
    assert picture.jpeg is None
    assert picture.dots.shape == (FORM.height, FORM.width, 3)


def test_transparent_paper_is_white() -> None:
    assert (open_picture(png(Image.new("RGBA", (100, 100), (0, 0, 0, 0)))).dots == 255).all()


def test_ink_of_four_colours_is_made_anew_in_rgb() -> None:
    picture = open_picture(jpeg(four_colours().convert("CMYK")))
    assert picture.jpeg is None
    assert picture.dots.shape == (96, 128, 3)


def test_the_plain_format_of_scanimage_is_read() -> None:
    file = io.BytesIO()
    FORM.save(file, "PPM")
    assert np.array_equal(open_picture(file.getvalue()).dots, np.asarray(FORM))
    with pytest.raises(NotDone, match="torn"):
        open_picture(file.getvalue()[:-50])
