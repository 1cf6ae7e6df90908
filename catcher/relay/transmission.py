"""Transmission of a stored message through a connection of the mail library, with a reply for each recipient."""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catcher.errors import RelayError
from catcher.mail.header import bare_address, envelope_address
from catcher.relay.header_edits import UNCHANGED, HeaderEdits, edit_header
from catcher.relay.message import StoredMail
from catcher.store.model import StoredMessage

INVALID_ADDRESS = 553
"""Reply code for an address that cannot be used, given here without asking the server. RFC 5321 §4.2.3."""

_CONTROLS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientReply:
    """The reply for one recipient. code, text: of the refusal; 250 and "" for an accepted one."""

    recipient: str
    is_accepted: bool
    code: int
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransmissionReport:
    """The replies for all recipients, in the order given, each once."""

    outcomes: tuple[RecipientReply, ...]

    @property
    def accepted(self) -> tuple[RecipientReply, ...]:
        """Replies for accepted recipients."""
        return tuple(each for each in self.outcomes if each.is_accepted)

    @property
    def refused(self) -> tuple[RecipientReply, ...]:
        """Replies for refused recipients."""
        return tuple(each for each in self.outcomes if not each.is_accepted)


def transmit(
    stored: StoredMessage,
    octets: bytes,
    recipients: Sequence[str],
    *,
    connection: Any,
    edits: HeaderEdits = UNCHANGED,
    reverse_path: str | None = None,
) -> TransmissionReport:
    """Send the message to these recipients. Blocks.

    octets: those of `stored`; sent as they are but for `edits` (on an SMTP connection line ends become CRLF).
    connection: a backend; it is opened and closed again unless it is open. reverse_path: addr-spec, "" for the null
    reverse-path, None for the envelope's; `override_from` and `return_path` of the edits take precedence.
    An invalid address, or one that needs SMTPUTF8, is refused here with 553. A backend that does not tell recipients
    apart has accepted all of them when it has accepted the message.

    Raises RelayError when the message was sent to nobody for a reason that is not the recipients'.
    """
    forward_paths = {each: _forward_path(each) for each in recipients}
    wanted = list(dict.fromkeys(path for path in forward_paths.values() if path))
    refused: Mapping[str, tuple[int, bytes]] = {}
    if wanted:
        author = stored.message.from_[0] if stored.message.from_ else None
        edited = edit_header(
            octets,
            edits,
            author_name=author.display_name if author else "",
            author=author.addr_spec if author else "",
        )
        chosen = edits.override_from or edits.return_path
        if not chosen:
            chosen = stored.envelope.reverse_path if reverse_path is None else reverse_path
        refused = _send(connection, StoredMail(stored, edited, wanted, reverse_path=chosen))
    return TransmissionReport(outcomes=tuple(_reply(each, path, refused) for each, path in forward_paths.items()))


def _forward_path(recipient: str) -> str:
    """Return the address as RCPT takes it, "" for one that it cannot take."""
    try:
        local_part, at, domain = bare_address(recipient).rpartition("@")
        is_usable = at and domain and local_part.isascii()
        return envelope_address(recipient, "utf-8") if is_usable else ""
    except ValueError:
        return ""


def _reply(recipient: str, path: str, refused: Mapping[str, tuple[int, bytes]]) -> RecipientReply:
    if not path:
        return RecipientReply(
            recipient=recipient, is_accepted=False, code=INVALID_ADDRESS, text="not an address in ASCII"
        )
    if path in refused:
        code, text = refused[path]
        return RecipientReply(recipient=recipient, is_accepted=False, code=code, text=_readable(text))
    return RecipientReply(recipient=recipient, is_accepted=True, code=250)


def _send(connection: Any, mail: StoredMail) -> Mapping[str, tuple[int, bytes]]:
    """Open, send, close; return the refused recipients and their replies. Raises RelayError."""
    try:
        opened = connection.open()
    except Exception as error:
        _close(connection)
        raise _relay_error("error connecting", error) from error
    try:
        return _refused(connection, mail)
    finally:
        if opened:
            _close(connection)


def _close(connection: Any) -> None:
    # The outcome is known by now; an error while closing does not change it.
    with contextlib.suppress(Exception):
        connection.close()


def _refused(connection: Any, mail: StoredMail) -> Mapping[str, tuple[int, bytes]]:
    try:
        sent = connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        # After a 421 the remaining recipients were not tried (RFC 5321 §3.8): they share the last reply.
        last = list(error.recipients.values())[-1]
        return {each: error.recipients.get(each, last) for each in mail.to}
    except Exception as error:  # a backend by dotted path may raise anything
        raise _relay_error("error sending", error) from error
    if not sent:
        raise RelayError("the relay did not take the message")
    return dict(getattr(connection, "refused", None) or {})


def _relay_error(what: str, error: Exception) -> RelayError:
    """Return the error with a readable text; it holds no secret of ours."""
    detail = f"{type(error).__name__}: {error}"[:500]
    match error:
        case smtplib.SMTPAuthenticationError():
            return RelayError(f"login refused: {error.smtp_code} {_readable(error.smtp_error)}", detail=detail)
        case smtplib.SMTPResponseException():
            reply = f"{error.smtp_code} {_readable(error.smtp_error)}"
            return RelayError(f"{what}: {reply}", detail=detail, is_lasting=500 <= error.smtp_code < 600)
        case ssl.SSLCertVerificationError():
            return RelayError(f"{what}: the certificate is not trusted: {error.verify_message}", detail=detail)
        case TimeoutError():
            return RelayError(f"{what}: no answer in time", detail=detail)
        case OSError() if error.strerror:
            return RelayError(f"{what}: {error.strerror}", detail=detail)
        case ValueError():
            return RelayError(f"{what}: {_readable(str(error))}", detail=detail, is_lasting=True)
    return RelayError(f"{what}: {_readable(str(error)) or type(error).__name__}", detail=detail)


def _readable(text: bytes | str) -> str:
    """Return a server's text as one line of at most 500 characters."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return _CONTROLS.sub(" ", text).strip()[:500]
