"""Displays over TCP and UDP: each over four bad lines, cut off at each byte, and back again.

Whatever the network does, a text ends within its deadline, and what was acknowledged stands on the panel.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import Completion, DeviceFault, Garbled, Gone, Refused, Silent, Transport, WindowDisplay
from drivers.deadline import Deadline
from drivers.framing import Framer
from drivers.tcp_transport import TcpSettings, TcpTransport
from drivers.udp_transport import DATAGRAM_CAP, UdpSettings, UdpTransport
from drivers.window_display import cpower5200_codec as codec
from drivers.window_display.cpower5200 import CPower5200, CPowerSettings
from drivers.window_display.cpower5200_network import MOST, Network, Order
from drivers.window_display.onbon_bx5e import OnbonBitmapSettings, OnbonBx5e
from drivers.window_display.onbon_bx5k import OnbonBx5k, OnbonSettings
from simulators.displays import cpower_frame
from tests.drivers.displays import Panelled
from tests.drivers.line import WAYS, Way
from tests.drivers.tcp_device import listening
from tests.drivers.udp_device import UDP_WAYS, UdpWay, taking_datagrams

LIMIT = 5.0
Panels = Callable[..., Panelled]
TEXT = "A1"
PATIENT_MS = 1500
"""Card and driver share this loop: what stalls one of them stalls both, and is no silence."""
HASTY_MS = 40
"""Where bytes are lost on purpose."""


@dataclass(frozen=True)
class Model:
    """One driver with the simulated card that it is for."""

    name: str
    kind: str
    build: Callable[[int, Transport], WindowDisplay]

    def __str__(self) -> str:
        return self.name


FONT = Model("bx5k", "onbon-bx5k", lambda ms, line: OnbonBx5k(OnbonSettings(3, width=160, answer_ms=ms), line))
MODELS = [
    FONT,
    Model("bx5e", "onbon-bx5e", lambda ms, line: OnbonBx5e(OnbonBitmapSettings(3, width=16, answer_ms=ms), line)),
    Model(
        "cpower",
        "cpower5200-network",
        lambda ms, line: CPower5200(CPowerSettings(3, framing="network", answer_ms=ms), line),
    ),
]


@pytest.fixture(name="panelled")
def panelled_fixture() -> Iterator[Panels]:
    """Makes displays whose clocks are stopped at the end."""
    made: list[Panelled] = []

    def make(kind: str, **options: Any) -> Panelled:
        made.append(Panelled(kind, **options))
        return made[-1]

    yield make
    for card in made:
        card.display.close()


def connected(port: int) -> TcpTransport:
    return TcpTransport(TcpSettings("127.0.0.1", port))


async def shown(driver: WindowDisplay, seconds: float = 2.0) -> Completion | DeviceFault:
    """The outcome, in its time."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    try:
        return await driver.show(TEXT, Deadline.after(seconds))
    except DeviceFault as fault:
        return fault
    finally:
        assert loop.time() - begun < seconds + LIMIT


async def opened(driver: WindowDisplay) -> None:
    """As a cell does it: again where an answer was lost."""
    async with asyncio.timeout(4 * LIMIT):
        while True:
            try:
                await driver.open(Deadline.after(LIMIT))
            except (Silent, Garbled):
                continue
            return


@pytest.mark.wire
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", MODELS, ids=str)
async def test_a_text_acknowledged_over_tcp_stands_on_the_panel(model: Model, way: Way, panelled: Panels) -> None:
    for seed in range(3 if way == "lossy" else 1):
        card = panelled(model.kind)
        async with listening(card, way, seed) as device:
            driver = model.build(HASTY_MS if way == "lossy" else PATIENT_MS, connected(device.port))
            if way == "lossy":
                device._way = "whole"
            await opened(driver)
            device._way = way
            outcome = await shown(driver)
            if way != "lossy":
                assert isinstance(outcome, Completion)
            if isinstance(outcome, Completion):
                assert outcome.confirmed
                assert card.display.text == TEXT
            await driver.close()


@pytest.mark.wire
@pytest.mark.parametrize("model", MODELS, ids=str)
async def test_a_card_cut_off_at_any_byte_is_gone_in_time_and_works_again_once_it_listens(
    model: Model, panelled: Panels
) -> None:
    card = panelled(model.kind, think_seconds=0.0)
    async with listening(card) as device:
        driver = model.build(PATIENT_MS, connected(device.port))
        await opened(driver)
        device.carried = 0
        assert isinstance(await shown(driver), Completion)
        for position in range(device.carried):
            device.carried, device.cut_after = 0, position
            assert isinstance(await shown(driver), Gone)
            card.forget()
            device.be_back()
            await opened(driver)
        assert isinstance(await shown(driver), Completion)
        assert card.display.text == TEXT
        await driver.close()


@pytest.mark.wire
@pytest.mark.parametrize("way", UDP_WAYS)
async def test_a_text_acknowledged_over_udp_stands_on_the_panel(way: UdpWay, panelled: Panels) -> None:
    for seed in range(4 if way == "lossy" else 1):
        card = panelled(FONT.kind)
        async with taking_datagrams(card, way, seed) as device:
            driver = FONT.build(HASTY_MS if way == "lossy" else PATIENT_MS, datagrams(device.port))
            await opened(driver)
            outcome = await shown(driver)
            assert isinstance(outcome, Completion if way != "lossy" else (Completion, Silent))
            if isinstance(outcome, Completion):
                assert card.display.text == TEXT
            await driver.close()


def datagrams(port: int) -> UdpTransport:
    return UdpTransport(UdpSettings("127.0.0.1", port))


@pytest.mark.wire
@pytest.mark.parametrize("lost", ["question", "answer"])
async def test_a_lost_datagram_is_silence_and_the_next_one_works(lost: str, panelled: Panels) -> None:
    card = panelled(FONT.kind)
    async with taking_datagrams(card) as device:
        driver = FONT.build(HASTY_MS, datagrams(device.port))
        await opened(driver)
        if lost == "question":
            device.swallow = 1
        else:
            card.replies = [b""]
        assert isinstance(await shown(driver), Silent)
        async with asyncio.timeout(4 * LIMIT):  # a card and a driver in one busy loop may miss each other once more
            while not isinstance(await shown(driver), Completion):
                pass
        assert card.display.text == TEXT
        await driver.close()


@pytest.mark.wire
async def test_a_card_that_does_not_listen_for_datagrams_is_gone_and_works_again_once_it_does(panelled: Panels) -> None:
    card = panelled(FONT.kind)
    async with taking_datagrams(card) as device:
        driver = FONT.build(PATIENT_MS, datagrams(device.port))
        await opened(driver)
        device.lose_power()
        assert isinstance(await shown(driver), Gone)  # ICMP: nobody listens at that port
        device.be_back()
        await opened(driver)
        assert isinstance(await shown(driver), Completion)
        await driver.close()


@pytest.mark.wire
async def test_an_empty_datagram_says_nothing_and_ends_nothing(panelled: Panels) -> None:
    card = panelled(FONT.kind)
    async with taking_datagrams(card) as device:
        transport = datagrams(device.port)
        driver = FONT.build(PATIENT_MS, transport)
        await opened(driver)
        device.send(b"")
        device.send(b"\x01")
        assert await transport.read(Deadline.after(LIMIT)) == b"\x01"
        assert isinstance(await shown(driver), Completion)
        await driver.close()


@pytest.mark.wire
async def test_what_is_too_long_for_a_datagram_is_refused(panelled: Panels) -> None:
    async with taking_datagrams(panelled(FONT.kind)) as device:
        transport = datagrams(device.port)
        await transport.open(Deadline.after(LIMIT))
        with pytest.raises(Refused, match="TCP"):
            await transport.write(bytes(DATAGRAM_CAP + 1), Deadline.after(LIMIT))
        await transport.close()


@pytest.mark.parametrize("port", ["udp:card.local:5007", "udp:192.0.2.7", "tcp:192.0.2.7:5007", "udp:192.0.2.7:0"])
def test_a_port_that_names_no_device_is_refused_with_its_remedy(port: str) -> None:
    with pytest.raises(ValueError, match="→ give udp:ADDRESS:PORT"):
        UdpSettings.of(port)


@pytest.mark.wire
async def test_a_card_with_another_id_code_does_not_hear_us(panelled: Panels) -> None:
    card = panelled("cpower5200-network", id_code=bytes.fromhex("C0A80164"))
    async with listening(card) as device:
        for id_code, hears in (("FFFFFFFF", False), ("C0A80164", True)):
            ms = PATIENT_MS if hears else HASTY_MS
            options = CPowerSettings(3, framing="network", id_code=id_code, answer_ms=ms)
            driver = CPower5200(options, connected(device.port))
            if hears:
                await driver.open(Deadline.after(LIMIT))
            else:
                with pytest.raises(Silent):
                    await driver.open(Deadline.after(LIMIT))
            await driver.close()


@pytest.mark.parametrize("id_code", ["", "FFFF", "FFFFFFFG", "FF FF FF FF"])
def test_an_id_code_that_cannot_be_is_refused_with_its_remedy(id_code: str) -> None:
    with pytest.raises(ValueError, match="→"):
        CPowerSettings(1, id_code=id_code)


BYTE = st.integers(0, 255)
FRAMES = st.builds(
    codec.Frame, st.sampled_from((codec.REQUEST, codec.ANSWER)), BYTE, BYTE, BYTE, st.binary(max_size=60)
)
ORDERS: st.SearchStrategy[Order] = st.sampled_from(("low-first", "high-first"))


def pieces(data: bytes, size: int) -> Iterable[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


@settings(deadline=None)
@given(FRAMES, ORDERS, st.binary(min_size=4, max_size=4), st.integers(1, 40))
def test_a_frame_comes_out_of_its_wrap_as_it_went_in_in_any_pieces(
    frame: codec.Frame, order: Order, id_code: bytes, size: int
) -> None:
    network = Network(id_code, order)
    framer = Framer(network.scan, codec.FRAME_CAP)
    assert [network.decode(cut) for piece in pieces(network.encode(frame), size) for cut in framer.feed(piece)] == [
        frame
    ]
    assert framer.garbled == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=80), max_size=8), BYTE, BYTE)
def test_after_any_noise_the_next_answer_is_found_at_once(noise: list[bytes], card: int, command: int) -> None:
    network = Network()
    said = cpower_frame.said(card, command, 0, bytes(4), kind=0xE8, wrong_checksum=False)
    framer = Framer(network.scan, codec.FRAME_CAP)
    for piece in noise:
        for cut in framer.feed(piece):
            network.decode(cut)
        assert len(framer) < codec.FRAME_CAP
    found = [network.decode(cut) for cut in framer.feed(cpower_frame.wrapped(said, cpower_frame.ANY_ID))]
    assert found[-1] == codec.Frame(codec.ANSWER, card, command, 0, bytes(4))


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_a_decoder_fed_anything_gives_a_frame_or_says_garbled(cut: bytes) -> None:
    try:
        frame = Network().decode(cut)
    except Garbled:
        return
    assert len(codec.bare(frame)) <= MOST
