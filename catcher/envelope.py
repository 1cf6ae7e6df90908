"""The SMTP envelope and session as values. RFC 5321 §2.3.1, §3.3."""

from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

Parameters = tuple[tuple[str, str | None], ...]
"""ESMTP parameters of MAIL or RCPT in the order given: keyword in upper case, value or None (RFC 5321 §4.1.2)."""


class ForwardPath(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One recipient, as stated in RCPT. Source: RFC 5321 §4.1.1.3.

    addr_spec: without angle brackets, otherwise as given (letter case, source route removed).
    parameters: for example ("NOTIFY", "SUCCESS,DELAY") (RFC 3461 §4).
    """

    addr_spec: str
    parameters: Parameters = ()


class Client(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The client that submitted a message, as far as the connection identified it.

    address: IP address as text, "" when there is none (Unix socket, another process's backend).
    port: the client's port, 0 when there is none.
    helo: the argument of HELO, EHLO or LHLO, "" when none was given.
    protocol: the "with" protocol type of RFC 3848 and RFC 6531 (SMTP, ESMTP, ESMTPA, ESMTPS, UTF8SMTP, LMTP, …), "HTTP"
        for the send endpoint, "local" for the SQLite mail backend and imports.
    user: AUTH identity, "" without AUTH.
    mechanism: SASL mechanism, "" without AUTH.
    tls: protocol version and cipher as text, for example "TLSv1.3 TLS_AES_256_GCM_SHA384"; "" on a plain connection.
    """

    address: str = ""
    port: int = 0
    helo: str = ""
    protocol: str = "local"
    user: str = ""
    mechanism: str = ""
    tls: str = ""


class Envelope(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One accepted mail transaction, as the client stated it. Source: RFC 5321 §3.3, §4.1.2.

    reverse_path: addr-spec without angle brackets; "" is the null reverse-path (§4.5.5).
    forward_paths: in RCPT order, as given, duplicates kept.
    received_at: aware UTC, the moment the last octet was read.
    parameters: the ESMTP parameters of MAIL, for example ("BODY", "8BITMIME"), ("SIZE", "1234").
    notes: accepted deviations from the protocol, one short sentence each.
    transcript: the readable dialogue up to the content: the connection's opening, then this transaction. Commands begin
        with "C: ", replies with "S: " (only their first line). AUTH secrets and content are omitted, and long
        dialogues are cut, with a line that says so. "" if there was no dialogue.
    """

    reverse_path: str
    forward_paths: tuple[ForwardPath, ...]
    received_at: datetime
    client: Client = Client()
    parameters: Parameters = ()
    notes: tuple[str, ...] = ()
    transcript: str = ""

    @property
    def recipients(self) -> tuple[str, ...]:
        """The addr-specs of the recipients in RCPT order, duplicates kept."""
        return tuple(path.addr_spec for path in self.forward_paths)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSession:
    """One SMTP connection that has ended, with or without messages.

    opened_at, closed_at: aware UTC. ended: the reason, "quit", "lost", "timeout", "refused", "stopped" or "dropped".
    store_ids: of its messages, in order, at most the first thousand.
    transcript: the whole dialogue, in the format of `Envelope.transcript`.
    """

    client: Client
    opened_at: datetime
    closed_at: datetime
    ended: str
    store_ids: tuple[str, ...] = ()
    transcript: str = ""
