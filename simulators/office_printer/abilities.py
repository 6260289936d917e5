"""What the simulated office printer says of itself."""

from __future__ import annotations

from collections.abc import Sequence

from simulators.office_printer import ipp
from simulators.office_printer.ipp import Table, words

FORMATS = ("application/pdf", "image/pwg-raster")
URI = "ipp://printer/ipp/print"
MEDIA = "iso_a4_210x297mm"
SOURCES = ("tray-1", "tray-2")
"""The second holds the hall's numbered sheets."""
_SIZE: Table = {"x-dimension": [(ipp.INTEGER, 21000)], "y-dimension": [(ipp.INTEGER, 29700)]}


def attributes(
    state: int, reasons: list[str], accepting: bool, operations: list[int], queued: int, formats: Sequence[str]
) -> Table:
    """Everything that Get-Printer-Attributes may ask for (RFC 8011 §5.4: what a printer must say, and what we use)."""
    return {
        **words("charset-configured", "utf-8", tag=ipp.CHARSET),
        **words("charset-supported", "utf-8", "us-ascii", tag=ipp.CHARSET),
        **words("natural-language-configured", "en", tag=ipp.LANGUAGE),
        **words("generated-natural-language-supported", "en", tag=ipp.LANGUAGE),
        **words("compression-supported", "none"),
        **words("pdl-override-supported", "attempted"),
        **words("printer-uri-supported", URI, tag=ipp.URI),
        **words("uri-security-supported", "none"),
        **words("printer-more-info", "http://printer/", tag=ipp.URI),
        **words("printer-info", "simulated", tag=ipp.TEXT),
        **words("printer-location", "", tag=ipp.TEXT),
        "printer-up-time": [(ipp.INTEGER, 1)],
        "media-col-default": [
            (ipp.BEGIN, {"media-size": [(ipp.BEGIN, _SIZE)], **words("media-source", SOURCES[0])}),
        ],
        "printer-state": [(ipp.ENUM, state)],
        **words("printer-state-reasons", *reasons),
        "printer-is-accepting-jobs": [(ipp.BOOLEAN, accepting)],
        "queued-job-count": [(ipp.INTEGER, queued)],
        "operations-supported": [(ipp.ENUM, operation) for operation in operations],
        **words("document-format-supported", *formats, tag=ipp.MIME),
        **words("document-format-default", formats[0], tag=ipp.MIME),
        **words("ipp-versions-supported", "1.1", "2.0"),
        **words("media-supported", MEDIA),
        **words("media-ready", MEDIA),
        **words("media-default", MEDIA),
        **words("media-source-supported", *SOURCES),
        "media-col-ready": [
            (ipp.BEGIN, {"media-size": [(ipp.BEGIN, _SIZE)], **words("media-source", source)}) for source in SOURCES
        ],
        **words("sides-supported", "one-sided"),
        "copies-supported": [(ipp.RANGE, (1, 99))],
        "pwg-raster-document-resolution-supported": [(ipp.RESOLUTION, (dpi, dpi, 3)) for dpi in (300, 600)],
        **words("pwg-raster-document-type-supported", "black_1"),
        **words("printer-make-and-model", "Yichuang Simulated Office Printer", tag=ipp.TEXT),
        **words("printer-firmware-string-version", "1.0", tag=ipp.TEXT),
        **words("uri-authentication-supported", "none"),
        **words("printer-name", "office-printer", tag=ipp.NAME),
    }
