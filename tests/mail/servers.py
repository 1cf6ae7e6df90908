"""Real SMTP servers on loopback for the tests of the mail library, with real certificates for TLS."""

import asyncio
import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


@dataclass
class Mailbox:
    """What a server was given, and how: one entry a message, one a session, one an accepted login."""

    messages: list[Any] = field(default_factory=list)
    sessions: int = 0
    logins: list[tuple[str, str]] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)
    port: int = 0

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.sessions += 1
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self.refuse:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        envelope.over_tls = server.transport.get_extra_info("ssl_object") is not None
        envelope.mail_options_seen = list(envelope.mail_options)
        self.messages.append(envelope)
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        if isinstance(data, LoginPassword) and data.password == b"secret":
            self.logins.append((data.login.decode(), data.password.decode()))
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False)


class AnyPortController(Controller):
    """A Controller for port 0: the check that it answers connects to `port`, which has to be the real one by then."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def smtp_server(
    authority: trustme.CA | None = None, *, implicit_tls: bool = False, auth: bool = False
) -> Iterator[Mailbox]:
    """A server on a free port of 127.0.0.1; with an authority it offers STARTTLS, or speaks TLS from the start."""
    mailbox = Mailbox()
    options: dict[str, Any] = {"enable_SMTPUTF8": True}
    if authority is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        if implicit_tls:
            options["ssl_context"] = context
        else:
            options |= {"tls_context": context, "require_starttls": True}
    if auth:
        options |= {
            "authenticator": mailbox.authenticate,
            "auth_required": True,
            "auth_require_tls": authority is not None and not implicit_tls,
        }
    controller = AnyPortController(mailbox, hostname="127.0.0.1", port=0, ready_timeout=30, **options)
    controller.start()
    try:
        mailbox.port = controller.port
        yield mailbox
    finally:
        controller.stop()
