"""A finding in the words of the wording room ``advice``, in every language, with all its fields filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from config.wording import LANGUAGES, room, say
from device.advice.finding import Finding, Until
from device.advice.known import KnownBox
from hall.contract.maintenance import Advice, Texts

ROOM = "advice"


def worded(box: KnownBox, finding: Finding, until: Iterable[Until]) -> Advice:
    """The advice. A fault that has no sentence is told by its keyword, with what always helps: look, check again."""
    fault = finding.fault if f"{finding.fault}-what" in room(ROOM, LANGUAGES[0]) else "unknown"
    carriers = tuple(until)
    return Advice(
        device=finding.device.name if finding.device else "",
        fault=finding.fault,
        severity=finding.severity,
        what=_each(lambda language: say(ROOM, f"{fault}-what", language, **_fields(box, finding, language))),
        mend=_each(lambda language: say(ROOM, f"{fault}-mend", language, **_fields(box, finding, language))),
        until=_each(lambda language: _until(box, finding, carriers, language)),
        also=[device.name for device in finding.also],
    )


def _until(box: KnownBox, finding: Finding, carriers: tuple[Until, ...], language: str) -> str:
    fields = _fields(box, finding, language)
    sentences = [
        say(ROOM, f"until-{each.keyword}", language, **{**fields, **_spoken(each.fields, language)})
        for each in carriers
    ]
    return ("" if language == "zh-CN" else " ").join(sentences)


def _fields(box: KnownBox, finding: Finding, language: str) -> dict[str, Any]:
    """Whatever a sentence of the room may name."""
    whole: dict[str, Any] = {
        "box": box.box,
        "url": box.url,
        "fault": finding.fault,
        "days": box.certificate_days,
        "free_mb": (box.free_bytes or 0) // (1024 * 1024),
        "off_s": abs(box.off_ms or 0) // 1000,
        "where": _where(box, finding, language),
        "because": box.refusal,
    }
    if finding.device is not None:
        device = finding.device
        line = box.line_of(device)
        whole |= {
            "device": device.name,
            "model": device.model,
            "line": device.line,
            "port": device.port,
            "baud": line.baud,
            "address": "–" if device.address is None else device.address,
            "window": device.window,
            "all": [device.name, *(each.name for each in finding.also)],
        }
    return _spoken({**whole, **finding.fields}, language)


def _where(box: KnownBox, finding: Finding, language: str) -> str:
    window = finding.device.window if finding.device else None
    if window is not None:
        return say(ROOM, "at-window", language, window=window)
    return say(ROOM, "at-kiosk" if box.kiosk else "at-box", language, box=box.box)


def _spoken(fields: Any, language: str) -> dict[str, Any]:
    """Lists as the language strings them together."""
    between = "、" if language == "zh-CN" else ", "
    return {
        name: between.join(map(str, value)) if isinstance(value, (list, tuple)) else value
        for name, value in fields.items()
    }


def _each(text: Callable[[str], str]) -> Texts:
    texts = {language: text(language) for language in LANGUAGES}
    return {language: text[:1].upper() + text[1:] for language, text in texts.items()}
