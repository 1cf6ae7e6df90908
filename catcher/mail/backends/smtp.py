"""SMTP backend, with STARTTLS, implicit TLS and authentication."""

import re
import smtplib
import ssl
import threading
from collections.abc import Iterable
from email.charset import Charset
from functools import cached_property
from typing import Any

from catcher.mail import settings
from catcher.mail.backends.base import BaseEmailBackend, checked
from catcher.mail.exceptions import InvalidMailer
from catcher.mail.header import bare_address, envelope_address, envelope_of
from catcher.mail.utils import DNS_NAME

__all__ = ["EmailBackend"]

_LINE_END = re.compile(rb"\r\n|\r|\n")


class EmailBackend(BaseEmailBackend):
    """A connection to an SMTP server, which threads may share; one sends at a time.

    An argument that is None defaults to its setting: host EMAIL_HOST, port EMAIL_PORT, username EMAIL_HOST_USER,
    password EMAIL_HOST_PASSWORD, use_tls EMAIL_USE_TLS (STARTTLS), use_ssl EMAIL_USE_SSL (TLS from the start), timeout
    EMAIL_TIMEOUT (seconds), ssl_keyfile, ssl_certfile EMAIL_SSL_KEYFILE, EMAIL_SSL_CERTFILE (PEM files of a client
    certificate). With an `alias` of MAILERS no setting is used: host is required, and the port depends on the protocol.

    `refused` has the recipients of the last message that the server refused: {address: (reply code, text)}.
    Raises ValueError for use_tls with use_ssl.
    """

    def __init__(
        self,
        host: str | None = None,
        port: int | None = None,
        username: str | None = None,
        password: str | None = None,
        use_tls: bool | None = None,
        fail_silently: bool = False,
        use_ssl: bool | None = None,
        timeout: float | None = None,
        ssl_keyfile: str | None = None,
        ssl_certfile: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fail_silently=fail_silently, **kwargs)

        def chosen(value: Any, name: str, otherwise: Any) -> Any:
            if value is not None:
                return value
            return getattr(settings, name) if self.alias is None else otherwise

        if self.alias is not None and not host:
            raise InvalidMailer("OPTIONS must define 'host'.", alias=self.alias)
        self.use_tls = chosen(use_tls, "EMAIL_USE_TLS", False)
        self.use_ssl = chosen(use_ssl, "EMAIL_USE_SSL", False)
        self.host = host or settings.EMAIL_HOST
        self.port = chosen(port or None, "EMAIL_PORT", 465 if self.use_ssl else 587 if self.use_tls else 25)
        self.username = chosen(username, "EMAIL_HOST_USER", None)
        self.password = chosen(password, "EMAIL_HOST_PASSWORD", None)
        self.timeout = chosen(timeout, "EMAIL_TIMEOUT", None)
        self.ssl_keyfile = chosen(ssl_keyfile, "EMAIL_SSL_KEYFILE", None)
        self.ssl_certfile = chosen(ssl_certfile, "EMAIL_SSL_CERTFILE", None)
        if self.use_ssl and self.use_tls:
            if self.alias is not None:
                raise InvalidMailer("'use_tls' and 'use_ssl' exclude each other: set one of them.", alias=self.alias)
            raise ValueError(settings.TLS_OR_SSL)
        self.connection: Any = None
        # Connected, but not ready for sending: TLS or authentication is pending or has failed.
        self._partial_connection: Any = None
        self.refused: dict[str, tuple[int, bytes]] = {}
        self._lock = threading.RLock()

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The smtplib class for `use_ssl`."""
        return smtplib.SMTP_SSL if self.use_ssl else smtplib.SMTP

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        """TLS context that verifies the server's certificate against the system's authorities, and its name."""
        context = ssl.create_default_context()
        if self.ssl_certfile or self.ssl_keyfile:
            context.load_cert_chain(self.ssl_certfile, self.ssl_keyfile)
        return context

    def open(self) -> bool | None:
        """Connect, secure and authenticate. True if connected now, False if it was, None if it failed silently.

        Raises OSError (smtplib.SMTPException is one), unless `fail_silently`. A session that could not be secured or
        authenticated is never used for sending.
        """
        if self.connection is not None:
            return False
        with self.suppressing(OSError):
            self._close_partial()
            self._partial_connection = self._connect()
            if self.use_tls and not self.use_ssl:
                self._partial_connection.starttls(context=self.ssl_context)
            if self.username and self.password:
                self._partial_connection.login(self.username, self.password)
            self.connection, self._partial_connection = self._partial_connection, None
            return True
        return None

    def close(self) -> None:
        """Send QUIT and disconnect; does nothing if no session is open or the server is gone."""
        self._close_partial()
        if self.connection is None:
            return
        try:
            self.connection.quit()
        except (ssl.SSLError, smtplib.SMTPServerDisconnected):
            # The server hung up first, or TLS failed during QUIT.
            self.connection.close()
        except smtplib.SMTPException:
            if not self.fail_silently:
                raise
        finally:
            self.connection = None

    def send_messages(self, email_messages: Iterable[Any]) -> int:
        """Send the messages over one session; return how many the server accepted. Skips messages without recipients.

        Raises ValueError for invalid addresses and header fields before connecting.
        """
        outgoing = [(message, envelope_of(message, self.prep_address)) for message in checked(email_messages)]
        if not outgoing:
            return 0
        with self._lock:
            opened = self.open()
            if self.connection is None or opened is None:
                return 0
            try:
                return sum(self._send(message, *envelope) for message, envelope in outgoing)
            finally:
                if opened:
                    self.close()

    def prep_address(self, address: str, force_ascii: bool = True, *, encoding: str | Charset | None = None) -> str:
        """Format an address for MAIL FROM and RCPT TO; a subclass with SMTPUTF8 passes `force_ascii=False`.

        Raises ValueError unless it is exactly one address.
        """
        if force_ascii:
            return envelope_address(str(address), encoding or settings.DEFAULT_CHARSET)
        return bare_address(str(address))

    def _connect(self) -> smtplib.SMTP:
        options: dict[str, Any] = {"local_hostname": DNS_NAME.get_fqdn()}
        if self.timeout is not None:
            options["timeout"] = self.timeout
        if self.use_ssl:
            options["context"] = self.ssl_context
        return self.connection_class(self.host, self.port, **options)

    def _close_partial(self) -> None:
        if self._partial_connection is not None:
            self._partial_connection.close()
            self._partial_connection = None

    def _send(self, message: Any, reverse_path: str, forward_paths: list[str]) -> bool:
        if not forward_paths:
            return False
        self.refused = {}
        octets = _LINE_END.sub(b"\r\n", message.message().as_bytes())
        try:
            self.connection.ehlo_or_helo_if_needed()
            options = ["BODY=8BITMIME"] if not octets.isascii() and self.connection.has_extn("8bitmime") else []
            self.refused = self.connection.sendmail(reverse_path, forward_paths, octets, mail_options=options)
        except smtplib.SMTPException as error:
            self.refused = getattr(error, "recipients", {})
            if not self.fail_silently:
                raise
            return False
        return True
