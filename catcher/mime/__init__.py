"""Parsing of messages: octets to a tree of parts, addresses, texts and a snippet. No I/O; no octets make it raise."""

from catcher.mime.content import Bodies, bodies, iter_part, part_octets, part_text
from catcher.mime.fields.addresses import parse_addresses
from catcher.mime.fields.dates import parse_date
from catcher.mime.fields.header import header_fields
from catcher.mime.fields.unsubscribe import ListUnsubscribe, list_unsubscribe
from catcher.mime.fields.words import decode_words
from catcher.mime.limits import Limits
from catcher.mime.model import Address, Digests, HeaderField, Octets, ParseDefect, ParsedMessage, Part
from catcher.mime.parse import parse
from catcher.mime.text.html import html_to_text
from catcher.mime.text.readable_text import ReadableText, readable_text, snippet
from catcher.mime.tree import is_listed, part_by_id

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
