"""Kinds of assertions, one struct each. The same structs are the JSON of the API.

`fault(mail)` returns one sentence on what violates the assertion, "" for nothing; it never raises. `ChecksPass` has no
`fault`, since it needs the reports of the checks.

An assertion that asserts nothing is refused, by a ValueError from its constructor and by 400 in the API: a misspelt
field or an empty variable must not make a test pass.
"""

from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from catcher.assertions.mail import Mail, MailFile
from catcher.mime import list_unsubscribe
from catcher.mime.text.placeholders import find_placeholders, without_code
from catcher.mime.text.similarity import comparable_words, similarity

ALIKE = 0.5
"""Default minimum share of words that text and HTML have in common."""
MAX_TEXT = 1_000_000
"""Characters of a body that are examined."""
_SHOWN = 10
"""Items that a sentence lists."""


class _Kind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="assert"):
    """Base of the kinds: the name of the kind in JSON, and the refusal of unknown fields."""


class RecipientsAre(_Kind, frozen=True, kw_only=True, tag="recipients"):
    """It went to exactly these addresses, in any order, hidden copies included. Domains: in any letter case."""

    exactly: tuple[str, ...]

    def fault(self, mail: Mail) -> str:
        """Return what violates the assertion."""
        wanted, found = {_folded(each) for each in self.exactly}, {_folded(each) for each in mail.recipients}
        missing, besides = sorted(wanted - found), sorted(found - wanted)
        parts = [f"not to {_listed(missing)}"] if missing else []
        parts += [f"but to {_listed(besides)}"] if besides else []
        return f"it went {', '.join(parts)}" if parts else ""


class SubjectIs(_Kind, frozen=True, kw_only=True, tag="subject"):
    """Its subject is this one, or contains this text. An omitted text is not compared."""

    equals: str | None = None
    contains: str = ""

    def __post_init__(self) -> None:
        if self.equals is None and not self.contains:
            raise ValueError("expected `equals`, or `contains` with a text")

    def fault(self, mail: Mail) -> str:
        """Return what violates the assertion."""
        if self.equals is not None and mail.subject != self.equals:
            return f"the subject is {mail.subject!r}, expected {self.equals!r}"
        if self.contains not in mail.subject:
            return f"the subject {mail.subject!r} does not contain {self.contains!r}"
        return ""


class TextContains(_Kind, frozen=True, kw_only=True, tag="text"):
    """Its plain text contains this; of a message without one, what is seen of its HTML. White space is normalised."""

    contains: str

    def __post_init__(self) -> None:
        if not self.contains.strip():
            raise ValueError("expected `contains` with a text")

    def fault(self, mail: Mail) -> str:
        """Return what violates the assertion."""
        return "" if _is_in(self.contains, mail.bodies.text) else f"the text does not contain {self.contains!r}"


class HtmlContains(_Kind, frozen=True, kw_only=True, tag="html"):
    """What a reader sees of its HTML contains this. White space is normalised."""

    contains: str

    def __post_init__(self) -> None:
        if not self.contains.strip():
            raise ValueError("expected `contains` with a text")

    def fault(self, mail: Mail) -> str:
        """Return what violates the assertion."""
        if not mail.bodies.html:
            return "it has no HTML"
        return "" if _is_in(self.contains, mail.html_text) else f"the HTML does not show {self.contains!r}"


class LinksTo(_Kind, frozen=True, kw_only=True, tag="link"):
    """It links to this host, or below it when it begins with a dot, at an address that contains this text.

    url: the address of the link; its query and fragment count only if this has them.
    """

    host: str = ""
    contains: str = ""
    url: str = ""

    def fault(self, mail: Mail) -> str:
        """Return what violates the assertion."""
        if any(self.is_meant(url) for url in mail.links):
            return ""
        contained = repr(self.contains) if self.contains else ""
        wanted = " with ".join(each for each in (self.url or self.host, contained) if each)
        return f"no link to {wanted or 'anywhere'}; it links to {_listed(mail.links) or 'nothing'}"

    def is_meant(self, url: str) -> bool:
        """Return whether it is such an address."""
        host, wanted = _host(url), self.host.lower()
        is_there = not wanted or host == wanted or (wanted.startswith(".") and f".{host}".endswith(wanted))
        return is_there and self.contains in url and (not self.url or _is_target(url, self.url))


class HasAttachment(_Kind, frozen=True, kw_only=True, tag="attachment"):
    """It has a file with all of these that are given. type: such as application/pdf. sha256: of its content, in hex."""

    name: str = ""
    type: str = ""
    sha256: str = ""

    def fault(self, mail: Mail) -> str:
        """Return what violates the assertion."""
        if any(self.is_meant(file) for file in mail.files):
            return ""
        wanted = " ".join(each for each in (self.name, self.type, self.sha256) if each) or "at all"
        return f"no file {wanted}; there is {_listed([_shown(file) for file in mail.files]) or 'none'}"

    def is_meant(self, file: MailFile) -> bool:
        """Return whether it is such a file."""
        return (
            self.name in ("", file.name)
            and self.type.lower() in ("", file.media_type)
            and self.sha256.lower() in ("", file.sha256)
        )


class NoTemplateVariables(_Kind, frozen=True, kw_only=True, tag="no-template-variables"):
    """No variable is left unfilled and no value missing ({{ name }}, %s, None, …). ignore: texts that are intended."""

    ignore: tuple[str, ...] = ()

    def fault(self, mail: Mail) -> str:
        """Return what violates the assertion."""
        html = without_code(mail.bodies.html[:MAX_TEXT])
        texts = (mail.subject, "" if mail.bodies.text_is_made else mail.bodies.text[:MAX_TEXT], mail.html_text)
        found = [each for text in texts for each in find_placeholders(text)]
        found += [each for each in find_placeholders(html) if each[0] in "{*%$#[<&" and len(each) > 2]
        left = [each for each in dict.fromkeys(found) if each not in self.ignore]
        return f"left unfilled: {_listed(left)}" if left else ""


class TextIsHtml(_Kind, frozen=True, kw_only=True, tag="text-is-html"):
    """Text and HTML say the same: both are there, and share at least this part of their words."""

    alike: Annotated[float, Meta(ge=0, le=1)] = ALIKE

    def fault(self, mail: Mail) -> str:
        """Return what violates the assertion."""
        if mail.bodies.text_is_made or not mail.bodies.text.strip():
            return "it has no text"
        if not mail.bodies.html:
            return "it has no HTML"
        text, html = comparable_words(mail.bodies.text), comparable_words(mail.html_text)
        share = similarity(text, html)
        if share >= self.alike:
            return ""
        only_text, only_html = (
            [word for word in dict.fromkeys(one) if word not in other]
            for one, other in ((text, set(html)), (html, set(text)))
        )
        return (
            f"text and HTML share {share:.0%} of their words, expected {self.alike:.0%}; "
            f"only the text has {_listed(only_text) or 'none'}, only the HTML has {_listed(only_html) or 'none'}"
        )


class UnsubscribeIsValid(_Kind, frozen=True, kw_only=True, tag="list-unsubscribe"):
    """List-Unsubscribe is there and valid (RFC 2369). one_click: also with what RFC 8058 requires."""

    one_click: bool = False

    def fault(self, mail: Mail) -> str:
        """Return what violates the assertion."""
        found = list_unsubscribe(mail.message)
        if not found.header:
            return "it has no List-Unsubscribe field"
        if found.errors:
            return f"List-Unsubscribe: {found.errors}"
        if self.one_click and not any(link.startswith("https:") for link in found.links):
            return "List-Unsubscribe has no https link, which one click needs"
        if self.one_click and found.header_post.replace(" ", "") != "List-Unsubscribe=One-Click":
            return "List-Unsubscribe-Post is not List-Unsubscribe=One-Click"
        return ""


class ChecksPass(_Kind, frozen=True, kw_only=True, tag="checks"):
    """The checks that run without request have no finding of severity `fail_on` or above, and at least `min_score`.

    The default is no error. ignore: rules that count neither as findings nor in the score, such as text-missing.
    Evaluated by `checks.checks_fault`.
    """

    min_score: Annotated[float, Meta(ge=0, le=100)] | None = None
    fail_on: Literal["error", "warning", "info"] | None = None
    ignore: tuple[str, ...] = ()


Plain: TypeAlias = (
    RecipientsAre
    | SubjectIs
    | TextContains
    | HtmlContains
    | LinksTo
    | HasAttachment
    | NoTemplateVariables
    | TextIsHtml
    | UnsubscribeIsValid
)
"""Assertions about the message itself."""
Assertion: TypeAlias = Plain | ChecksPass
"""All assertions."""


def _folded(address: str) -> str:
    local_part, at, domain = address.rpartition("@")
    return local_part + at + domain.lower()


def _is_in(wanted: str, text: str) -> bool:
    return " ".join(wanted.split()) in " ".join(text[:MAX_TEXT].split())


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _is_target(url: str, wanted: str) -> bool:
    """Return whether two URLs lead to the same place; query and fragment count if the second one has them."""
    try:
        one, other = urlsplit(url), urlsplit(wanted)
    except ValueError:
        return url == wanted
    return (
        (one.scheme.lower(), one.netloc.lower(), one.path or "/")
        == (other.scheme.lower(), other.netloc.lower(), other.path or "/")
        and other.query in ("", one.query)
        and other.fragment in ("", one.fragment)
    )


def _shown(file: MailFile) -> str:
    return f"{file.name or '(no name)'} {file.media_type} {file.sha256[:12]}"


def _listed(things: "list[str] | tuple[str, ...]") -> str:
    more = f" and {len(things) - _SHOWN} more" if len(things) > _SHOWN else ""
    return ", ".join(each[:200] for each in things[:_SHOWN]) + more
