"""Settings of a box: which hall it belongs to, which lines it owns, which devices hang on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from config.box_checks import box_problems
from config.box_checks import port_of as port_of
from config.hall_drop_in import sources_of
from config.loader import Loaded, Section, load_sources
from config.pairing import Pairing
from config.ports import SOUND
from config.problem import SettingsError
from config.wording.packs import Pack, load_packs

Mode = Literal["live", "demo", "drill"]

PIN_LINE = r"^(scrypt:[0-9a-f]{32}:[0-9a-f]{64})?$"
FIRST_LANGUAGE = ("zh-CN",)
SECOND_LANGUAGES = ("none", "en", "yue")
"""What calls are spoken in after Mandarin (``yue``: Cantonese)."""


class Box(Section):
    """The box itself. ``name`` is the common name of its certificate; the hall's settings know it by that.

    ``mode``: live, or demo or drill, which the hall never mixes with it. ``data`` is the folder of its journal.
    Pages are served on 127.0.0.1:``port``. ``mark`` tells outside of ``data`` where the journal ended, so that an old
    copy is noticed; beside ``data`` unless it is given.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")
    mode: Mode = "live"
    port: int = Field(ge=1, le=65535)
    data: Path
    mark: Path | None = None
    wording: Path | None = None
    """A folder of language packs (config.wording.packs)."""
    frame_ancestors: list[str] = []
    """Origins that may show the pages in a frame; only outside live mode."""


class HallLink(Section):
    """Where the hall is, and the files that prove each to the other. ``url``: https, its name or address and port.

    ``ca``: the certificate that the hall's own must be signed with. ``certificate``, ``key``: this box's own.
    ``settings_key``: the line that `yichuang ca settings-key` prints, the public part of the key that the hall signs
    settings with; "" for a box that takes none from its hall.
    """

    url: str = Field(pattern=r"^https://[^/]+$")
    ca: Path
    certificate: Path
    key: Path
    settings_key: str = Field(default="", pattern=r"^([A-Za-z0-9+/]{43}=)?$")


class Kiosk(Section):
    """A box with this section serves a kiosk page. ``signing_key`` signs the QR code of its slips (Ed25519, PEM).

    ``idle_seconds``: after so long without a touch the page begins anew.
    ``busy_minutes``: from so long a wait on the page says that many are waiting. ``screen_mm``, ``bottom_mm``: the
    screen's height, and its lower edge above the floor: what can be reached from a wheelchair follows from them.
    ``headphone``: the speaker that only whoever wears it hears, with an access keypad the way to use the kiosk by ear.
    It calls nobody. ``slip_at``: where the slip comes out, for those who feel for it.
    """

    signing_key: Path
    idle_seconds: int = Field(default=60, ge=10, le=600)
    busy_minutes: int = Field(default=30, ge=5, le=480)
    screen_mm: int = Field(default=700, ge=100, le=2000)
    bottom_mm: int = Field(default=750, ge=0, le=1200)
    staff_code: str = Field(default="", pattern=PIN_LINE)
    """Opens 换纸: the line that `yichuang pin` prints for this kiosk's code; "" for a kiosk without."""
    headphone: str = ""
    slip_at: Literal["right", "left", "below", "above", "front"] = "front"


class Board(Section):
    """A box with this section serves a hall board. Which zones it shows is the hall's to say (its ``[[box]]``)."""


class Entrance(Section):
    """A box with this section serves the entrance screen and the query page. ``idle_seconds``: of the query page.

    ``dwell_seconds``: how long the entrance screen shows each of its pages.
    """

    idle_seconds: int = Field(default=60, ge=10, le=600)
    dwell_seconds: int = Field(default=12, ge=5, le=120)


class Cards(Section):
    """What the notice before a card is read says, and how long the clerk's page keeps what was read: ``keep_seconds``.

    ``purpose``, ``purpose_en``: why cards are read here, as the end of a sentence; the product's own words where it is
    empty.
    """

    purpose: str = Field(default="", max_length=60)
    purpose_en: str = Field(default="", max_length=120)
    keep_seconds: int = Field(default=120, ge=20, le=600)


class Phrase(Section):
    """A sentence ``zh`` that clerks may show on the customer screen. ``en``: empty where it has only Chinese."""

    zh: str = Field(min_length=1, max_length=60)
    en: str = Field(default="", max_length=120)


class Counter(Section):
    """What the customer screens at the windows of this box show.

    ``photos``: a folder with the clerks' photos for the name-plate, ``STAFF_NO.jpg`` or ``.png``. ``phrase``: the
    hall's own sentences, after the product's.
    """

    photos: Path | None = None
    phrase: list[Phrase] = Field(default=[], max_length=40)


class Missed(Section):
    """When the clerk's page says that whoever was called may be missed (过号): advice, nothing is refused.

    ``seconds``: after an announcement is shown and spoken. ``calls``: announcements before the ticket is missed.
    """

    seconds: int = Field(default=20, ge=5, le=300)
    calls: int = Field(default=3, ge=1, le=9)


class Voice(Section):
    """How this box calls aloud. ``second``: the language after Mandarin, for as long as few wait to be called."""

    second: str = "en"

    @field_validator("second")
    @classmethod
    def _is_spoken(cls, second: str) -> str:
        if second not in SECOND_LANGUAGES:
            remedy = f"give one of {', '.join(SECOND_LANGUAGES)}; Mandarin always comes first"
            raise ValueError(f"nothing here speaks {second!r} → {remedy}")
        return second

    @property
    def languages(self) -> tuple[str, ...]:
        """In the order in which they are spoken."""
        return FIRST_LANGUAGE if self.second == "none" else (*FIRST_LANGUAGE, self.second)


class Window(Section):
    """One counter served by this box, by its ``number`` in the hall.

    ``headphone``: the speaker on which, with an access keypad, one rates by ear.
    """

    number: int = Field(ge=1, le=999)
    headphone: str = ""


class Line(Section):
    """One port and what is common to all on it. ``name``: devices name it so in their ``line``.

    ``baud``: bits a second, of a serial port only. ``quiet_ms``: silence between frames to different devices.
    ``simulated``: no real device is there; never in live mode.

    ``port``: the path of a serial port; ``tcp:ADDRESS:PORT`` of a device on the network, or ``udp:``; USB,
    ``usb:0400:c35a`` or ``usb:class-07``, with ``@1-2.3`` its socket; ``input:`` and the by-path link of a keypad's
    event node, or ``phys:`` and its socket; ``pcsc:NAME`` of a reader of smart cards, by the beginning of its name or
    its place, from 0; ``ipp://ADDRESS:631/ipp/print`` of an office printer, or ``ipps:``; ``sound:NAME`` of an ALSA
    device (``default``, ``plughw:CARD=PCH``, ``pulse``), or the path of a WAV file; of a scanner ``sane:MAKER MODEL``
    or ``http://ADDRESS/eSCL``; of a document camera ``v4l2:/dev/v4l/by-path/…`` or ``folder:PATH``.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    port: str = Field(min_length=1)
    baud: int = Field(default=9600, ge=300, le=1_000_000)
    quiet_ms: int = Field(default=20, ge=0, le=1000)
    simulated: bool = False


class Device(Section):
    """One device. ``name``: what people call it. ``model``: its driver, as `yichuang probe` names it.

    ``line``: the name of the one it hangs on. ``address``: its own on that line, where the line carries several.
    ``window``: the counter it serves; left out, it serves the whole box. ``options`` are the driver's own, and checked
    by it.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    model: str
    line: str
    address: int | None = Field(default=None, ge=0, le=0xFFFF)
    window: int | None = None
    options: dict[str, Any] = {}


class BoxSettings(Section):
    """A whole box.

    ``kiosk``, ``board``, ``entrance``: the pages it has. ``window``, ``line``, ``device``: whom it serves, with what.
    ``pairing``: where clerks' own PCs reach its windows.
    """

    box: Box
    hall: HallLink
    kiosk: Kiosk | None = None
    board: Board | None = None
    entrance: Entrance | None = None
    cards: Cards = Cards()
    counter: Counter = Counter()
    voice: Voice = Voice()
    missed: Missed = Missed()
    pairing: Pairing | None = None
    window: list[Window] = []
    line: list[Line] = []
    device: list[Device] = []

    @model_validator(mode="after")
    def _serves_somebody(self) -> BoxSettings:
        pages = (self.kiosk, self.board, self.entrance)
        if not any(page is not None for page in pages) and not self.window and not self._calls_aloud():
            remedy = "add [kiosk], [board], [entrance], at least one [[window]], or a speaker of a zone"
            raise ValueError(f"the box serves nobody → {remedy}")
        return self

    @property
    def headphones(self) -> frozenset[str]:
        """Names of the speakers that speak to one person alone, and never to a hall."""
        named = {window.headphone for window in self.window} | ({self.kiosk.headphone} if self.kiosk else set())
        return frozenset(named - {""})

    def _calls_aloud(self) -> bool:
        """Whether it has a speaker: with nothing else it calls for the zone that the hall's settings give it."""
        sounding = {line.name for line in self.line if line.port.startswith(SOUND)}
        return any(device.line in sounding and device.name not in self.headphones for device in self.device)


def load_box(file: Path, *, home: Path | None = None, offered: str | None = None) -> Loaded[BoxSettings]:
    """Read a box's settings, its drop-ins and what its hall has signed (config.hall_drop_in).

    ``home``: where a copy's relative paths start; ``offered``: what the hall's drop-in would say. Raises SettingsError
    naming file, line and remedy of everything wrong.
    """
    loaded = load_sources(sources_of(file, home=home, offered=offered), BoxSettings, home or file.parent)
    problems = box_problems(loaded)
    if problems:
        raise SettingsError(problems)
    return loaded


def packs_of(loaded: Loaded[BoxSettings]) -> list[Pack]:
    """The further languages of this box's pages. Raises SettingsError."""
    folder = loaded.values.box.wording
    return load_packs(loaded.beside(folder)) if folder else []
