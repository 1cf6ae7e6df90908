"""The views of a message that show it: HTML, text, source, parts, header fields, delivery."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from catcher.web.frame import FrameDocument
from catcher.web.ui.message.highlight import Piece
from catcher.web.ui.pages.chrome import Link
from catcher.web.ui.site.formatting import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something known, by its name."""

    name: str  # what it is
    value: str  # what it is worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One header field."""

    name: str  # as sent
    body: str  # decoded
    encoded: str  # as sent, when that differs, else ""
    group: str  # "who", "routing", "list", "authentication", "content" or "other"
    search_href: str  # messages with the same, "" when it cannot be searched for


@dataclass(frozen=True, slots=True, kw_only=True)
class PartContent:
    """What is in one part."""

    choices: tuple[Link, ...]  # decoded, as sent
    src: str  # address of an image to show, "" for another kind
    text: str  # the text to show, "" for another kind
    is_cut: bool  # too long to be shown whole


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLine:
    """One part in the tree."""

    part_id: str  # its number
    depth: int  # 0 for the message itself
    media_type: str  # "type/subtype"
    name: str  # file name, "" when there is none
    size: int  # octets, decoded; 0 for a container
    facts: tuple[str, ...]  # charset, encoding, disposition, content id
    digests: tuple[Fact, ...]  # of the decoded octets, as far as they are kept
    href: str  # this view with the part's content shown, "" for a container
    content: PartContent | None  # of the part that is looked at
    open_href: str  # where it can be looked at, "" when it cannot safely
    save_href: str  # where it can be saved
    headers: tuple[Field, ...]  # its own header fields
    defects: tuple[str, ...]  # what is wrong with it
    is_container: bool  # whether it only holds others


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The HTML view."""

    frame: FrameDocument  # the document, for what was found in it
    src: str  # address of the frame
    is_too_large: bool  # not shown before somebody asks
    size: int  # octets of the HTML part
    is_clipped: bool  # whether a mail program cuts it
    fixed_width: int  # pixels of its widest box, 0 when that fits
    anyway: str  # address that shows it although it is large
    widths: tuple[Link, ...]  # the choice of widths
    width: str  # pixels, "" for all there is
    least_width: int  # pixels that can be chosen
    most_width: int  # pixels that can be chosen
    kept: tuple[tuple[str, str], ...]  # parameters that a form has to send along
    schemes: tuple[Link, ...]  # the choice of colour schemes
    scheme: str  # "light", "dark" or "forced"
    images_href: str  # address with images the other way
    has_images: bool  # whether images are shown
    remote_href: str  # address with remote images the other way
    has_remote: bool  # whether remote images are shown
    is_trusted: bool  # whether this browser always shows them for the inbox
    inbox: str  # address of the inbox, "" when nobody is named
    trust_action: str  # where a form changes that
    hidden_remote: int  # how many remote items are kept away


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The text view."""

    runs: Sequence[Run]  # the text, addresses apart
    is_made: bool  # taken from the HTML, because the message has no text
    is_cut: bool  # too long to be shown whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The source of the HTML, or the message as sent."""

    pieces: Sequence[Piece]  # in colours
    size: int  # octets of the whole
    is_cut: bool  # too long to be shown whole
    save_href: str  # where the whole is


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientLine:
    """One recipient as the client named it."""

    address: str  # addr-spec
    parameters: str  # what was asked for besides, "" for nothing
    reply: str  # what the server answered, "" when that is not kept
    is_refused: bool  # whether it was turned away


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened to the message."""

    text: str  # what
    detail: str  # more of it, "" for nothing
    is_bad: bool  # whether it went wrong
    at: datetime | None  # when, None when that is not kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The delivery view."""

    client: tuple[Fact, ...]  # who handed it in
    reverse_path: str  # of MAIL
    parameters: str  # of MAIL, "" for none
    recipients: tuple[RecipientLine, ...]  # of RCPT, in order, those that were refused last
    more_recipients: int  # how many there are besides
    steps: tuple[Step, ...]  # what happened, in order
    transcript: str  # what client and server said, "" when there was no dialogue
