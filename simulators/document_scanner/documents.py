"""The scanner's own XML (eSCL 2.63): what it says of itself, and what a client wants of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree

SCAN = "{http://schemas.hp.com/imaging/escl/2011/05/03}"
PWG = "{http://www.pwg.org/schemas/2010/12/sm}"
ElementTree.register_namespace("scan", SCAN.strip("{}"))
ElementTree.register_namespace("pwg", PWG.strip("{}"))
VERSION = "2.63"
RESOLUTIONS = (75, 100, 150, 200, 300, 600)
MODES = ("BlackAndWhite1", "Grayscale8", "RGB24")
FORMATS = ("application/pdf", "image/jpeg")
GLASS = (2550, 3508)
FEEDER = (2550, 4200)
"""Width and height in 1/300 inch."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The ScanSettings of a job. Lengths in 1/300 inch."""

    source: str
    mode: str
    dpi: int
    width: int
    height: int
    left: int
    top: int
    duplex: bool
    document_format: str


@dataclass(frozen=True, slots=True)
class Told:
    """A job as ScannerStatus tells it."""

    uri: str
    state: str
    reason: str
    images: int


def capabilities(model: str, serial: str, *, feeder: bool) -> bytes:
    """ScannerCapabilities."""
    root = ElementTree.Element(f"{SCAN}ScannerCapabilities")
    _add(root, PWG, ("Version", VERSION), ("MakeAndModel", model), ("SerialNumber", serial))
    platen = ElementTree.SubElement(root, f"{SCAN}Platen")
    _source(platen, "PlatenInputCaps", GLASS)
    if feeder:
        adf = ElementTree.SubElement(root, f"{SCAN}Adf")
        _source(adf, "AdfSimplexInputCaps", FEEDER)
        _source(adf, "AdfDuplexInputCaps", FEEDER)
        _add(adf, SCAN, ("FeederCapacity", "50"))
        chosen = ElementTree.SubElement(adf, f"{SCAN}AdfOptions")
        _add(chosen, SCAN, ("AdfOption", "DetectPaperLoaded"), ("AdfOption", "Duplex"))
    return _written(root)


def status(state: str, adf: str, jobs: Iterable[Told]) -> bytes:
    """ScannerStatus; ``adf`` "" where there is no feeder."""
    root = ElementTree.Element(f"{SCAN}ScannerStatus")
    _add(root, PWG, ("Version", VERSION), ("State", state))
    if adf:
        _add(root, SCAN, ("AdfState", adf))
    listed = ElementTree.SubElement(root, f"{SCAN}Jobs")
    for job in jobs:
        info = ElementTree.SubElement(listed, f"{SCAN}JobInfo")
        _add(info, PWG, ("JobUri", job.uri), ("ImagesCompleted", str(job.images)), ("JobState", job.state))
        reasons = ElementTree.SubElement(info, f"{PWG}JobStateReasons")
        _add(reasons, PWG, ("JobStateReason", job.reason))
    return _written(root)


def wish(data: bytes) -> Wish:
    """From ScanSettings. Raises ValueError for what this scanner cannot do."""
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 # a simulator's clients are ours
    except ElementTree.ParseError as error:
        raise ValueError(f"no XML: {error}") from None
    if root.tag != f"{SCAN}ScanSettings":
        raise ValueError("no ScanSettings")
    region = f"{PWG}ScanRegions/{PWG}ScanRegion/{PWG}"
    if root.findtext(f"{region}ContentRegionUnits") != "escl:ThreeHundredthsOfInches":
        raise ValueError("lengths in an unknown unit")
    asked = Wish(
        root.findtext(f"{PWG}InputSource", ""),
        root.findtext(f"{SCAN}ColorMode", ""),
        int(root.findtext(f"{SCAN}XResolution", "0")),
        int(root.findtext(f"{region}Width", "0")),
        int(root.findtext(f"{region}Height", "0")),
        int(root.findtext(f"{region}XOffset", "0")),
        int(root.findtext(f"{region}YOffset", "0")),
        root.findtext(f"{SCAN}Duplex", "false") == "true",
        root.findtext(f"{SCAN}DocumentFormatExt", "") or root.findtext(f"{PWG}DocumentFormat", ""),
    )
    _check(asked, root.findtext(f"{SCAN}YResolution", "0"))
    return asked


def _check(asked: Wish, y_resolution: str) -> None:
    if asked.source not in ("Platen", "Feeder") or asked.mode not in MODES or asked.document_format not in FORMATS:
        raise ValueError("a source, mode or format that there is not")
    if asked.dpi not in RESOLUTIONS or str(asked.dpi) != y_resolution:
        raise ValueError("a resolution that there is not")
    width, height = GLASS if asked.source == "Platen" else FEEDER
    inside = 0 < asked.width <= width - asked.left and 0 < asked.height <= height - asked.top
    if not inside or min(asked.left, asked.top) < 0:
        raise ValueError("a region that lies beside the glass")


def _source(parent: ElementTree.Element, name: str, size: tuple[int, int]) -> None:
    caps = ElementTree.SubElement(parent, f"{SCAN}{name}")
    _add(caps, SCAN, ("MinWidth", "16"), ("MaxWidth", str(size[0])), ("MinHeight", "16"), ("MaxHeight", str(size[1])))
    profiles = ElementTree.SubElement(caps, f"{SCAN}SettingProfiles")
    profile = ElementTree.SubElement(profiles, f"{SCAN}SettingProfile")
    _add(ElementTree.SubElement(profile, f"{SCAN}ColorModes"), SCAN, *(("ColorMode", mode) for mode in MODES))
    formats = ElementTree.SubElement(profile, f"{SCAN}DocumentFormats")
    _add(formats, PWG, *(("DocumentFormat", each) for each in FORMATS))
    _add(formats, SCAN, *(("DocumentFormatExt", each) for each in FORMATS))
    resolutions = ElementTree.SubElement(profile, f"{SCAN}SupportedResolutions")
    discrete = ElementTree.SubElement(resolutions, f"{SCAN}DiscreteResolutions")
    for dpi in RESOLUTIONS:
        one = ElementTree.SubElement(discrete, f"{SCAN}DiscreteResolution")
        _add(one, SCAN, ("XResolution", str(dpi)), ("YResolution", str(dpi)))


def _add(parent: ElementTree.Element, space: str, *rows: tuple[str, str]) -> None:
    for name, text in rows:
        ElementTree.SubElement(parent, f"{space}{name}").text = text


def _written(root: ElementTree.Element) -> bytes:
    written: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written
