"""Submission of messages to an SMTP server: the mail library's SMTP backend, for octets instead of messages."""

import re
import smtplib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from catcher.conf.addresses import EXPECTED, SocketAddress
from catcher.envelope import Envelope, ForwardPath, Parameters
from catcher.errors import SettingError
from catcher.mail.backends.smtp import EmailBackend

SECONDS = 60.0

ADDRESS_VARIABLES = ["CATCHER_SENDMAIL_SMTP_ADDR", "MP_SENDMAIL_SMTP_ADDR", "CATCHER_SMTP", "MP_SMTP_BIND_ADDR"]
"""Variables with the address of the SMTP server; the first that is set counts: of `sendmail`, then of the server."""

_DSN_PARAMETERS = ("NOTIFY", "ORCPT", "RET", "ENVID")
_LINE_END = re.compile(rb"\r\n|\r|\n")


def server_address(text: str) -> SocketAddress:
    """Return the address of HOST:PORT, HOST (port 25) or unix:PATH. Raises SettingError.

    The address of a listener on every interface is that of this machine.
    """
    given = text if ":" in text else f"{text}:25"
    try:
        address = SocketAddress.parse(given.strip())
    except ValueError:
        raise SettingError(f"--smtp-addr={text!r}: expected {EXPECTED}") from None
    is_wildcard = address.host in {"::", "0.0.0.0"}  # noqa: S104 - compared, not bound
    return replace(address, host="localhost") if is_wildcard else address


class Submission(EmailBackend):
    """A connection to an SMTP server on a TCP port or a Unix socket.

    STARTTLS is used if the server offers it, without verification: a catcher rarely has a certificate of a known CA,
    and without TLS there is no verification either.
    """

    def __init__(self, address: SocketAddress, *, timeout: float = SECONDS) -> None:
        # smtplib would look for a port in the path of a Unix socket.
        super().__init__(host=address.path or address.host or "localhost", port=address.port or 25, timeout=timeout)
        self.use_tls = self.use_ssl = False
        self.username = self.password = None
        self._is_unix = bool(address.path)

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The class for TCP, or for Unix sockets."""
        return _UnixSMTP if self._is_unix else _SMTP

    def open(self) -> bool | None:
        """Connect, with STARTTLS if the server offers it. Raises OSError."""
        opened = super().open()
        if opened:
            self.connection.ehlo_or_helo_if_needed()
            if self.connection.has_extn("starttls"):
                context = ssl.create_default_context()
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                self.connection.starttls(context=context)
                self.connection.ehlo()
        return opened

    def submit(self, reverse_path: str, forward_paths: Sequence[str], octets: bytes) -> dict[str, tuple[int, bytes]]:
        """Send one message, and return the recipients that the server refused, with its replies.

        Line ends become CRLF; no other octet is changed. Raises OSError (smtplib.SMTPException is one).
        """
        paths = tuple(ForwardPath(addr_spec=path) for path in forward_paths)
        return self.submit_envelope(
            Envelope(reverse_path=reverse_path, forward_paths=paths, received_at=datetime.now(UTC)), octets
        )

    def submit_envelope(self, envelope: Envelope, octets: bytes) -> dict[str, tuple[int, bytes]]:
        """Send one message like `submit`, with the parameters of delivery reports if the server offers these.

        Source: RFC 3461 §4.
        """
        self.open()
        connection: _SMTP = self.connection
        octets = _LINE_END.sub(b"\r\n", octets)
        options = ["BODY=8BITMIME"] if not octets.isascii() and connection.has_extn("8bitmime") else []
        addresses = (envelope.reverse_path, *envelope.recipients)
        if not all(address.isascii() for address in addresses) and connection.has_extn("smtputf8"):
            options.append("SMTPUTF8")
        connection.recipient_options = {}
        if connection.has_extn("dsn"):
            options += _dsn_options(envelope.parameters)
            for path in envelope.forward_paths:
                connection.recipient_options.setdefault(path.addr_spec, _dsn_options(path.parameters))
        try:
            return connection.sendmail(envelope.reverse_path, envelope.recipients, octets, mail_options=options)
        except ValueError:  # an address that cannot be sent; smtplib leaves the transaction open
            connection.rset()
            raise


def connect(address: SocketAddress, *, timeout: float = SECONDS) -> socket.socket:
    """Return a plain connection to the server. Raises OSError."""
    if not address.path:
        return socket.create_connection((address.host or "localhost", address.port), timeout)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout)
    try:
        connection.connect(address.path)
    except OSError:
        connection.close()
        raise
    return connection


def _dsn_options(parameters: Parameters) -> list[str]:
    return [f"{name}={value}" for name, value in parameters if name in _DSN_PARAMETERS and value]


class _SMTP(smtplib.SMTP):
    """An SMTP client. recipient_options: the parameters of each RCPT."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        self.recipient_options: dict[str, list[str]] = {}
        super().__init__(*arguments, **more)

    def rcpt(self, recip: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        return super().rcpt(recip, [*options, *self.recipient_options.get(recip, ())])


class _UnixSMTP(_SMTP):
    """An SMTP client on a Unix socket; the host is the path."""

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        return connect(SocketAddress(path=host), timeout=timeout)
