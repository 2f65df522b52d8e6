"""The service's own certificate: made when it is first needed, made anew when it is over or the addresses change."""

import hashlib
import ipaddress
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from meeting.access.errors import CertificateUnfit, NoNetwork
from meeting.home import write_private
from models.refusal import N_

VALID_DAYS = 397
RENEWED_BEFORE = timedelta(days=30)
UNFIT_KEY = N_("it is no key in PEM that fits the certificate")
# Documentation's own network: nothing is sent there, the system only says which way it would go.
_FAR_AWAY = ("192.0.2.1", 9)


class Certificate(msgspec.Struct, frozen=True):
    """Where certificate and key lie, and the sha256 over the certificate by which a client knows it.

    `names` are those of an office's certificate, in small letters; one may begin with `*.`.
    """

    certificate: Path
    key: Path
    fingerprint: str
    names: tuple[str, ...] = ()


def lan_addresses() -> tuple[str, ...]:
    """The addresses under which others reach this machine, the one of its way out first. Raises NoNetwork."""
    found: dict[str, None] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_FAR_AWAY)
            found[probe.getsockname()[0]] = None
        except OSError:
            pass
    try:
        for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
            found[str(info[4][0])] = None
    except OSError:
        pass
    reachable = tuple(one for one in found if not ipaddress.ip_address(one).is_loopback and one != "0.0.0.0")
    if not reachable:
        raise NoNetwork()
    return reachable


def given_certificate(certificate: Path, key: Path) -> Certificate:
    """One that the office has issued, with its key. Raises CertificateUnfit, naming the file that is at fault."""
    for file in (certificate, key):
        try:
            file.read_bytes()
        except OSError as error:
            raise CertificateUnfit(file=file, why=error.strerror or error) from error
    _check_time(certificate)
    try:
        # Without it the library asks for a password on the terminal, which a service does not have.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, _no_password)
    except ssl.SSLError as error:
        why = N_("the key belongs to another certificate") if error.reason == "KEY_VALUES_MISMATCH" else UNFIT_KEY
        raise CertificateUnfit(file=key, why=why) from error
    except ValueError as error:
        raise CertificateUnfit(file=key, why=error) from error
    return Certificate(certificate, key, _fingerprint(certificate), _names(certificate))


def _names(certificate: Path) -> tuple[str, ...]:
    from cryptography import x509

    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return ()
    return tuple(one.lower() for one in names.get_values_for_type(x509.DNSName))


def _check_time(certificate: Path) -> None:
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
    except ValueError as error:
        raise CertificateUnfit(file=certificate, why=N_("it is no certificate in PEM")) from error
    now = datetime.now(UTC)
    if now >= found.not_valid_after_utc:
        raise CertificateUnfit(file=certificate, why=N_("it has expired"))
    if now < found.not_valid_before_utc:
        raise CertificateUnfit(file=certificate, why=N_("it is not valid yet"))


def _no_password() -> str:
    raise ValueError(N_("it has a password, which a service cannot be asked for"))


def own_certificate(folder: Path, addresses: tuple[str, ...]) -> Certificate:
    """The one in `folder`, made there when there is none, when it is nearly over, or when it lacks an address."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if not _good(certificate, key, addresses):
        folder.mkdir(mode=0o700, exist_ok=True)
        _make(certificate, key, addresses)
    return Certificate(certificate, key, _fingerprint(certificate))


def _good(certificate: Path, key: Path, addresses: tuple[str, ...]) -> bool:
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ssl.SSLError, ValueError, x509.ExtensionNotFound):
        return False
    named = {str(one) for one in names.get_values_for_type(x509.IPAddress)}
    return found.not_valid_after_utc - datetime.now(UTC) > RENEWED_BEFORE and set(addresses) <= named


def _make(certificate: Path, key: Path, addresses: tuple[str, ...]) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "smart-meeting")])
    host = socket.gethostname()
    names: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address(one)) for one in addresses]
    names += [x509.DNSName(one) for one in ("localhost", host) if one.isascii() and one]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(secret, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    # Who dies between the two has a pair that does not fit, and makes another.
    write_private(key, secret.private_bytes(serialization.Encoding.PEM, form, plain))
    write_private(certificate, made.public_bytes(serialization.Encoding.PEM))


def _fingerprint(certificate: Path) -> str:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    return fingerprint_of(found.public_bytes(Encoding.DER))


def fingerprint_of(der: bytes) -> str:
    """The sha256 over a certificate, as pairs of digits: AB:CD:…"""
    digits = hashlib.sha256(der).hexdigest().upper()
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def same_fingerprint(given: str, other: str) -> bool:
    """Whether two fingerprints are the same, however they are written."""
    return bool(given) and _digits(given) == _digits(other)


def _digits(fingerprint: str) -> str:
    return "".join(one for one in fingerprint.upper() if one in "0123456789ABCDEF")
