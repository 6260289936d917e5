"""Under which licence an installed library is, as far as it says so itself."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distribution

PERMISSIVE = r"MIT|0BSD|BSD|Apache|ISC|PSF|Python Software Foundation|Zlib|CC0|HPND|Unlicense"
LIBRARY = r"LGPL|Lesser General Public|MPL|Mozilla Public"
"""Used unchanged, as libraries: what they ask for is that they can be exchanged, which a Python package can."""

ACCEPTED = re.compile(f"{PERMISSIVE}|{LIBRARY}", re.IGNORECASE)
REFUSED = re.compile(r"(?<![lL])(?<!Lesser )\b(?:A?GPL|GNU (?:Affero )?General Public)|SSPL|Commons Clause|Proprietary")
_TEXTS = {"MIT": "Permission is hereby granted, free of charge", "Apache-2.0": "Apache License"}


def licence_of(name: str) -> str:
    """Its expression, its classifiers, its field, or what its licence's text is; "" when it says nothing."""
    installed = distribution(name)
    told = installed.metadata
    classified = [each.rpartition(":: ")[2] for each in told.get_all("Classifier") or [] if each.startswith("License")]
    field = _field(installed, "License").partition("\n")[0]
    return _field(installed, "License-Expression") or ", ".join(classified) or field or _by_text(installed)


def is_accepted(licence: str) -> bool:
    """Whether a hall may use, change and pass on the product with it."""
    return bool(ACCEPTED.search(licence)) and not REFUSED.search(licence)


def _field(installed: Distribution, name: str) -> str:
    return str((installed.metadata.get_all(name) or [""])[0])


def _by_text(installed: Distribution) -> str:
    for file in installed.files or []:
        if "LICEN" in file.name.upper():
            text = file.read_text()
            for licence, begin in _TEXTS.items():
                if begin in text:
                    return licence
    return ""
