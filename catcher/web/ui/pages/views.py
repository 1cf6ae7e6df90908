"""The views that show a message: HTML, text, source, parts, header fields, delivery."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from catcher.web.frame import FrameDocument
from catcher.web.ui.message.highlight import SourceToken
from catcher.web.ui.pages.layout import NavLink
from catcher.web.ui.site.formatting import TextSpan


class NamedValue(Struct, frozen=True, kw_only=True):
    """A value with its name."""

    name: str  # for people
    value: str  # for people


class HeaderRow(Struct, frozen=True, kw_only=True):
    """One header field."""

    name: str  # as sent
    body: str  # decoded
    encoded: str  # as sent, when that differs, else ""
    group: str  # "who", "routing", "list", "authentication", "content" or "other"
    search_href: str  # messages with the same field, "" when it cannot be searched for


class PartContent(Struct, frozen=True, kw_only=True):
    """The content of one part."""

    choices: tuple[NavLink, ...]  # decoded, as sent
    src: str  # address of the image, "" for other types
    text: str  # the text, "" for other types
    is_cut: bool  # too long to be shown whole


class PartRow(Struct, frozen=True, kw_only=True):
    """One part in the tree."""

    part_id: str  # its number
    depth: int  # 0 for the message itself
    media_type: str  # "type/subtype"
    name: str  # file name, "" without one
    size: int  # octets, decoded; 0 for a container
    facts: tuple[str, ...]  # charset, transfer encoding, disposition, content id
    digests: tuple[NamedValue, ...]  # of the decoded octets, as far as they are stored
    href: str  # this view with the part's content, "" for a container
    content: PartContent | None  # of the chosen part
    open_href: str  # the part in a browser tab, "" when that is not safe
    save_href: str  # the part as a download
    headers: tuple[HeaderRow, ...]  # its own header fields
    defects: tuple[str, ...]  # of its syntax
    is_container: bool  # whether it has parts of its own


class HtmlView(Struct, frozen=True, kw_only=True):
    """The HTML view."""

    frame: FrameDocument  # the document, for what was found in it
    src: str  # address of the frame
    is_too_large: bool  # shown only on request
    size: int  # octets of the HTML part
    is_clipped: bool  # whether some mail clients cut it
    fixed_width: int  # pixels of its widest box, 0 when that fits
    show_href: str  # address that shows it although it is large
    widths: tuple[NavLink, ...]  # the choice of widths
    width: str  # pixels, "" for the whole width
    min_width: int  # pixels that can be chosen
    max_width: int  # pixels that can be chosen
    hidden_fields: tuple[tuple[str, str], ...]  # of the form that changes the width
    schemes: tuple[NavLink, ...]  # the choice of colour schemes
    scheme: str  # "light", "dark" or "forced"
    images_href: str  # address that toggles images
    has_images: bool  # whether images are shown
    remote_href: str  # address that toggles remote images
    has_remote: bool  # whether remote images are shown
    is_trusted: bool  # whether this browser always loads them for the inbox
    inbox: str  # address of the inbox, "" without a recipient
    trust_action: str  # address of the form that changes that
    blocked: int  # number of blocked remote resources


class TextView(Struct, frozen=True, kw_only=True):
    """The text view."""

    spans: Sequence[TextSpan]  # the text, with addresses as links
    is_made: bool  # made from the HTML, because the message has no text
    is_cut: bool  # too long to be shown whole


class SourceView(Struct, frozen=True, kw_only=True):
    """The source of the HTML, or the message as sent."""

    tokens: Sequence[SourceToken]  # highlighted
    size: int  # octets of the whole
    is_cut: bool  # too long to be shown whole
    save_href: str  # address of the whole


class RecipientRow(Struct, frozen=True, kw_only=True):
    """One recipient of the SMTP dialogue."""

    address: str  # addr-spec
    parameters: str  # of RCPT, "" for none
    reply: str  # of the server, "" when it is not stored
    is_refused: bool  # whether the server refused it


class DeliveryStep(Struct, frozen=True, kw_only=True):
    """One event in the life of the message."""

    text: str  # the event
    detail: str = ""  # further facts, "" for none
    is_bad: bool = False  # whether it failed
    at: datetime | None = None  # its moment, None when that is not stored


class DeliveryView(Struct, frozen=True, kw_only=True):
    """The delivery view."""

    client: tuple[NamedValue, ...]  # the client that sent it
    reverse_path: str  # of MAIL
    parameters: str  # of MAIL, "" for none
    recipients: tuple[RecipientRow, ...]  # of RCPT, in order, refused ones last
    more_recipients: int  # number of recipients not listed
    steps: tuple[DeliveryStep, ...]  # in order
    transcript: str  # the SMTP dialogue, "" without one
