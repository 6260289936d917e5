"""Made-up forms of a made-up person, drawn as paper, and laid under a camera that hangs crooked over a desk."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import segno
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from device.pages.messages import Corners

Dots = NDArray[np.uint8]

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SIMPLIFIED = 2
MM = 25.4
A4 = (210.0, 297.0)
CARD = (85.6, 54.0)
DESK = (70, 92, 110)
WHITE = (250, 250, 248)
NUMBER = "11010119000101009X"
QR_TEXT = "A003|yx-01|1900-01-01|仅作测试"
ROWS = (
    "姓名 张三",
    f"公民身份号码 {NUMBER}",
    "出生日期 1900年01月01日",
    "申请事项 社会保障卡补领",
    "联系地址 某某市某某路1号",
)
RULER_MM = 150.0
RULER_AT = (30.0, 280.0)
"""The left of two black discs, a ruler's length apart, in mm from the page's left upper corner."""


def form(dpi: float, size: tuple[float, float] = A4, *, qr: bool = True) -> Image.Image:
    """An application form with a table, a paragraph, a QR code of 25 mm and a ruler."""
    paper = Image.new("RGB", (round(size[0] * dpi / MM), round(size[1] * dpi / MM)), WHITE)
    pen, mm = ImageDraw.Draw(paper), dpi / MM
    pen.text((size[0] / 2 * mm, 25 * mm), "某某市政务服务申请表", "black", _font(8 * mm), anchor="mm")
    for row, text in enumerate(ROWS):
        top = (40 + 14 * row) * mm
        pen.rectangle((20 * mm, top, 190 * mm, top + 14 * mm), outline="black", width=max(1, round(0.4 * mm)))
        pen.text((24 * mm, top + 7 * mm), text, "black", _font(5 * mm), anchor="lm")
    for row in range(12):
        text = "本人承诺以上内容真实有效如有不实愿承担相应责任" + "一二三四五六七八九十"[: row % 7]
        pen.text((20 * mm, (125 + 8 * row) * mm), text, "black", _font(4.5 * mm))
    for x in (RULER_AT[0], RULER_AT[0] + RULER_MM):
        pen.ellipse(tuple((at + off) * mm for off in (-2, 2) for at in (x, RULER_AT[1])), fill="black")
    if qr:
        paper.paste(qr_code(round(25 * mm)), (round(150 * mm), round(230 * mm)))
    return paper


def card(dpi: float) -> Image.Image:
    """A card of ID-1 size with round corners on transparent ground."""
    wide, high = (round(side * dpi / MM) for side in CARD)
    face = Image.new("RGBA", (wide, high))
    pen = ImageDraw.Draw(face)
    pen.rounded_rectangle((0, 0, wide - 1, high - 1), round(3.18 * dpi / MM), fill=(235, 242, 245, 255))
    pen.text((wide * 0.1, high * 0.2), "测试卡 非真实证件", "black", _font(high * 0.12))
    pen.text((wide * 0.1, high * 0.75), NUMBER, "black", _font(high * 0.1))
    return face


def blank(dpi: float = 100) -> Image.Image:
    """White paper with the noise of a sensor."""
    return Image.fromarray((245 + sensor_noise(round(A4[0] * dpi / MM), round(A4[1] * dpi / MM))).astype(np.uint8))


def qr_code(side: int) -> Image.Image:
    file = io.BytesIO()
    segno.make_qr(QR_TEXT, error="m").save(file, kind="png", border=4, scale=4)
    return Image.open(file).convert("RGB").resize((side, side), Image.Resampling.BILINEAR)


@dataclass(frozen=True)
class Shot:
    """A camera's picture, and where the page's corners truly are in it."""

    frame: Dots
    corners: Corners

    def jpeg(self, quality: int = 92) -> bytes:
        return jpeg(Image.fromarray(self.frame), quality=quality)


def shot(
    paper: Image.Image,
    corners: Corners,
    size: tuple[int, int],
    desk: tuple[int, int, int] = DESK,
) -> Shot:
    """The paper with its corners at these places of a picture (outer edges of the paper, outer edges of dots)."""
    wide, high = paper.size
    own = np.array(((0, 0), (wide, 0), (wide, high), (0, high)), np.float32) - np.float32(0.5)
    warp = cv2.getPerspectiveTransform(own, np.array(corners, np.float32) - np.float32(0.5))
    ground = Image.new("RGBA", size, desk)
    seen = cv2.warpPerspective(np.asarray(paper.convert("RGBA")), warp, size, flags=cv2.INTER_LINEAR)
    ground.alpha_composite(Image.fromarray(seen))
    frame = np.asarray(ground.convert("RGB")).astype(np.int16) + sensor_noise(*size)
    smooth = cv2.GaussianBlur(frame.clip(0, 255).astype(np.uint8), (3, 3), 0)
    return Shot(smooth.astype(np.uint8, copy=False), corners)


def sensor_noise(wide: int, high: int) -> NDArray[np.int16]:
    """Of a standard deviation of 3 grey levels; the same for each picture."""
    tile = np.random.default_rng(1).normal(0, 3, (256, 256, 3)).round().astype(np.int16)
    return np.tile(tile, (high // 256 + 1, wide // 256 + 1, 1))[:high, :wide]


def tilted(
    size: tuple[int, int], fill: float = 0.85, turn: float = 3.0, tilt: float = 0.04, ratio: float = 1 / 1.4142
) -> Corners:
    """Corners of a sheet (``ratio`` width to height) in the middle of a picture: turned, its far side shorter."""
    wide, high = size
    tall = min(high, wide / ratio) * fill
    half_x, half_y = tall * ratio / 2, tall / 2
    square = np.array(((-1, -1), (1, -1), (1, 1), (-1, 1))) * (half_x, half_y)
    square[:2, 0] *= 1 - tilt
    angle = np.radians(turn)
    rotated = square @ np.array(((np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))))
    placed = rotated + np.array((wide / 2, high / 2))
    left_upper, right_upper, right_lower, left_lower = ((float(x), float(y)) for x, y in placed)
    return left_upper, right_upper, right_lower, left_lower


def jpeg(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", **{"quality": 92, **options})
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@cache
def _font(size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, max(6, round(size)), SIMPLIFIED)
