"""One-time codes and the keys that they become."""

from __future__ import annotations

import asyncio
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from device.clock import Clock
from device.journal import Journal
from device.pairing.keys import LASTS_S, Keys
from hall import ca
from tests.device.inline_writer import InlineWriter
from tests.virtual_time import virtual


def keys_of(folder: Path) -> Keys:
    journal = Journal.open(folder / "journal.db", "counter-1", Clock(), "demo", writer=InlineWriter)
    return Keys(journal, lambda: 0)


@virtual
async def test_a_code_is_good_for_ten_minutes(tmp_path: Path) -> None:
    keys = keys_of(tmp_path)
    early, late = keys.begin(3), keys.begin(4)
    await asyncio.sleep(LASTS_S - 1)
    taken = await keys.take(early)
    assert taken is not None
    assert keys.window(taken[1]) == taken[0] == 3
    await asyncio.sleep(1)
    assert await keys.take(late) is None
    await keys.journal.close()


@virtual
async def test_a_new_pc_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    keys = keys_of(tmp_path)
    told: list[int] = []
    keys.undone.append(told.append)
    first, second = [await keys.take(keys.begin(3)) for _ in range(2)]
    assert first is not None
    assert second is not None
    assert (keys.window(first[1]), keys.window(second[1])) == (None, 3)
    assert told == [3, 3]
    await keys.journal.close()


def test_the_certificate_for_it_is_a_server_s_of_one_address_and_no_client_s(tmp_path: Path) -> None:
    ca.init(tmp_path)
    ca.issue(tmp_path, "10.0.3.7", "counter", 30)
    made = x509.load_pem_x509_certificate((tmp_path / "10.0.3.7.pem").read_bytes())
    uses = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [*uses] == [ExtendedKeyUsageOID.SERVER_AUTH]
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name) for name in names.get_values_for_type(x509.IPAddress)] == ["10.0.3.7"]
    assert names.get_values_for_type(x509.DNSName) == []
