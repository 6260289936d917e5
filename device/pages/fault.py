"""Why a page could not be worked on. A fault never quotes what stands on the page."""

from __future__ import annotations

from enum import StrEnum

from config.wording import LANGUAGES, say

LIBRARIES = {
    "PIL": "pillow",
    "cv2": "opencv-python-headless",
    "img2pdf": "img2pdf",
    "numpy": "numpy",
    "onnxruntime": "onnxruntime",
    "rapidocr": "rapidocr",
    "zxingcpp": "zxing-cpp",
}
"""Modules that pages need, and what installs them: all come with the extra ``pages``."""


class Why(StrEnum):
    """Each has a sentence with its remedy in config/wording/…/pages.toml."""

    NOT_A_PICTURE = "not-a-picture"
    TORN = "torn"
    """The picture ends before its end."""
    TOO_LARGE = "too-large"
    TOO_SMALL = "too-small"
    NO_PAGE = "no-page"
    """An empty document was to be bound."""
    TOO_MANY = "too-many"
    LIBRARY_MISSING = "library-missing"
    FONT_MISSING = "font-missing"
    OVERDUE = "overdue"
    """The deadline passed; the child was ended."""
    BROKEN_OFF = "broken-off"
    """The child ended, or a library failed in a way that nobody foresaw."""


class NotDone(Exception):
    """The page stays as it was; ``what`` names a library or a place in the code, never a value of the page."""

    def __init__(self, why: Why, what: str = "") -> None:
        super().__init__(f"{why}: {what}" if what else str(why))
        self.why = why
        self.what = what

    def sentence(self, language: str = LANGUAGES[0]) -> str:
        """What happened and what to do, for people."""
        return say("pages", self.why, language, what=self.what)
