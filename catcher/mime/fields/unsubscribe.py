"""Validation of the List-Unsubscribe field. Source: RFC 2369 §3.2, RFC 8058 §3.1."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from catcher.mime.fields.parameters import without_comments
from catcher.mime.model import ParsedMessage

_ENTRY = re.compile(r"<([^<>]*+)>")
_MAX_OCTETS = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class ListUnsubscribe:
    """A List-Unsubscribe field.

    header: the field's body, "" if absent. links: the valid ones. errors: all errors, joined by ", ".
    header_post: body of List-Unsubscribe-Post.
    """

    header: str = ""
    links: tuple[str, ...] = ()
    errors: str = ""
    header_post: str = ""


def list_unsubscribe(message: ParsedMessage) -> ListUnsubscribe:
    """Validate the message's List-Unsubscribe: at most one mailto and one web link, each in angle brackets."""
    header = _first(message, "list-unsubscribe")
    post = _first(message, "list-unsubscribe-post")
    if not header:
        return ListUnsubscribe(header_post=post)
    text = without_comments(header[:_MAX_OCTETS]).strip()
    entries = _ENTRY.findall(text)
    errors = _faults_of_form(text, entries)
    links: list[str] = []
    for entry in entries:
        fault = _fault_of(entry)
        if fault:
            errors.append(fault)
        else:
            links.append(entry)
    return ListUnsubscribe(header=header, links=tuple(links), errors=", ".join(dict.fromkeys(errors)), header_post=post)


def _first(message: ParsedMessage, name: str) -> str:
    return next((field.body for field in message.header if field.name.lower() == name), "")


def _faults_of_form(text: str, entries: list[str]) -> list[str]:
    faults = []
    if not entries:
        return ["no link in angle brackets"]
    between = _ENTRY.split(text)[::2]
    if between[0].strip() or between[-1].strip() or any(gap.strip() != "," for gap in between[1:-1]):
        faults.append("links are not in angle brackets separated by one comma")
    if len(entries) > 2:
        faults.append("more than two links")
    if sum(entry.lower().startswith("mailto:") for entry in entries) > 1:
        faults.append("more than one mailto link")
    if sum(entry.lower().startswith(("http:", "https:")) for entry in entries) > 1:
        faults.append("more than one web link")
    return faults


def _fault_of(entry: str) -> str:
    """Return the error of one link, "" if it is valid."""
    shown = entry[:100]
    if any(character.isspace() for character in entry):
        return f"white space in link {shown!r}"
    try:
        parts = urlsplit(entry)
        host = parts.hostname
    except ValueError:
        return f"invalid link {shown!r}"
    if entry.startswith("mailto:"):
        return "" if "@" in parts.path else f"no address in link {shown!r}"
    if parts.scheme in ("http", "https"):
        return "" if host else f"no host in link {shown!r}"
    return f"link {shown!r} is neither mailto (in lower case) nor http(s)"
