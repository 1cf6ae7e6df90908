"""Import and export of mail: files, folders, mbox, Maildir, zip, the API of another catcher."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.transfer.archive_stream import stream_mbox, stream_zip
    from catcher.transfer.files import MailFiles
    from catcher.transfer.http_source import HttpSource
    from catcher.transfer.importer import Importer
    from catcher.transfer.inferred_envelope import header_recipients, infer_envelope, remove_bcc
    from catcher.transfer.model import FileMessage, MailSource, MailTarget, MessageCopy, Skipped, TransferError
    from catcher.transfer.reindex import reindex_messages
    from catcher.transfer.store_source import StoreSource
    from catcher.transfer.targets import FORMATS, guess_format, open_target
else:
    __getattr__ = lazy.exports(
        __name__,
        {
            "archive_stream": "stream_mbox stream_zip",
            "files": "MailFiles",
            "http_source": "HttpSource",
            "importer": "Importer",
            "inferred_envelope": "header_recipients infer_envelope remove_bcc",
            "model": "FileMessage MailSource MailTarget MessageCopy Skipped TransferError",
            "reindex": "reindex_messages",
            "store_source": "StoreSource",
            "targets": "FORMATS guess_format open_target",
        },
    )

__all__ = [
    "FORMATS",
    "FileMessage",
    "HttpSource",
    "Importer",
    "MailFiles",
    "MailSource",
    "MailTarget",
    "MessageCopy",
    "Skipped",
    "StoreSource",
    "TransferError",
    "guess_format",
    "header_recipients",
    "infer_envelope",
    "open_target",
    "reindex_messages",
    "remove_bcc",
    "stream_mbox",
    "stream_zip",
]
