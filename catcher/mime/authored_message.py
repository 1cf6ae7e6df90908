"""A message in the terms of mail libraries: a body, alternatives and attachments."""

import re
from dataclasses import dataclass

from catcher.mime.content import bodies, part_octets, part_text
from catcher.mime.fields.words import decode_words
from catcher.mime.model import Address, Octets, ParsedMessage, Part

_SPECIALS = re.compile(r'[][\\()<>@,:;".]')


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoredMessage:
    """A message as its author passed it to a mail library.

    body, subtype: the main text, and "plain" or "html". alternatives: (content, media type) of
    the others in the same multipart/alternative. attachments: (file name, octets, media type). fields: header fields
    in order, decoded.
    """

    subject: str
    fields: tuple[tuple[str, str], ...]
    body: str
    subtype: str
    alternatives: tuple[tuple[str, str], ...]
    attachments: tuple[tuple[str, bytes, str], ...]


def authored_message(octets: Octets, message: ParsedMessage) -> AuthoredMessage:
    """Reconstruct the message as its author composed it. `message`: the parsed octets. Never raises."""
    shown = bodies(octets, message)
    has_text = not shown.text_is_made and bool(message.text_parts or not shown.html)
    others = [(shown.html, "text/html")] if has_text and shown.html else []
    shown_parts = {*message.text_parts, *message.html_parts}
    files = [
        message.parts[index] for index in sorted((*message.attachments, *message.inlines)) if index not in shown_parts
    ]
    others += [
        (part_text(octets, part), part.media_type)
        for part in files
        if _is_alternative(message, part) and not part.file_name
    ]
    return AuthoredMessage(
        subject=message.subject,
        fields=tuple((field.name, decode_words(field.body)) for field in message.header),
        body=_as_given(shown.text if has_text else shown.html, is_whole=len(message.parts) == 1),
        subtype="plain" if has_text else "html",
        alternatives=tuple((_as_given(text, is_whole=False), media_type) for text, media_type in others),
        attachments=tuple(
            (part.file_name, part_octets(octets, part), part.media_type)
            for part in files
            if not _is_alternative(message, part) or part.file_name
        ),
    )


def mailbox(address: Address) -> str:
    """Format an address with a decoded name, in quotation marks where RFC 5322 requires them."""
    name = address.display_name
    if _SPECIALS.search(name):
        name = '"' + re.sub(r'([\\"])', r"\\\1", name) + '"'
    return f"{name} <{address.addr_spec}>" if name else address.addr_spec


def _is_alternative(message: ParsedMessage, part: Part) -> bool:
    """Whether a part is an alternative of the body, such as a calendar in multipart/alternative."""
    parent = message.parts[part.parent] if part.parent >= 0 else None
    return part.media_type.startswith("text/") and parent is not None and parent.media_type == "multipart/alternative"


def _as_given(text: str, *, is_whole: bool) -> str:
    """Return the text with LF line ends, without the one that transport adds to the end of a message."""
    text = text.replace("\r\n", "\n")
    return text.removesuffix("\n") if is_whole else text
