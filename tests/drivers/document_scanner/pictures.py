"""Encoded images with known content."""

from __future__ import annotations

import io
import random

from PIL import Image


def picture(width: int = 40, height: int = 60, mode: str = "RGB", *, noise: bool = False) -> Image.Image:
    size = width * height * len(mode)
    levels = random.Random(width * height).randbytes(size) if noise else bytes(value % 251 for value in range(size))
    return Image.frombytes(mode, (width, height), levels)


def jpeg_of(image: Image.Image, **how: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", **how)
    return file.getvalue()


def png_of(image: Image.Image, **how: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", **how)
    return file.getvalue()
