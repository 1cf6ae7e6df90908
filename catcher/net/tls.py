"""Server certificates: loaded from files, or generated under a development CA that users can download.

`cryptography` is imported only to generate a certificate, not to load an existing one.
"""

import datetime as dt
import json
import ssl
from collections.abc import Sequence
from pathlib import Path

from catcher.errors import SettingError

RENEWAL_MARGIN = dt.timedelta(days=30)

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
    is_current = until - now > RENEWAL_MARGIN
    return is_current and known >= set(names) and (directory / _LEAF).exists() and (directory / _CA).exists()


def _generate_leaf(directory: Path, names: Sequence[str], now: dt.datetime) -> None:
    from catcher.net import certificates  # late: it imports `cryptography`, which is optional and slow to load

    until = certificates.generate_certificate(
        names, ca=directory / _CA, ca_key=directory / _CA_KEY, leaf=directory / _LEAF, now=now, margin=RENEWAL_MARGIN
    )
    facts = {"names": sorted(names), "until": until.isoformat()}
    certificates.replace_file(directory / _FACTS, json.dumps(facts).encode(), is_secret=False)
