"""A mail transaction in progress: MAIL and RCPT. RFC 5321 §3.3."""

import re
from collections.abc import Callable
from datetime import datetime

from catcher.envelope import Client, Envelope, ForwardPath, Parameters
from catcher.smtp.paths import PathArgument, read_path
from catcher.smtp.replies import Reply, too_large

BODIES = frozenset({"7BIT", "8BITMIME", "BINARYMIME"})

_XTEXT = r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})+"  # RFC 3461 §4
_VALIDATORS: dict[str, Callable[[str], object]] = {
    # Violations become notes; `mail` has refused invalid SIZE and BODY.
    "AUTH": re.compile(rf"<>|{_XTEXT}").fullmatch,  # RFC 4954 §5
    "RET": re.compile(r"FULL|HDRS", re.IGNORECASE).fullmatch,  # RFC 3461 §4.3
    "ENVID": re.compile(_XTEXT).fullmatch,  # RFC 3461 §4.4
    "NOTIFY": re.compile(r"NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY))*", re.IGNORECASE).fullmatch,
    "ORCPT": re.compile(rf"[A-Za-z0-9-]+;(?:{_XTEXT}|\S+)").fullmatch,  # RFC 3461 §4.2, RFC 6533 §3
    "SMTPUTF8": lambda value: not value,
}
_MAIL_PARAMETERS = frozenset({"SIZE", "BODY", "SMTPUTF8", "AUTH", "RET", "ENVID"})
_RCPT_PARAMETERS = frozenset({"NOTIFY", "ORCPT"})


class Transaction:
    """The envelope since MAIL. reverse_path: None before MAIL.

    is_internationalized: MAIL had the parameter SMTPUTF8 (RFC 6531 §3.4). is_binary: it had BODY=BINARYMIME, which DATA
    cannot transfer (RFC 3030 §3). dropped: number of recipients that were acknowledged and dropped.
    max_octets, max_recipients: 0 is no limit. allowed, drop_others: see `SmtpOptions`.
    """

    __slots__ = (
        "_allowed",
        "_drop_others",
        "_is_extended",
        "_max_octets",
        "_max_recipients",
        "_notes",
        "_parameters",
        "dropped",
        "forward_paths",
        "is_binary",
        "is_internationalized",
        "reverse_path",
    )

    def __init__(
        self,
        *,
        max_octets: int,
        max_recipients: int,
        allowed: re.Pattern[str] | None = None,
        drop_others: bool = False,
    ) -> None:
        self._allowed = allowed
        self._drop_others = drop_others
        self._max_octets = max_octets
        self._max_recipients = max_recipients
        self._is_extended = False
        self.reset()

    def reset(self) -> None:
        """Forget everything, on RSET, EHLO or STARTTLS, or after the message."""
        self.reverse_path: str | None = None
        self.forward_paths: list[ForwardPath] = []
        self.dropped = 0
        self.is_internationalized = False
        self.is_binary = False
        self._parameters: Parameters = ()
        self._notes: list[str] = []

    @property
    def has_recipients(self) -> bool:
        """Whether a RCPT was accepted."""
        return bool(self.forward_paths or self.dropped)

    def mail(self, argument: bytes, *, is_extended: bool) -> bytes:
        """Process MAIL and return the reply. A second MAIL before any RCPT replaces the first: some clients retry.

        is_extended: the client has said EHLO.
        """
        if self.has_recipients:
            return Reply.RESET_FIRST
        path = read_path(argument, b"FROM")
        if isinstance(path, Reply):
            return path
        for keyword, value in path.parameters:
            if refusal := self._refuse(keyword, value):
                return refusal
        self.reset()
        self.reverse_path = path.addr_spec
        self._is_extended = is_extended
        if path.parameters:
            self._parameters = path.parameters
            self.is_internationalized = ("SMTPUTF8", None) in path.parameters
            self.is_binary = any(word == "BODY" and (value or "")[:1] in "Bb" for word, value in path.parameters)
        self._note(path, _MAIL_PARAMETERS, "MAIL")
        return Reply.SENDER_OK

    def rcpt(self, argument: bytes) -> bytes:
        """Process RCPT and return the reply. Duplicate recipients are kept."""
        if self.reverse_path is None:
            return Reply.MAIL_FIRST
        path = read_path(argument, b"TO")
        if isinstance(path, Reply):
            return path
        if self._max_recipients and len(self.forward_paths) + self.dropped >= self._max_recipients:
            return Reply.TOO_MANY_RECIPIENTS
        if self._allowed is not None and not self._allowed.search(path.addr_spec):
            if not self._drop_others:
                return Reply.UNAVAILABLE_MAILBOX
            self.dropped += 1
            return Reply.RECIPIENT_OK
        self.forward_paths.append(ForwardPath(addr_spec=path.addr_spec, parameters=path.parameters))
        self._note(path, _RCPT_PARAMETERS, "RCPT")
        return Reply.RECIPIENT_OK

    def envelope(
        self, *, client: Client, received_at: datetime, notes: tuple[str, ...] = (), transcript: str = ""
    ) -> Envelope:
        """Return the transaction as a value. notes: of the connection, before those of the transaction."""
        return Envelope(
            reverse_path=self.reverse_path or "",
            forward_paths=tuple(self.forward_paths),
            received_at=received_at,
            client=client,
            parameters=self._parameters,
            notes=tuple(dict.fromkeys((*notes, *self._notes))) if self._notes else notes,
            transcript=transcript,
        )

    def _refuse(self, keyword: str, value: str | None) -> bytes:
        """Return the refusal of a parameter of MAIL, b"" if it is acceptable."""
        if keyword == "SIZE":
            # At most twenty digits (RFC 1870 §3); int() is slow on a megabyte of digits.
            if value is None or not (value.isascii() and value.isdigit()) or len(value) > 20:
                return Reply.BAD_SIZE
            if self._max_octets and int(value) > self._max_octets:
                return too_large(self._max_octets)
        elif keyword == "BODY" and (value or "").upper() not in BODIES:
            return Reply.BAD_BODY
        return b""

    def _note(self, path: PathArgument, known: frozenset[str], verb: str) -> None:
        """Add notes on oddities, at most fifty in total."""
        notes = list(path.notes)
        if not path.addr_spec.isascii() and not self.is_internationalized:
            notes.append("address beyond ASCII without SMTPUTF8")
        if path.parameters:
            if not self._is_extended:
                notes.append("ESMTP parameters after HELO")
            for keyword, value in path.parameters:
                if keyword not in known:
                    notes.append(f"parameter {keyword[:40]} of {verb} is not one that was offered")
                elif (is_valid := _VALIDATORS.get(keyword)) and not is_valid(value or ""):
                    notes.append(f"parameter {keyword} of {verb} has a value it cannot have")
        if notes:
            self._notes += [note for note in notes if note not in self._notes][: max(0, 50 - len(self._notes))]
