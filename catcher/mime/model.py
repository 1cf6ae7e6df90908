"""Values of a parsed message: header fields, addresses, the tree of parts. Source: RFC 5322, RFC 2045.

These are structs rather than dataclasses: each message needs a dozen, and a struct takes a fifth of the time to
create and to store.
"""

from datetime import datetime
from mmap import mmap
from typing import TypeAlias

from msgspec import Struct

Octets: TypeAlias = bytes | mmap
"""A message's octets: in memory, or a file mapped into it."""


class Address(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A mailbox. Groups are flattened (RFC 5322 §3.4).

    display_name: decoded, "" if absent.
    addr_spec: as sent, without angle brackets; may lack "@".
    """

    display_name: str
    addr_spec: str


class HeaderField(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One header field as sent. Source: RFC 5322 §2.2.

    name: in the letter case of the message, without colon.
    body: unfolded (line breaks of folding removed, white space kept), surrounding white space stripped, encoded-words
        left as they are; octets that are not UTF-8 are read as Windows-1252, so it is always printable text.
    """

    name: str
    body: str


class Digests(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Digests of a part's decoded octets, lower-case hex."""

    md5: str
    sha1: str
    sha256: str


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entity of the tree, the message itself included. Source: RFC 2045 §2.4, RFC 2183 §2.

    part_id: "0" for a message of a single part and for the root; children "1", "2"; below them "1.1"; see `mime.tree`.
    parent: index of the parent in `Message.parts`, -1 for the root.
    media_type: "type/subtype" in lower case; "text/plain" when none is given, "application/octet-stream" when it is
        broken; a lone word such as "text" stands as it was sent (ASCII token characters only).
    parameters: of Content-Type, names in lower case, values decoded (RFC 2231, and RFC 2047 as found in the wild).
    charset: as declared, lower case, "" when none is.
    transfer_encoding: lower case, "7bit" when none is given; "x-uuencode" for a uuencoded file found in a text.
    disposition: "inline", "attachment" or "" (unknown values count as attachment, RFC 2183 §2.8).
    file_name: decoded, without directories and control characters, "" when there is none.
    content_id: without angle brackets, "" when there is none.
    content_location: the URL of Content-Location, "" when there is none.
    description: Content-Description, decoded.
    header_start, body_start, end: place of the entity in the message's octets; `octets[body_start:end]` is its body as
        sent, without the line break that belongs to the boundary.
    size: decoded octets; 0 for multiparts.
    digests: of the decoded octets; None for multiparts and for the texts that are shown as the message itself.
    """

    part_id: str
    parent: int
    media_type: str
    parameters: tuple[tuple[str, str], ...] = ()
    charset: str = ""
    transfer_encoding: str = "7bit"
    disposition: str = ""
    file_name: str = ""
    content_id: str = ""
    description: str = ""
    content_location: str = ""
    header_start: int
    body_start: int
    end: int
    size: int = 0
    digests: Digests | None = None

    @property
    def is_multipart(self) -> bool:
        """Whether the part is a multipart."""
        return self.media_type.startswith("multipart/")


class ParseDefect(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A violation of an RFC in the message, or a limit that cut it.

    code: stable, lower case with hyphens, for example "boundary-missing", "base64-invalid", "cut-depth".
    part_id: where, "" for the message's header section.
    text: one sentence for readers.
    """

    code: str
    part_id: str
    text: str


class ParsedMessage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A parsed message. Any octets give one, and no part is dropped silently.

    header: the fields of the header section in order, repeated ones kept.
    subject: decoded, one line, "" when there is none. message_id: without angle brackets, "" when there is none.
    date: the Date field, aware with its own offset; None when it is missing or cannot be read.
    from_, sender, to, cc, bcc, reply_to: all mailboxes of all such fields, in order.
    parts: in document order, parents before children; parts[0] is the root and always there.
    text_parts, html_parts: indexes into parts of what is shown as the body; empty when there is none.
    attachments, inlines: indexes into parts of the other leaves, each in one of the two, and of bodies that are named
        files as well (see `mime.tree`).
    defects: at most 100. is_cut: whether a limit ended the parse early, so that parts may be missing from the tree.
    """

    header: tuple[HeaderField, ...]
    subject: str
    message_id: str
    date: datetime | None
    from_: tuple[Address, ...]
    sender: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    parts: tuple[Part, ...]
    text_parts: tuple[int, ...]
    html_parts: tuple[int, ...]
    attachments: tuple[int, ...]
    inlines: tuple[int, ...]
    defects: tuple[ParseDefect, ...]
    is_cut: bool = False
