"""What setup has to know that no device can tell; from options, from a file, or asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from config.loader import Loaded, Section, load

Does = Literal["kiosk", "board", "entrance"]


class Bind(Section):
    """A device that was found, and where it is. ``port`` as probe names it; ``window`` 0: of no window.

    ``model``: where it cannot be asked what it is. ``skip``: it is no device of this box (a technician's keyboard).
    """

    port: str
    address: int | None = None
    window: int = Field(default=0, ge=0, le=999)
    model: str = ""
    baud: int | None = Field(default=None, ge=300, le=1_000_000)
    skip: bool = False
    options: dict[str, Any] = {}


class Answers(Section):
    """``code``: the hall's one-time code for ``name``. ``port``: of the box's pages; ``hall_port``: --simulated.

    ``panel``: dots of the displays, 64x16; "" where the drivers' own are right.
    """

    name: str = Field(default="", pattern=r"^([a-z0-9][a-z0-9-]{0,31})?$")
    hall: str = Field(default="", pattern=r"^(https://[^/]+)?$")
    code: str = Field(default="", repr=False)
    does: list[Does] | None = None
    windows: list[int] | None = None
    port: int = Field(default=8620, ge=1, le=65535)
    hall_port: int = Field(default=8610, ge=1, le=65535)
    panel: str | None = Field(default=None, pattern=r"^([1-9]\d{0,3}x[1-9]\d{0,3})?$")
    bind: list[Bind] | None = None


def load_answers(file: Path) -> Loaded[Answers]:
    """A file of answers. Raises SettingsError."""
    return load(file, Answers)
