"""Server certificates: loaded from files, or generated under a development CA that users can download.

`cryptography` is imported only to generate a certificate, not to load an existing one.
"""

import contextlib
import datetime as dt
import ipaddress
import json
import os
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from catcher.errors import SettingError

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

CA_YEARS = 10
LEAF_DAYS = 397
"""Some clients refuse certificates that are valid for longer than 398 days."""

RENEW_DAYS = 30

_CA, _CA_KEY, _LEAF, _FACTS = "ca.pem", "ca-key.pem", "server.pem", "server.json"


def context_from_files(certificate: Path, key: Path | None = None) -> ssl.SSLContext:
    """Return a server context. certificate: PEM, the whole chain. key: None when it is in the same file.

    Raises SettingError when the files cannot be read or do not match.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # An empty password keeps OpenSSL from prompting for one on the terminal.
        context.load_cert_chain(certificate, key, password="")
    except (OSError, ssl.SSLError) as error:
        names = f"{str(certificate)!r}" + (f", {str(key)!r}" if key is not None else "")
        raise SettingError(
            f"TLS certificate {names}: {error.strerror or error}, expected PEM files that belong together"
        ) from None
    return context


def generated_context(directory: Path, names: Sequence[str], *, now: dt.datetime | None = None) -> ssl.SSLContext:
    """Return a server context for these host names and IP addresses, generating the certificate when necessary.

    CA and certificate are kept in the directory; the CA is reused, so that it has to be trusted only once.
    Raises SettingError when the directory cannot be written or `cryptography` is missing.
    """
    moment = now or dt.datetime.now(dt.UTC)
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _has_leaf(directory, names, moment):
            _generate_leaf(directory, names, moment)
    except OSError as error:
        raise SettingError(
            f"TLS directory {str(directory)!r}: {error.strerror or error}, expected one that can be written"
        ) from None
    except ImportError:
        raise SettingError("a generated certificate needs the package cryptography: pip install cryptography") from None
    return context_from_files(directory / _LEAF)


def ca_certificate(directory: Path) -> bytes | None:
    """Return the certificate of the CA as PEM, for users to download; None when there is none."""
    try:
        return (directory / _CA).read_bytes()
    except FileNotFoundError:
        return None


def _has_leaf(directory: Path, names: Sequence[str], now: dt.datetime) -> bool:
    """Return whether there is a certificate for these names that is not about to expire."""
    try:
        facts = json.loads((directory / _FACTS).read_text("utf-8"))
        until = dt.datetime.fromisoformat(facts["until"])
        known = set(facts["names"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False
    is_current = until - now > dt.timedelta(days=RENEW_DAYS)
    return is_current and known >= set(names) and (directory / _LEAF).exists() and (directory / _CA).exists()


def _generate_leaf(directory: Path, names: Sequence[str], now: dt.datetime) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID

    authority, authority_key = _authority(directory, now)
    key = ec.generate_private_key(ec.SECP256R1())
    until = min(now + dt.timedelta(days=LEAF_DAYS), authority.not_valid_after_utc)
    leaf = (
        _builder(names[0], authority.subject, now, until)
        .public_key(key.public_key())
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _write(directory / _LEAF, _key_pem(key) + _pem(leaf) + _pem(authority), is_secret=True)
    facts = {"names": sorted(names), "until": until.isoformat()}
    _write(directory / _FACTS, json.dumps(facts).encode(), is_secret=False)


def _authority(directory: Path, now: dt.datetime) -> "tuple[x509.Certificate, EllipticCurvePrivateKey]":
    """Return the CA of this directory, generating it when there is none that is usable."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    with contextlib.suppress(FileNotFoundError, ValueError, TypeError):
        known = x509.load_pem_x509_certificate((directory / _CA).read_bytes())
        known_key = serialization.load_pem_private_key((directory / _CA_KEY).read_bytes(), None)
        if known.not_valid_after_utc - now > dt.timedelta(days=RENEW_DAYS) and isinstance(
            known_key, ec.EllipticCurvePrivateKey
        ):
            return known, known_key
    key = ec.generate_private_key(ec.SECP256R1())
    until = now + dt.timedelta(days=365 * CA_YEARS)
    usage = {"digital_signature": True, "key_cert_sign": True, "crl_sign": True}
    unused = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    authority = (
        _builder("catcher development CA", None, now, until)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**usage, **unused), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(directory / _CA_KEY, _key_pem(key), is_secret=True)
    _write(directory / _CA, _pem(authority), is_secret=False)
    return authority, key


def _builder(name: str, issuer: "x509.Name | None", now: dt.datetime, until: dt.datetime) -> "x509.CertificateBuilder":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))  # clocks of containers and virtual machines may lag
        .not_valid_after(until)
    )


def _general_name(name: str) -> "x509.GeneralName":
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate: "x509.Certificate") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)


def _key_pem(key: "EllipticCurvePrivateKey") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, octets: bytes, *, is_secret: bool) -> None:
    """Replace the file atomically; a secret is never readable by others, not even for a moment."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if is_secret else 0o644)
    with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
        file.write(octets)
    new.replace(path)
