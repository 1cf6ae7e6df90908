"""Content of parts: decoded octets, whole or in pieces, and text."""

from collections.abc import Iterator
from dataclasses import dataclass

from catcher.mime.codings import PIECE, iter_decoded
from catcher.mime.entity import IDENTITY
from catcher.mime.model import Octets, ParsedMessage, Part
from catcher.mime.text.charsets import decode
from catcher.mime.text.html import html_to_text

TEXT_JOINT = "\n--\n"
"""Separator of several text bodies, as in Mailpit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """A message's text and HTML. text_is_made: `text` was derived from the HTML, as the message has no text body."""

    text: str
    html: str
    text_is_made: bool = False


def part_octets(octets: Octets, part: Part) -> bytes:
    """Return the part's content without its transfer encoding; text and embedded messages stay in the sender's octets.

    Damaged encodings give what can be decoded, a multipart its body as sent. Never raises.
    """
    if part.transfer_encoding in IDENTITY:
        return octets[part.body_start : part.end]
    pieces = tuple(iter_part(octets, part))
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def iter_part(octets: Octets, part: Part, *, size: int = PIECE) -> Iterator[bytes]:
    """Yield `part_octets` in pieces of about `size` octets of encoded content, for parts too large to hold."""
    encoding = "binary" if part.is_multipart else part.transfer_encoding
    return iter_decoded(octets, part.body_start, part.end, encoding, size=size)


def part_text(octets: Octets, part: Part, *, limit: int | None = None) -> str:
    """Return the part as text, by its charset, or by detection if that is wrong or missing.

    With `limit` only about that many octets are read, up to a line break. Line breaks stay as sent. Never
    raises, never with surrogates.
    """
    if limit is None or part.end - part.body_start <= limit:
        decoded = part_octets(octets, part)
    else:
        decoded = _first_octets(octets, part, limit)
    return decode(decoded, part.charset, is_html=part.media_type == "text/html")


def bodies(octets: Octets, message: ParsedMessage) -> Bodies:
    """Return text and HTML of the message: its text bodies joined, its HTML bodies joined.

    Uuencoded files in a text are parts of their own and removed from it. Without a text body the text is derived from
    the HTML, with links in parentheses.
    """
    text = TEXT_JOINT.join(body_texts(octets, message, message.text_parts))
    html = "\n".join(body_texts(octets, message, message.html_parts))
    if message.text_parts or not html:
        return Bodies(text=text, html=html)
    return Bodies(text=html_to_text(html, links=True), html=html, text_is_made=True)


def body_texts(
    octets: Octets, message: ParsedMessage, indexes: tuple[int, ...], *, limit: int | None = None
) -> list[str]:
    """Return the texts of these body parts without uuencoded files, up to about `limit` octets in all."""
    texts: list[str] = []
    if not indexes:
        return texts
    files = _files_in_texts(message)
    for index in indexes:
        part = message.parts[index]
        if index in files:
            text = decode(_without(octets, part, files[index]), part.charset)
        else:
            text = part_text(octets, part, limit=limit)
        texts.append(text)
        if limit is not None:
            limit -= len(text)
            if limit <= 0:
                break
    return texts


def _files_in_texts(message: ParsedMessage) -> dict[int, list[Part]]:
    """Group uuencoded parts by their parent: the text that contains them, or a multipart."""
    files: dict[int, list[Part]] = {}
    for part in message.parts:
        if part.transfer_encoding == "x-uuencode":
            files.setdefault(part.parent, []).append(part)
    return files


def _without(octets: Octets, part: Part, files: list[Part]) -> bytes:
    kept = bytearray()
    at = part.body_start
    for file in files:
        kept += octets[at : file.header_start]
        at = file.end
    return bytes(kept + octets[at : part.end])


def _first_octets(octets: Octets, part: Part, limit: int) -> bytes:
    found = bytearray()
    for piece in iter_part(octets, part):
        found += piece
        if len(found) > limit:
            cut = found.rfind(b"\n", limit // 2, limit) + 1
            # keeps two-octet characters whole
            return bytes(found[: (cut or limit) & ~1])
    return bytes(found)
