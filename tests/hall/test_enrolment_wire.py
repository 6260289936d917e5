"""A machine becomes a box of a real hall over TLS, its certificate is renewed while it works, and taken back."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from config.hall import load_hall
from config.wording import LANGUAGES, say
from device import cli as device_cli
from device.sync import certificate as pair
from device.sync.enrolment import NotEnrolled, Place, enrol
from hall import ca, cli
from hall.contract.enrolment import Enrol, Enrolled, box_proof, key_of
from hall.enrolment import desk, registry
from hall.enrolment.codes import TRIES
from hall.enrolment.desk import CannotEnrol, EnrolmentDesk, certificates_file, enrolment_desk
from tests.hall.enrolling_box import (
    box_at,
    caller,
    calls_with,
    code_for,
    enrolled,
    in_two_files,
    renewal_of,
    serial,
    until,
    with_ca_key,
)
from tests.hall.scene import FakeClock
from tests.hall.served import Served, serve

pytestmark = pytest.mark.wire


@pytest.fixture
def halled(settings_file: Path) -> Path:
    return with_ca_key(settings_file)


def strange_request(what: str) -> str:
    """A request that no box of ours makes."""
    match what:
        case "another-name":
            return pair.request_for("kiosk-1", pair.new_key())
        case "another-signature":
            der = bytearray(x509.load_pem_x509_csr(own_request()).public_bytes(serialization.Encoding.DER))
            der[-1] ^= 1
            return x509.load_der_x509_csr(bytes(der)).public_bytes(serialization.Encoding.PEM).decode()
        case "rsa":
            key = rsa.generate_private_key(65537, 2048)
            subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "counter-1")])
            request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
            return request.public_bytes(serialization.Encoding.PEM).decode()
    return "-----BEGIN CERTIFICATE REQUEST-----\n一\n-----END CERTIFICATE REQUEST-----"


def own_request() -> bytes:
    return pair.request_for("counter-1", pair.new_key()).encode()


async def refused(served: Served, name: str, code: str, place: Place) -> str:
    with pytest.raises(NotEnrolled) as error:
        await asyncio.to_thread(enrol, served.url, name, code, place)
    assert not place.own.exists()
    assert code not in repr(error.value)
    return error.value.why


class TestEnrolment:
    async def test_a_machine_with_the_code_becomes_the_box_and_its_key_has_never_left_it(
        self, halled: Path, tmp_path: Path
    ) -> None:
        async with serve(halled) as served:
            place = await enrolled(served, "counter-1", tmp_path / "new")
            assert place.own.stat().st_mode & 0o777 == 0o600
            made = x509.load_pem_x509_certificate(place.own.read_bytes())
            names = {part.oid: part.value for part in made.subject}
            assert names == {NameOID.COMMON_NAME: "counter-1", NameOID.ORGANIZATIONAL_UNIT_NAME: "box"}
            assert serialization.load_pem_private_key(place.own.read_bytes(), None).public_key() == made.public_key()
            assert place.ca.read_bytes() == (served.certificates / "ca.pem").read_bytes()
            assert await calls_with(served, place) == 200

    async def test_a_code_is_good_once_and_a_wrong_one_never(self, halled: Path, tmp_path: Path) -> None:
        async with serve(halled) as served:
            code = await code_for(served, "counter-1")
            place = Place(tmp_path / "x.pem", tmp_path / "x-ca.pem")
            assert await refused(served, "counter-1", "ABCDEFGHJK", place) == "wrong-code"
            assert await refused(served, "kiosk-1", code, place) == "wrong-code"
            await asyncio.to_thread(enrol, served.url, "counter-1", code, place)
            assert (
                await refused(served, "counter-1", code, Place(tmp_path / "y.pem", tmp_path / "z.pem")) == "code-used"
            )

    async def test_after_five_wrong_tries_the_right_code_is_void_too(self, halled: Path, tmp_path: Path) -> None:
        async with serve(halled) as served:
            code = await code_for(served, "counter-1")
            place = Place(tmp_path / "x.pem", tmp_path / "x-ca.pem")
            for _ in range(TRIES):
                assert await refused(served, "counter-1", "ABCDEFGHJK", place) == "wrong-code"
            assert await refused(served, "counter-1", code, place) == "wrong-code"

    async def test_an_answer_that_was_lost_is_given_again_to_the_same_key(self, halled: Path) -> None:
        async with serve(halled) as served, served.caller() as anybody:
            code = await code_for(served, "counter-1")
            csr, known = pair.request_for("counter-1", pair.new_key()), key_of(code, "counter-1")
            proof = box_proof(known, "counter-1", "00", csr)
            body = msgspec.json.encode(Enrol(name="counter-1", csr=csr, nonce="00", proof=proof))
            told = [(await anybody.post("/enrol", content=body)).json() for _ in range(2)]
            assert told[0] == told[1]
            assert "BEGIN CERTIFICATE" in told[0]["certificate"]

    @pytest.mark.parametrize("what", ["another-name", "another-signature", "rsa", "nonsense"])
    async def test_a_request_that_is_not_the_box_s_own_is_refused_and_the_code_stays_good(
        self, halled: Path, tmp_path: Path, what: str
    ) -> None:
        async with serve(halled) as served, served.caller() as anybody:
            code = await code_for(served, "counter-1")
            csr = strange_request(what)
            proof = box_proof(key_of(code, "counter-1"), "counter-1", "00", csr)
            body = msgspec.json.encode(Enrol(name="counter-1", csr=csr, nonce="00", proof=proof))
            answer = await anybody.post("/enrol", content=body)
            assert (answer.status_code, answer.json()["error"]) == (400, "bad-request")
            place = Place(tmp_path / "x.pem", tmp_path / "x-ca.pem")
            await asyncio.to_thread(enrol, served.url, "counter-1", code, place)

    async def test_a_hall_that_does_not_know_the_code_is_found_out_and_nothing_is_written(
        self, halled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Somebody between box and hall, with an authority of their own."""
        ca.init(tmp_path / "false")
        false = ca.Authority(tmp_path / "false" / "ca.pem", tmp_path / "false" / "ca.key")

        async def falsely(_desk: EnrolmentDesk, asked: Enrol, _address: str) -> Enrolled:
            signed = false.sign(asked.csr, asked.name, "box", 9)
            return Enrolled(name=asked.name, certificate=signed.certificate, ca=false.pem, proof=asked.proof)

        async with serve(halled) as served:
            code = await code_for(served, "counter-1")
            monkeypatch.setattr(EnrolmentDesk, "enrol", falsely)
            place = Place(tmp_path / "x.pem", tmp_path / "x-ca.pem")
            assert await refused(served, "counter-1", code, place) == "not-the-hall"
            assert not place.ca.exists()

    async def test_only_the_hall_s_own_certificate_gets_a_code_and_only_for_a_box_of_the_settings(
        self, halled: Path
    ) -> None:
        async with serve(halled) as served:
            for name, status in (("", 401), ("counter-1", 403), ("observer-1", 403)):
                async with served.caller(name) as client:
                    answer = await client.post("/api/enrolment/code", json={"box": "counter-1"})
                    assert answer.status_code == status
            async with served.caller("hall") as hall:
                assert (await hall.post("/api/enrolment/code", json={"box": "nobody-9"})).status_code == 404

    async def test_a_hall_without_the_ca_s_key_enrols_nobody_and_says_what_to_do(
        self, settings_file: Path, tmp_path: Path
    ) -> None:
        async with serve(settings_file) as served:
            async with served.caller("hall") as hall:
                answer = await hall.post("/api/enrolment/code", json={"box": "counter-1"})
                assert (answer.status_code, "yichuang ca sign" in answer.json()["detail"]) == (409, True)
            place = Place(tmp_path / "x.pem", tmp_path / "x-ca.pem")
            assert await refused(served, "counter-1", "ABCDEFGHJK", place) == "no-authority"

    async def test_whatever_is_posted_is_answered_with_a_keyword(self, halled: Path) -> None:
        async with serve(halled) as served, served.caller() as anybody:
            for body in (b"", b"{", b"[]", b'{"name": 1}', b"x" * 9000):
                answer = await anybody.post("/enrol", content=body)
                assert (answer.status_code, answer.json()["error"]) == (400, "bad-request")
            assert (await anybody.get("/enrol")).status_code == 405

    async def test_no_hall_there_and_no_hall_at_all_are_told_apart_from_a_wrong_code(self, tmp_path: Path) -> None:
        with closing(socket.socket()) as bound:
            bound.bind(("127.0.0.1", 0))
            url = f"https://127.0.0.1:{bound.getsockname()[1]}"
            with pytest.raises(NotEnrolled) as error:
                enrol(url, "counter-1", "ABCDEFGHJK", Place(tmp_path / "x.pem", tmp_path / "y.pem"))
        assert error.value.why == "hall-unreachable"

    async def test_a_hall_whose_certificate_bears_another_name_is_told_before_the_code_is_spent(
        self, halled: Path, tmp_path: Path
    ) -> None:
        """No box could believe it afterwards: enrolled, it would find its hall away for ever."""
        certs = halled.parent / "certs"
        shared = certs.resolve()
        certs.unlink()
        shutil.copytree(shared, certs)
        ca.issue(certs, "10.9.8.7", "counter", 30)
        for kind in ("pem", "key"):
            shutil.copy(certs / f"10.9.8.7.{kind}", certs / f"hall.{kind}")
        async with serve(halled) as served:
            place = Place(tmp_path / "x.pem", tmp_path / "x-ca.pem")
            assert await refused(served, "counter-1", "ABCDEFGHJK", place) == "hall-misnamed"
        for language in LANGUAGES:
            assert "--address" in say("setup", "hall-misnamed", language, url=served.url, box="counter-1")


@pytest.mark.parametrize(
    ("host", "borne"),
    [
        ("10.0.0.2", True),
        ("hall.local", True),
        ("HALL.local", True),
        ("127.0.0.1", True),
        ("10.0.0.20", False),
        ("local", False),
    ],
)
def test_a_hall_s_certificate_bears_every_address_it_was_given(tmp_path: Path, host: str, borne: bool) -> None:
    ca.init(tmp_path)
    ca.issue(tmp_path, "hall", "hall", 30, ["10.0.0.2", "hall.local"])
    made = x509.load_pem_x509_certificate((tmp_path / "hall.pem").read_bytes())
    assert pair.names(made.public_bytes(serialization.Encoding.DER), host) is borne


class TestRenewal:
    @pytest.mark.parametrize("key", ["pem", "key"], ids=["one file", "two files"])
    async def test_a_working_box_renews_its_certificate_and_nothing_is_cut_off(
        self, halled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
    ) -> None:
        proof = tmp_path / "proof"
        async with serve(halled) as served:
            monkeypatch.setattr(desk, "DAYS", 1)  # of three days, with those before it: it is time at once
            place = await enrolled(served, "counter-1", proof)
            if key == "key":
                in_two_files(place)
            first = serial(place.own)
            monkeypatch.setattr(desk, "DAYS", 365)
            async with box_at(served, tmp_path, "counter-1", proof, key=key) as parts:
                own = renewal_of(parts)
                await until(own.watch, lambda: serial(place.own) != first)
                assert own.days_left() in (364, 365)
                assert served.hall.enrolment.registry.certificates("counter-1") == [serial(place.own), first]
                await until(parts.link.watch, lambda: parts.link.hall == "up")
                client = parts.link.client
                async with asyncio.TaskGroup() as group:  # more than stand open: some show the new one
                    asked = [group.create_task(client.get("/device/directory")) for _ in range(6)]
                assert {task.result().status_code for task in asked} == {200}
                assert parts.link.hall == "up"
            async with box_at(served, tmp_path, "counter-1", proof, key=key) as parts:
                await until(parts.link.watch, lambda: parts.link.hall == "up")

    async def test_the_certificate_two_renewals_ago_is_good_no_more(self, halled: Path, tmp_path: Path) -> None:
        async with serve(halled) as served:
            own = [await enrolled(served, "counter-1", tmp_path / "proof")]
            for number in range(2):
                key = pair.new_key()
                async with caller(served, own[-1]) as box:
                    answer = await box.post("/device/renew", json={"csr": pair.request_for("counter-1", key)})
                own.append(Place(tmp_path / f"{number}.pem", own[0].ca))
                own[-1].own.write_text(pair.key_pem(key) + answer.json()["certificate"])
            assert [await calls_with(served, place) for place in own] == [403, 200, 200]

    async def test_nobody_renews_in_another_s_name(self, halled: Path, tmp_path: Path) -> None:
        async with serve(halled) as served:
            place = await enrolled(served, "counter-1", tmp_path / "proof")
            async with caller(served, place) as box:
                answer = await box.post("/device/renew", json={"csr": pair.request_for("kiosk-1", pair.new_key())})
            assert (answer.status_code, answer.json()["error"]) == (422, "bad-request")


class TestRevocation:
    async def test_a_running_box_is_cut_off_at_once_and_says_why(self, halled: Path, tmp_path: Path) -> None:
        async with serve(halled) as served:
            place = await enrolled(served, "counter-1", tmp_path / "proof")
            async with box_at(served, tmp_path, "counter-1", tmp_path / "proof") as parts:
                await until(parts.link.watch, lambda: parts.link.hall == "up")
                async with served.caller("hall") as hall:
                    answer = await hall.post("/api/enrolment/revoke", json={"box": "counter-1"})
                    assert answer.json() == {"box": "counter-1"}
                await until(parts.link.watch, lambda: parts.link.refusal == "certificate-revoked")
                assert parts.link.hall == "down"
                assert await calls_with(served, place) == 403
                assert "counter-1" not in served.hall.downlink.connected

    async def test_it_knows_so_after_a_start_without_the_hall_and_forgets_it_when_it_is_welcome_again(
        self, halled: Path, tmp_path: Path
    ) -> None:
        proof = tmp_path / "proof"
        async with serve(halled) as served:
            await enrolled(served, "counter-1", proof)
            await served.hall.enrolment.revoke("counter-1")
            async with box_at(served, tmp_path, "counter-1", proof) as parts:
                await until(parts.link.watch, lambda: parts.link.refusal == "certificate-revoked")
                await until(parts.journal.watch, lambda: bool(parts.journal.recall("certificate-revoked")))
        async with box_at(served, tmp_path, "counter-1", proof) as parts:
            await until(parts.link.watch, lambda: parts.link.known_down)
            assert parts.link.refusal == "certificate-revoked"
        async with serve(halled) as again:
            await enrolled(again, "counter-1", proof)
            async with box_at(again, tmp_path, "counter-1", proof) as parts:
                await until(parts.link.watch, lambda: parts.link.hall == "up")
                assert parts.link.refusal == ""
                assert not parts.journal.recall("certificate-revoked")

    async def test_a_new_machine_of_the_same_name_cuts_the_old_one_off(self, halled: Path, tmp_path: Path) -> None:
        async with serve(halled) as served:
            old = await enrolled(served, "counter-1", tmp_path / "old")
            new = await enrolled(served, "counter-1", tmp_path / "new")
            assert await calls_with(served, old) == 403
            assert await calls_with(served, new) == 200

    async def test_a_box_that_never_was_enrolled_here_can_be_cut_off_too_by_what_it_showed(self, halled: Path) -> None:
        async with serve(halled) as served, served.caller("counter-1") as box, served.caller("hall") as hall:
            revoke = "/api/enrolment/revoke"
            assert (await hall.post(revoke, json={"box": "counter-1"})).status_code == 404, "it has shown none yet"
            assert (await box.get("/device/directory")).status_code == 200
            assert (await hall.post(revoke, json={"box": "counter-1"})).json() == {"box": "counter-1"}
            for path in ("/device/directory", "/api/tickets", "/"):
                told = await box.get(path)
                assert (told.status_code, told.json()["error"]) == (403, "certificate-revoked"), path

    @pytest.mark.parametrize("whose", ["observer-1", "kiosk-1"])
    async def test_anybody_s_certificate_is_revoked_by_its_serial_though_it_was_never_seen(
        self, halled: Path, whose: str
    ) -> None:
        async with serve(halled) as served, served.caller(whose) as peer, served.caller("hall") as hall:
            own = serial(served.certificates / f"{whose}.pem")
            assert (await hall.post("/api/enrolment/revoke", json={"box": own.lower()})).json() == {"box": own}
            assert (await peer.get("/api/tickets")).status_code == 403
            async with served.caller("counter-1") as another:
                assert (await another.get("/api/tickets")).status_code == 200

    async def test_who_is_cut_off_stays_so_when_the_hall_starts_anew_and_its_database_is_lost(
        self, halled: Path, tmp_path: Path
    ) -> None:
        async with serve(halled) as served:
            place = await enrolled(served, "counter-1", tmp_path / "proof")
            await served.hall.enrolment.revoke("counter-1")
        for file in (halled.parent / "data").iterdir():
            file.unlink()
        async with serve(halled) as served:
            assert await calls_with(served, place) == 403

    async def test_a_damaged_file_of_certificates_stops_the_hall_with_a_remedy(self, halled: Path) -> None:
        settings, _ = load_hall(halled)
        certificates_file(settings).write_text('{"boxes": 1}')
        with pytest.raises(CannotEnrol, match=r"data\.certificates: .*\n    → put it back from a backup"):
            enrolment_desk(settings, FakeClock())

    async def test_a_full_disk_enrols_and_revokes_nobody_and_the_code_stays_good(
        self, halled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        async with serve(halled) as served:
            old = await enrolled(served, "counter-1", tmp_path / "old")
            code = await code_for(served, "counter-1")
            place = Place(tmp_path / "x.pem", tmp_path / "x-ca.pem")
            with monkeypatch.context() as patched:
                patched.setattr(registry, "write_durably", full)
                assert await refused(served, "counter-1", code, place) == "store-failed"
                async with served.caller("hall") as hall:
                    answer = await hall.post("/api/enrolment/revoke", json={"box": "counter-1"})
                    assert answer.status_code == 503
                assert await calls_with(served, old) == 200
            await asyncio.to_thread(enrol, served.url, "counter-1", code, place)
            assert await calls_with(served, old) == 403


class TestOffline:
    def test_a_request_is_signed_where_the_ca_s_key_is_and_the_box_is_welcome(
        self, settings_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The hall has no CA key: files are carried."""
        assert device_cli.enrol(["https://unused", "counter-1", str(tmp_path / "box"), "--offline"]) == 0
        csr = tmp_path / "box" / "counter-1.csr"
        assert cli.ca(["sign", str(settings_file.parent / "certs"), str(csr)]) == 0
        told = capsys.readouterr().out
        assert re.search(r"yichuang ca sign.*counter-1\.pem", told, re.DOTALL)

        async def shown() -> int:
            async with serve(settings_file) as served:
                one = tmp_path / "one.pem"
                one.write_bytes(csr.with_suffix(".key").read_bytes() + csr.with_suffix(".pem").read_bytes())
                return await calls_with(served, Place(one, served.certificates / "ca.pem"))

        assert asyncio.run(shown()) == 200
        assert cli.ca(["sign", str(settings_file.parent / "certs"), str(csr)]) == 1
        assert "exists already" in capsys.readouterr().err
