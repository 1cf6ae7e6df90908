"""Mail in and out of the catcher in bulk: files, folders, mbox, Maildir, zip, another catcher's API."""

from catcher.transfer.addressing import envelope_of, recipients_of, without_bcc
from catcher.transfer.importing import Importer
from catcher.transfer.kept import KeptMail
from catcher.transfer.model import Copy, Found, MailSource, MailTarget, Skipped, TransferError
from catcher.transfer.reading import Mailboxes
from catcher.transfer.reindexing import reindex
from catcher.transfer.remote import RemoteMail
from catcher.transfer.streaming import mbox_pieces, zip_pieces
from catcher.transfer.writing import FORMATS, format_of, open_target

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
