"""Parsing of messages: octets to a tree of parts, addresses, texts and a snippet. No I/O; no octets make it raise."""

from catcher.mime.addresses import parse_addresses
from catcher.mime.content import Bodies, bodies, iter_part, part_octets, part_text
from catcher.mime.dates import parse_date
from catcher.mime.header import header_fields
from catcher.mime.html import html_to_text
from catcher.mime.limits import Limits
from catcher.mime.model import Address, Digests, HeaderField, Octets, ParseDefect, ParsedMessage, Part
from catcher.mime.parse import parse
from catcher.mime.readable_text import ReadableText, readable_text, snippet
from catcher.mime.tree import is_listed, part_by_id
from catcher.mime.unsubscribe import ListUnsubscribe, list_unsubscribe
from catcher.mime.words import decode_words

__all__ = [
    "Address",
    "Bodies",
    "Digests",
    "HeaderField",
    "Limits",
    "ListUnsubscribe",
    "Octets",
    "ParseDefect",
    "ParsedMessage",
    "Part",
    "ReadableText",
    "bodies",
    "decode_words",
    "header_fields",
    "html_to_text",
    "is_listed",
    "iter_part",
    "list_unsubscribe",
    "parse",
    "parse_addresses",
    "parse_date",
    "part_by_id",
    "part_octets",
    "part_text",
    "readable_text",
    "snippet",
]
