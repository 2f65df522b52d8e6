"""On the network with an office's certificate: shown is what is served, and what is unfit is named by its file."""

import asyncio
import contextlib
import hashlib
import http.client
import socket
import ssl
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from meeting.access.errors import CertificateUnfit
from meeting.stream.tls import given_certificate
from tests.conftest import Cli
from tests.integration.test_security_network import OTHER, ports_of, role_at, serve

only_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux answers at all addresses of the loopback network"
)
Files = tuple[Path, Path]
DAY = timedelta(days=1)


def issued(
    folder: Path,
    name: str = "机关",
    begins: timedelta = -DAY,
    ends: timedelta = 365 * DAY,
    password: bytes | None = None,
    names: tuple[str, ...] = (),
) -> Files:
    """A certificate and its key, as an office's own authority would write them."""
    secret = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
    )
    if names:
        alternative = x509.SubjectAlternativeName([x509.DNSName(one) for one in names])
        builder = builder.add_extension(alternative, critical=False)
    made = builder.sign(secret, hashes.SHA256())
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    key.write_bytes(secret.private_bytes(serialization.Encoding.PEM, form, locked))
    return certificate, key


def garbage(folder: Path) -> Path:
    (folder / "会议.txt").write_text("不是证书", encoding="utf-8")
    return folder / "会议.txt"


@pytest.mark.parametrize(
    ("given", "at_fault", "why"),
    [
        (lambda f: issued(f, "过期", -9 * DAY, -DAY), "过期.crt", "expired"),
        (lambda f: issued(f, "未到", DAY, 9 * DAY), "未到.crt", "not valid yet"),
        (lambda f: (issued(f, "甲")[0], issued(f, "乙")[1]), "乙.key", "another certificate"),
        (lambda f: (issued(f)[0], f / "没有.key"), "没有.key", "No such file"),
        (lambda f: (f / "没有.crt", issued(f)[1]), "没有.crt", "No such file"),
        (lambda f: (issued(f)[0], f), "", "directory"),
        (lambda f: issued(f, "锁着", password="口令".encode()), "锁着.key", "password"),
        (lambda f: (garbage(f), issued(f)[1]), "会议.txt", "no certificate"),
        (lambda f: (issued(f)[0], garbage(f)), "会议.txt", "no key"),
    ],
    ids=["over", "early", "other key", "no key", "none", "folder", "password", "no PEM", "no key in PEM"],
)
def test_what_is_wrong_with_an_offices_certificate_is_said_of_the_right_file(
    tmp_path: Path, given: Callable[[Path], Files], at_fault: str, why: str
) -> None:
    certificate, key = given(tmp_path)
    with pytest.raises(CertificateUnfit, match=why) as refused:
        given_certificate(certificate, key)
    assert refused.value.facts["file"] == (tmp_path / at_fault if at_fault else tmp_path)


def test_a_service_whose_certificate_is_over_does_not_begin(cli: Cli, tmp_path: Path) -> None:
    certificate, key = issued(tmp_path, "过期", -9 * DAY, -DAY)
    answer = cli("serve", "--share", "--share-address", OTHER, "--cert", certificate, "--key", key)
    assert answer.returncode == 2 and answer.stderr.count("\n") == 1
    assert str(certificate) in answer.stderr and "it has expired" in answer.stderr
    assert not (cli.home / "run" / "service.json").exists() and not (cli.home / "tls").exists()
    alone = cli("serve", "--cert", certificate, "--key", key)
    assert alone.returncode == 2 and "go with --share" in alone.stderr


def served_at(address: str, port: int) -> bytes:
    """The certificate that a service shows to whoever knocks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((address, port), 30) as plain, context.wrap_socket(plain) as secured:
        shown = secured.getpeercert(binary_form=True)
    assert shown is not None
    return shown


@only_linux
async def test_the_offices_certificate_is_the_one_that_is_served_and_shown(tmp_path: Path) -> None:
    certificate, key = issued(tmp_path)
    options = ("--share", "--share-address", OTHER, "--cert", str(certificate), "--key", str(key))
    with serve(tmp_path / "家", *options) as (home, child, _says):
        address = home.address()
        port = int(address.shared[0].rstrip("/").rpartition(":")[2])
        shown = await asyncio.to_thread(served_at, OTHER, port)
        assert shown == ssl.PEM_cert_to_DER_cert(certificate.read_text())
        digits = hashlib.sha256(shown).hexdigest().upper()
        assert address.fingerprint.split(":") == [digits[at : at + 2] for at in range(0, 64, 2)]
        stream = f"wss://{OTHER}:{port}/stream"
        assert await role_at(stream, address.token, address.fingerprint) == "secretary"
        assert ports_of(child.pid) == {"127.0.0.1", OTHER} and not (home.folder / "tls").exists()


def answer_to(address: str, port: int, host: str) -> int:
    """The HTTP status for whoever comes to an address by this name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    visitor = http.client.HTTPSConnection(address, port, timeout=60, context=context)
    with contextlib.closing(visitor):
        visitor.request("GET", "/healthz", headers={"Host": f"{host}:{port}"})
        return visitor.getresponse().status


@only_linux
async def test_a_service_is_reached_by_the_names_that_its_offices_certificate_has(tmp_path: Path) -> None:
    names = ("Meeting.office.example", "*.ju.example")
    certificate, key = issued(tmp_path, names=names)
    options = ("--share", "--share-address", OTHER, "--cert", str(certificate), "--key", str(key))
    with serve(tmp_path / "家", *options) as (home, _child, _says):
        address = home.address()
        port = int(address.shared[-1].rstrip("/").rpartition(":")[2])
        assert address.shared == (f"https://meeting.office.example:{port}/", f"https://{OTHER}:{port}/")
        for host, status in (
            (OTHER, 200),
            ("meeting.office.example", 200),
            ("MEETING.office.example", 200),
            ("hui.ju.example", 200),
            ("a.hui.ju.example", 421),
            ("ju.example", 421),
            ("*.ju.example", 421),
            ("evil.example", 421),
        ):
            assert await asyncio.to_thread(answer_to, OTHER, port, host) == status, host


@only_linux
async def test_without_encryption_only_when_asked_for_by_name_and_with_a_warning(tmp_path: Path) -> None:
    with serve(tmp_path / "家", "--share-plain", "--share-address", OTHER) as (home, child, says):
        address = home.address()
        (shared,) = address.shared
        assert shared.startswith(f"http://{OTHER}:") and address.fingerprint == ""
        async with asyncio.timeout(120):
            while "tokens new" not in (said := says.read_text("utf-8")):
                await asyncio.sleep(0.05)
        assert shared in said and "Not encrypted: anybody on the way can read it." in said
        assert await role_at(shared.replace("http", "ws") + "stream", address.token) == "secretary"
        assert ports_of(child.pid) == {"127.0.0.1", OTHER} and not (home.folder / "tls").exists()
