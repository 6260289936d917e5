"""The customer screens of a counter: the page that faces the citizen, one a window."""

from __future__ import annotations

from collections.abc import Mapping

from config.wording import LANGUAGES, room
from device.api.customer import CustomerCalls
from device.api.page import window_page
from device.flows.customer import CustomerDesk
from device.flows.serve import WindowDesk
from device.roles.box import Box, Role
from device.sessions import Sessions
from hall.contract import Said


def customer_screens(
    box: Box, windows: Mapping[int, WindowDesk], sessions: Sessions
) -> tuple[Role, dict[int, CustomerDesk]]:
    """Pages, calls and what keeps them, and the desks by window."""
    settings = box.loaded.values.counter
    photos = box.loaded.beside(settings.photos) if settings.photos else None
    phrases = [*product_phrases(), *(Said(zh=phrase.zh, en=phrase.en) for phrase in settings.phrase)]
    desks = {number: CustomerDesk(desk, box.lookup, photos, phrases) for number, desk in windows.items()}
    calls = CustomerCalls(desks, box.link, box.desired, box.help_desk, sessions, box.streams, box.mode)
    role = Role(routes=[window_page("/customer/{n:int}", "customer", box.mode, [*windows]), *calls.routes()])
    for number, desk in desks.items():
        role.long_lived[f"customer screen of window {number}"] = desk.run
    return role, desks


def product_phrases() -> list[Said]:
    """What clerks say most, in the wording's order."""
    chinese, english = (room("phrases", language) for language in LANGUAGES)
    return [Said(zh=text, en=english[key]) for key, text in chinese.items()]
