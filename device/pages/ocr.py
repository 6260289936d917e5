"""The text of a page, by models that ship in the wheel of rapidocr (protocols/document-scanners.md §7).

Loaded it takes some 850 MB, given back only by the end of the process: it runs in the child alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import cv2
import onnxruntime  # type: ignore[import-untyped]
import rapidocr
from rapidocr.utils.output import RapidOCROutput

from device.pages.fault import NotDone, Why
from device.pages.messages import Corners, Reading, TextLine
from device.pages.picture import open_picture
from drivers.contract import Personal

MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
"""What the wheel ships, by rapidocr's names of the steps. Whatever else it can be set to is a download."""
FATAL_ONLY = 4
SETTINGS = {"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1}
"""It would log what it does; and one core, as the others are the box's (two cores spend a quarter more in waiting)."""


def read_text(jpeg: bytes) -> Reading:
    """The lines of a page from its top. A blank page has none. Raises NotDone for no whole picture.

    Nothing read is put right: a number whose check digit fails is not given as a number, and a name never is.
    """
    dots = open_picture(jpeg).dots
    seen = _reader()(cv2.cvtColor(dots, cv2.COLOR_GRAY2BGR if dots.ndim == 2 else cv2.COLOR_RGB2BGR))
    if not isinstance(seen, RapidOCROutput) or seen.txts is None or seen.scores is None or seen.boxes is None:
        return Reading.of(())
    found = zip(seen.txts, seen.scores, seen.boxes, strict=True)
    return Reading.of(TextLine(Personal(str(text)), float(score), _corners(box)) for text, score, box in found)


@cache
def _reader() -> rapidocr.RapidOCR:
    folder = Path(rapidocr.__file__).parent / "models"
    paths = {f"{step}.model_path": str(folder / file) for step, file in MODELS.items()}
    if lacking := [path for path in paths.values() if not Path(path).exists()]:
        raise NotDone(Why.LIBRARY_MISSING, f"rapidocr ({Path(lacking[0]).name})")
    onnxruntime.set_default_logger_severity(FATAL_ONLY)
    return rapidocr.RapidOCR(
        params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1, **paths}
    )


def _corners(box: Iterable[Iterable[float]]) -> Corners:
    left_upper, right_upper, right_lower, left_lower = ((float(x), float(y)) for x, y in box)
    return left_upper, right_upper, right_lower, left_lower
