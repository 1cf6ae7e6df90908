"""Backend that stores mail in catcher's own database, for its pages and API, without an SMTP server.

The only module of the library that imports other rooms of catcher; nothing else imports it.
"""

import atexit
import email
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from email.message import Message
from pathlib import Path
from typing import Any, overload

from catcher import mail
from catcher.intake.local_mailbox import LocalMailbox, LocalMessage, SharedStores, mailbox
from catcher.mail import settings
from catcher.mail.backends.base import BaseEmailBackend, checked
from catcher.mail.header import envelope_of
from catcher.mail.message import EmailAlternative, EmailAttachment, EmailMultiAlternatives

__all__ = ["EmailBackend", "Outbox", "StoredEmail"]

_LINE_END = re.compile(rb"\r\n|\r|\n")
_OWN_FIELDS = {"subject", "from", "to", "cc", "reply-to", "bcc", "mime-version", "content-type"}
_OWN_FIELDS |= {"content-transfer-encoding", "content-disposition"}

_stores = SharedStores()
"""Databases opened by the backends of this process; shared, since `send_mail()` creates a backend for each mail."""
atexit.register(_stores.close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_stores.before_fork,
        after_in_parent=_stores.after_fork_in_parent,
        after_in_child=_stores.after_fork_in_child,
    )


class EmailBackend(BaseEmailBackend):
    """Stores messages in a catcher database.

    database: a file, a directory (catcher.db in it) or URL. file_path, else EMAIL_FILE_PATH, is as for the
    file backend: a directory, created if missing, or a file whose name ends in .db, .sqlite or .sqlite3. With
    neither it is the default database of `catcher serve`. `outbox` is a view of the stored messages; it is
    also `catcher.mail.outbox`, unless that exists.

    Raises `catcher.errors.DatabaseUnusable` if the database cannot be opened, `catcher.errors.StoreUnavailable` if
    it cannot be written at present.
    """

    def __init__(
        self,
        *args: Any,
        database: str | os.PathLike[str] | None = None,
        file_path: str | os.PathLike[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if database is None and file_path is None and self.alias is None:
            file_path = settings.EMAIL_FILE_PATH
        self._mailbox = LocalMailbox(os.fspath(database) if database else _made(file_path), stores=_stores)
        self.outbox = Outbox(self._mailbox)
        if not hasattr(mail, "outbox"):
            mail.outbox = self.outbox

    def open(self) -> bool | None:
        """Open the database. True if it was opened now, False if it was open, None if it failed silently."""
        with self.suppressing(Exception):
            return self._mailbox.open()
        return None

    def close(self) -> None:
        """Close the database; sending reopens it. Otherwise it closes a second after its last use."""
        self._mailbox.close()

    def send_messages(self, email_messages: Iterable[Any]) -> int:
        """Store the messages in one transaction, skipping those without recipients; return their number."""
        mails = [
            (*envelope, _delivered(message.message().as_bytes()))
            for message in checked(email_messages)
            if (envelope := envelope_of(message))[1]
        ]
        with self.suppressing(Exception):
            return len(self._mailbox.deliver(mails)) if mails else 0
        return 0


class Outbox(Sequence["StoredEmail"]):
    """The stored messages as a list, oldest first: length, index, slice, iteration, `clear()`.

    Every access reads the database, so that mail of other processes appears too.
    """

    def __init__(self, mailbox: LocalMailbox) -> None:
        self._mailbox = mailbox

    def __len__(self) -> int:
        return self._mailbox.count()

    @overload
    def __getitem__(self, index: int) -> "StoredEmail": ...
    @overload
    def __getitem__(self, index: slice) -> list["StoredEmail"]: ...
    def __getitem__(self, index: int | slice) -> "StoredEmail | list[StoredEmail]":
        store_ids = self._mailbox.store_ids()[index]
        if isinstance(store_ids, str):
            return StoredEmail(self._mailbox.letter(store_ids))
        return [StoredEmail(self._mailbox.letter(store_id)) for store_id in store_ids]

    def __iter__(self) -> Iterator["StoredEmail"]:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        """Compare with a sequence of messages; an empty outbox equals []."""
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # like a list

    def __repr__(self) -> str:
        return f"<Outbox of {len(self)} messages>"

    def clear(self) -> None:
        """Delete all stored messages, including those of other processes."""
        self._mailbox.clear()


class StoredEmail(EmailMultiAlternatives):
    """A stored message with the attributes it was sent with, as far as they can be reconstructed.

    store_id: its key. bcc: envelope recipients that no header field names. message() returns the stored octets, parsed.
    """

    def __init__(self, letter: LocalMessage) -> None:
        written = letter.authored
        fields = {name.lower(): body for name, body in written.fields}
        super().__init__(
            subject=written.subject,
            body=written.body,
            from_email=fields.get("from") or letter.envelope.reverse_path,
            to=[mailbox(each) for each in letter.addresses.to],
            cc=[mailbox(each) for each in letter.addresses.cc],
            bcc=[mailbox(each) for each in letter.addresses.bcc],
            reply_to=[mailbox(each) for each in letter.addresses.reply_to],
            headers={name: body for name, body in written.fields if name.lower() not in _OWN_FIELDS},
        )
        self.content_subtype = written.subtype
        self.alternatives = [EmailAlternative(*alternative) for alternative in written.alternatives]
        self.attachments = [_attachment(*attachment) for attachment in written.attachments]
        self.store_id = letter.store_id
        self._envelope = letter.envelope
        self._octets = letter.octets

    def message(self, policy: Any = None) -> Message:
        """Return the stored message, by default with a policy that keeps header fields unchanged."""
        return email.message_from_bytes(self._octets, **({} if policy is None else {"policy": policy}))

    def recipients(self) -> list[str]:
        """Return the envelope's recipients."""
        return list(self._envelope.recipients)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StoredEmail) and other.store_id == self.store_id

    def __hash__(self) -> int:
        return hash(self.store_id)


def _made(file_path: str | os.PathLike[str] | None) -> str:
    """Return the database of `file_path`, creating the directory as the file backend does."""
    if not file_path:
        return os.environ.get("CATCHER_DATABASE", "")
    path = Path(file_path).absolute()
    is_file = path.is_file() or path.suffix in {".db", ".sqlite", ".sqlite3"}
    (path.parent if is_file else path).mkdir(parents=True, exist_ok=True)
    return str(path if is_file else path / "catcher.db")


def _delivered(octets: bytes) -> bytes:
    """Return the octets as delivered by SMTP: every line ends in CRLF, the last one too."""
    octets = _LINE_END.sub(b"\r\n", octets)
    return octets if octets.endswith(b"\r\n") else octets + b"\r\n"


def _attachment(name: str, octets: bytes, media_type: str) -> EmailAttachment:
    """Return an attachment in the form that `attach()` stores: text as str if it is UTF-8, else octets."""
    content: str | bytes = octets
    if media_type.startswith("text/"):
        try:
            content = octets.decode().replace("\r\n", "\n")
        except UnicodeDecodeError:
            content = octets
    return EmailAttachment(name or None, content, media_type)
