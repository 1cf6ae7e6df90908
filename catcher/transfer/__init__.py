"""Mail in and out of the catcher in bulk: files, folders, mbox, Maildir, zip, another catcher's API."""

from catcher.transfer.archive_stream import mbox_pieces, zip_pieces
from catcher.transfer.files import Mailboxes
from catcher.transfer.importer import Importer
from catcher.transfer.inferred_envelope import envelope_of, recipients_of, without_bcc
from catcher.transfer.model import Copy, Found, MailSource, MailTarget, Skipped, TransferError
from catcher.transfer.reindex import reindex
from catcher.transfer.remote import RemoteMail
from catcher.transfer.stored import KeptMail
from catcher.transfer.targets import FORMATS, format_of, open_target

__all__ = [
    "FORMATS",
    "Copy",
    "Found",
    "Importer",
    "KeptMail",
    "MailSource",
    "MailTarget",
    "Mailboxes",
    "RemoteMail",
    "Skipped",
    "TransferError",
    "envelope_of",
    "format_of",
    "mbox_pieces",
    "open_target",
    "recipients_of",
    "reindex",
    "without_bcc",
    "zip_pieces",
]
