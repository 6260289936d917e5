"""eSCL (Mopria; protocols/document-scanners.md §4): what a driverless scanner says in XML, and what it is told.

Names are found without their namespaces: devices disagree on those. Lengths are in 1/300 inch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from drivers.contract import (
    FEEDER_EMPTY,
    FEEDER_JAM,
    OFFLINE,
    SCANNER_BUSY,
    SCANNER_COVER_OPEN,
    Area,
    Colour,
    Garbled,
    Phase,
    Reason,
    Source,
    State,
)

SCAN = "http://schemas.hp.com/imaging/escl/2011/05/03"
PWG = "http://www.pwg.org/schemas/2010/12/sm"
MOST_XML = 1 << 20
UNITS_PER_MM = 300 / 25.4
JPEG, PNG = "image/jpeg", "image/png"
COLOUR_MODES = {Colour.COLOUR: "RGB24", Colour.GREY: "Grayscale8", Colour.BLACK_WHITE: "BlackAndWhite1"}
_CAPS = {
    Source.FLATBED: "PlatenInputCaps",
    Source.FEEDER: "AdfSimplexInputCaps",
    Source.DUPLEX: "AdfDuplexInputCaps",
}
_ADF: Mapping[str, Reason] = {
    "ScannerAdfEmpty": FEEDER_EMPTY,
    "ScannerAdfJam": FEEDER_JAM,
    "ScannerAdfMispick": FEEDER_JAM,
    "ScannerAdfMultipickDetected": FEEDER_JAM,
    "ScannerAdfDuplexPageTooShort": FEEDER_JAM,
    "ScannerAdfDuplexPageTooLong": FEEDER_JAM,
    "ScannerAdfInputTrayFailed": FEEDER_JAM,
    "ScannerAdfInputTrayOverloaded": FEEDER_JAM,
    "ScannerAdfHatchOpen": SCANNER_COVER_OPEN,
    "ScannerAdfDoorOpen": SCANNER_COVER_OPEN,  # not in the specification, but sent
}
"""AdfState → reason; Loaded, Processing and words nobody knows are none."""


@dataclass(frozen=True, slots=True)
class InputCaps:
    """What one source can do. ``resolutions`` it lists, or a range ``least`` … ``most`` of them."""

    width: int
    height: int
    modes: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    resolutions: tuple[int, ...] = ()
    least: int = 0
    most: int = 0

    def nearest(self, dpi: int) -> int:
        """The next resolution upwards, else the highest."""
        if self.resolutions:
            return next((one for one in sorted(self.resolutions) if one >= dpi), max(self.resolutions))
        return min(max(dpi, self.least), self.most) if self.most else dpi


@dataclass(frozen=True, slots=True)
class Capabilities:
    """ScannerCapabilities."""

    version: str
    model: str
    serial: str
    inputs: Mapping[Source, InputCaps]


@dataclass(frozen=True, slots=True)
class Job:
    """One JobInfo of a ScannerStatus. ``uri`` as the device writes it."""

    uri: str
    state: str
    reasons: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ScannerStatus:
    """``state``: Idle, Processing, Testing, Stopped, Down. ``adf``: "" where there is no feeder."""

    state: str
    adf: str = ""
    jobs: tuple[Job, ...] = ()

    def condition(self) -> State:
        """The same in the contract's words."""
        reasons = frozenset(() if self.adf_reason is None else (self.adf_reason,))
        if self.state in ("Stopped", "Down"):
            return State.of(*(reasons - {FEEDER_EMPTY} or {OFFLINE}))
        if self.state in ("Processing", "Testing"):
            return State(Phase.PROCESSING, True, reasons | {SCANNER_BUSY})
        return State.of(*reasons)

    @property
    def adf_reason(self) -> Reason | None:
        """What keeps the feeder from feeding."""
        return _ADF.get(self.adf)

    @property
    def loaded(self) -> bool:
        """Whether paper lies in the feeder; NAPS2 spells it otherwise."""
        return self.adf in ("ScannerAdfLoaded", "ScannedAdfLoaded")

    def job(self, path: str) -> Job | None:
        """The job at this path."""
        return next((job for job in self.jobs if urlsplit(job.uri).path.rstrip("/") == path), None)


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """What a job is told. ``source`` Platen or Feeder."""

    version: str
    source: str
    mode: str
    dpi: int
    width: int
    height: int
    left: int = 0
    top: int = 0
    duplex: bool = False
    document_format: str = field(default=JPEG)

    def encode(self) -> bytes:
        """As XML. The format stands there twice: devices before version 2.1 know the older element alone."""
        rows = [
            f"<pwg:Version>{escape(self.version)}</pwg:Version>",
            "<pwg:ScanRegions><pwg:ScanRegion>",
            "<pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>",
            f"<pwg:Height>{self.height}</pwg:Height><pwg:Width>{self.width}</pwg:Width>",
            f"<pwg:XOffset>{self.left}</pwg:XOffset><pwg:YOffset>{self.top}</pwg:YOffset>",
            "</pwg:ScanRegion></pwg:ScanRegions>",
            f"<pwg:InputSource>{self.source}</pwg:InputSource>",
            f"<scan:ColorMode>{self.mode}</scan:ColorMode>",
            f"<pwg:DocumentFormat>{self.document_format}</pwg:DocumentFormat>",
            f"<scan:DocumentFormatExt>{self.document_format}</scan:DocumentFormatExt>",
            f"<scan:XResolution>{self.dpi}</scan:XResolution><scan:YResolution>{self.dpi}</scan:YResolution>",
        ]
        if self.source == "Feeder":
            rows.append(f"<scan:Duplex>{'true' if self.duplex else 'false'}</scan:Duplex>")
        begin = f'<?xml version="1.0" encoding="UTF-8"?><scan:ScanSettings xmlns:scan="{SCAN}" xmlns:pwg="{PWG}">'
        return f"{begin}{''.join(rows)}</scan:ScanSettings>".encode()


def capabilities(data: bytes) -> Capabilities:
    """From ScannerCapabilities. Raises Garbled."""
    root = _root(data, "ScannerCapabilities")
    found = {source: root.find(f".//{{*}}{name}") for source, name in _CAPS.items()}
    inputs = {source: _input(each, root) for source, each in found.items() if each is not None}
    if not inputs:
        raise Garbled("a scanner without any source")
    return Capabilities(
        _text(root, "Version") or "2.0", _text(root, "MakeAndModel"), _text(root, "SerialNumber"), inputs
    )


def status(data: bytes) -> ScannerStatus:
    """From ScannerStatus. Raises Garbled."""
    root = _root(data, "ScannerStatus")
    state = _text(root, "State")
    if not state:
        raise Garbled("a ScannerStatus without State")
    return ScannerStatus(state, _text(root, "AdfState"), tuple(_job(each) for each in root.iterfind(".//{*}JobInfo")))


def settings_for(
    source: Source, colour: Colour, dpi: int, area: Area | None, able: Capabilities
) -> ScanSettings | None:
    """What a job is told, within what the device can; None when it has not this source, colour, format or place."""
    caps = able.inputs.get(source)
    mode = COLOUR_MODES[colour]
    if caps is None or (caps.modes and mode not in caps.modes):
        return None
    wanted = next((one for one in (JPEG, PNG) if one in caps.formats or not caps.formats), None)
    left, top = (_units(area.left), _units(area.top)) if area else (0, 0)
    width, height = (_units(area.width), _units(area.height)) if area else (caps.width, caps.height)
    width, height = min(width, caps.width - left), min(height, caps.height - top)
    if wanted is None or width <= 0 or height <= 0:
        return None
    place = "Platen" if source is Source.FLATBED else "Feeder"
    duplex = source is Source.DUPLEX
    return ScanSettings(able.version, place, mode, caps.nearest(dpi), width, height, left, top, duplex, wanted)


def job_path(location: str, asked: str) -> str:
    """Path of the job from a Location, which may be relative or name a host that is wrong. Raises Garbled."""
    try:
        path = urlsplit(urljoin(asked, location)).path.rstrip("/")
    except ValueError:
        path = ""
    if not path or not path.isascii() or not path.isprintable() or " " in path:
        raise Garbled("the scanner names no job")
    return path


def _units(millimetres: float) -> int:
    return round(millimetres * UNITS_PER_MM)


def _root(data: bytes, name: str) -> ElementTree.Element:
    if len(data) > MOST_XML or b"\0" in data or b"<!" in data.replace(b"<!--", b""):  # entities could grow without end
        raise Garbled(f"no {name}, or one that is too long")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 # no entity is declared, see above
    except (ElementTree.ParseError, ValueError, LookupError):
        raise Garbled(f"{name} is no XML") from None
    if root.tag.rpartition("}")[2] != name:
        raise Garbled(f"{root.tag.rpartition('}')[2][:40]} in place of {name}")
    return root


def _text(element: ElementTree.Element, name: str) -> str:
    return (element.findtext(f".//{{*}}{name}") or "").strip()


def _texts(element: ElementTree.Element, *names: str) -> Iterator[str]:
    for name in names:
        yield from ((each.text or "").strip() for each in element.iterfind(f".//{{*}}{name}"))


def _number(element: ElementTree.Element, name: str) -> int:
    """0 where it does not stand there."""
    return _whole(_text(element, name) or "0")


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise Garbled("a number that is none")
    return int(text)


def _input(caps: ElementTree.Element, root: ElementTree.Element) -> InputCaps:
    width, height = _number(caps, "MaxWidth"), _number(caps, "MaxHeight")
    if not (width and height):
        raise Garbled("a source without a size")
    profiles = caps if caps.find(".//{*}ColorMode") is not None else root  # profiles of all may stand at the root
    across = caps.find(".//{*}XResolutionRange")
    return InputCaps(
        width,
        height,
        frozenset(_texts(profiles, "ColorMode")),
        frozenset(_texts(profiles, "DocumentFormat", "DocumentFormatExt")),
        tuple(
            sorted(
                {
                    _whole(text)
                    for one in profiles.iterfind(".//{*}DiscreteResolution")
                    for text in _texts(one, "XResolution")
                }
            )
        ),
        _number(across, "Min") if across is not None else 0,
        _number(across, "Max") if across is not None else 0,
    )


def _job(info: ElementTree.Element) -> Job:
    return Job(_text(info, "JobUri"), _text(info, "JobState"), frozenset(_texts(info, "JobStateReason")))
