"""A message as input of assertions: its visible content and the envelope's recipients."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from catcher import extract
from catcher.mime import Bodies, Octets, ParsedMessage, bodies, decode_words, html_to_text, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """One attachment or inline part. sha256: of its decoded octets, lower-case hex. size: of them, in octets."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Mail:
    """A message and its recipients, with cached content.

    octets: as received. message: parsed from them. recipients: of the envelope, or else of To, Cc and Bcc.
    """

    octets: Octets
    message: ParsedMessage
    recipients: tuple[str, ...]

    @classmethod
    def of(cls, octets: Octets, *, recipients: Iterable[str] = ()) -> Self:
        """Parse a message; any octets are accepted. recipients: by default those in its header section."""
        message = parse(octets)
        named = (each.addr_spec for each in (*message.to, *message.cc, *message.bcc))
        return cls(octets=octets, message=message, recipients=tuple(recipients) or tuple(dict.fromkeys(named)))

    @property
    def subject(self) -> str:
        """The decoded subject, one line, "" when there is none."""
        return self.message.subject

    @cached_property
    def bodies(self) -> Bodies:
        """Text and HTML; `text_is_made` is set when the text was made from the HTML."""
        return bodies(self.octets, self.message)

    @cached_property
    def html_text(self) -> str:
        """The visible text of the HTML, "" without HTML."""
        return html_to_text(self.bodies.html, links=False) if self.bodies.html else ""

    @cached_property
    def extract(self) -> "extract.Extract":
        """Codes and links."""
        return extract.extract(self.octets, self.message)

    @property
    def links(self) -> tuple[str, ...]:
        """All addresses that it links to, most confident first."""
        return tuple(link.url for link in self.extract.links)

    @property
    def codes(self) -> tuple[str, ...]:
        """Likely one-time codes, most confident first."""
        found = (code for code in self.extract.codes if code.kind not in extract.SPECIAL_KINDS)
        return tuple(code.value for code in found if code.confidence >= extract.LIKELY)

    @property
    def files(self) -> tuple[MailFile, ...]:
        """Attachments, then inline parts."""
        parts = (self.message.parts[index] for index in (*self.message.attachments, *self.message.inlines))
        return tuple(
            MailFile(
                name=part.file_name,
                media_type=part.media_type,
                size=part.size,
                sha256=part.digests.sha256 if part.digests else "",
            )
            for part in parts
        )

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Header fields in order, decoded."""
        return tuple((field.name, decode_words(field.body)) for field in self.message.header)
