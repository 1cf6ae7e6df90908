"""One message as assertions look at it: what a reader sees, and the envelope's recipients."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from catcher.mime import Bodies, Octets, ParsedMessage, bodies, decode_words, html_to_text, parse

if TYPE_CHECKING:
    from catcher.extract import Extract


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """One attachment or inline part. sha256: of its decoded octets, lower-case hex. size: of them, in octets."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Mail:
    """A message and whom it went to. What is computed from it is kept; any octets give one.

    octets: as they came in. message: what parsing them gave. recipients: of the envelope, or else of To, Cc and Bcc.
    """

    octets: Octets
    message: ParsedMessage
    recipients: tuple[str, ...]

    @classmethod
    def of(cls, octets: Octets, *, recipients: Iterable[str] = ()) -> Self:
        """Return a message from its octets. Without recipients those count that its header section names."""
        message = parse(octets)
        named = (each.addr_spec for each in (*message.to, *message.cc, *message.bcc))
        return cls(octets=octets, message=message, recipients=tuple(recipients) or tuple(dict.fromkeys(named)))

    @property
    def subject(self) -> str:
        """Decoded, one line, "" when there is none."""
        return self.message.subject

    @cached_property
    def bodies(self) -> Bodies:
        """Text and HTML; `text_is_made` tells that the message has no text of its own."""
        return bodies(self.octets, self.message)

    @cached_property
    def html_text(self) -> str:
        """What a reader sees of the HTML, "" without any."""
        return html_to_text(self.bodies.html, links=False) if self.bodies.html else ""

    @cached_property
    def extract(self) -> "Extract":
        """Its codes and links."""
        from catcher.extract import extract  # not at the top: the server's start does without it

        return extract(self.octets, self.message)

    @property
    def links(self) -> tuple[str, ...]:
        """Every address that it links to, the one most likely meant to be followed first."""
        return tuple(link.url for link in self.extract.links)

    @property
    def codes(self) -> tuple[str, ...]:
        """One-time codes that are likely to be some, most likely first."""
        from catcher.extract import LIKELY, CodeKind

        found = (code for code in self.extract.codes if code.kind is not CodeKind.COUPON)
        return tuple(code.value for code in found if code.confidence >= LIKELY)

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
