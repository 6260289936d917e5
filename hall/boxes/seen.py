"""What the hall knows of one box, and what a person has to do about it. Pure.

| what is known                            | what is said          | ready | worst    |
|------------------------------------------|-----------------------|-------|----------|
| nothing since the hall began, just now   | *not-heard-yet*       | no    | warning  |
| … and for longer than boxes need         | *not-heard*           | no    | error    |
| it was here and is not any more          | *gone*                | no    | error    |
| two machines under its name              | *identity-twice*      | no    | error    |
| another program than the hall's          | *contract-differs*    | no    | error    |
| set to another mode than the hall        | *wrong-mode*          | no    | error    |
| here, and silent about itself            | *says-nothing*, and   | no    | warning, |
|                                          | its devices as stored |       | error    |
| it said how it is                        | what it said          | as it | as it    |
|                                          |                       | said  | said     |
| … and that something is broken           | what it said          | no    | error    |
| … and a technician has devices of it     | *in-maintenance*      | no    | warning  |
| two pasts of it were told today          | *forked*              | as it | warning  |
| the hall is recovering                   | *recovering*          | no    | warning  |
| … and waits for this one's first hello   | *awaited*             | no    | error    |
| … and was told not to wait for this one  | *absent*              | no    | warning  |

What is known of a box that is not here any more is old: its devices are not told then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from config.wording import LANGUAGES, both, room
from hall.boxes.conditions import FRESH_MS, REFUSALS, Told
from hall.contract.maintenance import Advice, Condition, Severity, Texts
from hall.store.reader import DeviceState

Does = Literal["kiosk", "windows", "voice", "board"]

BOOT_MS = 30_000
"""Boxes look for their hall at least every 8 s: after so long everyone that is switched on has found it."""

GRACE_MS = 5_000
"""A box that only changes its line is back within a second or two."""

CALM = frozenset({"", "simulated", "starting", "card-present", "in-maintenance"})
"""Keywords that nobody has to go and see to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One box at one moment. ``here_ms``: since it last spoke or listened; ``up_ms``: since the hall began."""

    box: str
    does: tuple[Does, ...] = ()
    connected: bool = False
    heard_ms: int | None = None
    here_ms: int | None = None
    up_ms: int = BOOT_MS + 1
    refusal: str = ""
    forked: bool = False
    recovering: bool = False
    awaited: bool = False
    absent: bool = False
    devices: tuple[DeviceState, ...] = ()
    told: Told | None = None

    @property
    def here(self) -> bool:
        """Whether it is in reach."""
        return self.connected or (self.here_ms is not None and self.here_ms <= GRACE_MS)

    @property
    def condition(self) -> Condition | None:
        """What it said of itself, while that can be believed."""
        return self.told.condition if self.told and self.here and self.told.ago_ms <= FRESH_MS else None


def is_ready(seen: Seen) -> bool:
    """Whether all of it can work now, as far as box and hall know; what is not known is not ready."""
    condition = seen.condition
    known = condition is not None and condition.ready and not condition.leases and not _is_broken(condition)
    return known and not seen.recovering and seen.refusal not in REFUSALS


def _is_broken(condition: Condition) -> bool:
    return any(advice.severity == "error" for advice in condition.advice)


def needs_of(seen: Seen) -> list[Advice]:
    """What a person has to do there, worst first."""
    needs = [*_of_the_hall(seen), *_of_the_box(seen)]
    return sorted(needs, key=lambda need: RANK[need.severity])


RANK: dict[Severity, int] = {"error": 0, "warning": 1, "report": 2}


def _of_the_hall(seen: Seen) -> list[Advice]:
    needs = []
    if seen.refusal in REFUSALS:
        needs.append(_say(seen, seen.refusal, "error"))
    elif not seen.here:
        needs.append(_silence(seen))
    if seen.recovering:
        needs.append(_recovery(seen))
    if seen.forked:
        needs.append(_say(seen, "forked", "warning"))
    return needs


def _silence(seen: Seen) -> Advice:
    if seen.here_ms is not None:
        return _say(seen, "gone", "error")
    return _say(seen, "not-heard-yet", "warning") if seen.up_ms <= BOOT_MS else _say(seen, "not-heard", "error")


def _recovery(seen: Seen) -> Advice:
    if seen.awaited:
        return _say(seen, "awaited", "error")
    return _say(seen, "absent" if seen.absent else "recovering", "warning")


def _of_the_box(seen: Seen) -> list[Advice]:
    if not seen.here or seen.refusal in REFUSALS:
        return []
    condition = seen.condition
    if condition is None:
        return [_say(seen, "says-nothing", "warning"), *_stored(seen)]
    needs = [*condition.advice]
    if condition.leases:
        needs.append(_maintained(seen, condition))
    elif not condition.ready and not condition.advice:
        needs.append(_say(seen, "not-ready", "error"))
    return needs


def _maintained(seen: Seen, condition: Condition) -> Advice:
    who = "、".join(sorted({lease.who for lease in condition.leases}))
    devices = " ".join(sorted({device for lease in condition.leases for device in lease.devices}))
    return _say(seen, "in-maintenance", "warning", who=who, devices=devices or "–")


def _stored(seen: Seen) -> list[Advice]:
    """Its devices as it told them in facts, some time ago: better than nothing, and said to be that."""
    return [
        Advice(
            device=device.name,
            fault=keywords[0],
            severity="error" if device.phase == "stopped" else "warning",
            what=_named(device.name, keywords),
            mend=both("boxes", "device-mend"),
            until=_until(seen),
        )
        for device in seen.devices
        if (keywords := [word for word in device.reasons.split(",") if word not in CALM])
    ]


def _named(name: str, keywords: list[str]) -> Texts:
    reasons = [_reason(keyword) for keyword in keywords]
    said = {tag: ("；" if tag == LANGUAGES[0] else "; ").join(each[tag] for each in reasons) for tag in LANGUAGES}
    return {tag: both("boxes", "device-what", device=name, reasons=said[tag])[tag] for tag in LANGUAGES}


def _reason(keyword: str) -> Texts:
    known = keyword in room("reason", LANGUAGES[0])
    return both("reason", keyword) if known else both("reason", "unknown", keyword=keyword)


def _say(seen: Seen, fault: str, severity: Severity, **fields: str) -> Advice:
    """Advice of the hall's own, of the whole box."""
    what, mend = (both("boxes", f"{fault}-{part}", box=seen.box, **fields) for part in ("what", "mend"))
    return Advice(device="", fault=fault, severity=severity, what=what, mend=mend, until=_until(seen))


def _until(seen: Seen) -> Texts:
    """What carries the hall meanwhile, by what the box is there for."""
    return both("boxes", f"until-{seen.does[0] if seen.does else 'other'}")
