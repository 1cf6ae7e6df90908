"""Extraction of codes and links from the texts of a message."""

from collections.abc import Sequence

from catcher.extract.codes import LEAST, find_codes
from catcher.extract.cue_index import CueIndex
from catcher.extract.html_content import MAX_HTML, Anchor, read_html
from catcher.extract.lines import MAX_TEXT, Line, lines_of_text, normal
from catcher.extract.links import find_links, primary_link
from catcher.extract.model import LIKELY, SPECIAL_KINDS, Extract, MatchPlace, MatchSource
from catcher.extract.rules import ExtractRule, corrected
from catcher.mime import Octets, ParsedMessage, list_unsubscribe, part_text

MAX_PARTS = 20
"""Text parts, and HTML parts, that are read."""
MAX_SUBJECT = 1_000


def extract(
    octets: Octets, message: ParsedMessage, *, rules: Sequence[ExtractRule] = (), least: float = LEAST
) -> Extract:
    """Return codes and links in the subject, the texts and the HTML of a message; scores: see `codes` and `links`.

    Attachments are not read. At most `MAX_TEXT` characters of a text, `MAX_HTML` of an HTML part, and bounded numbers
    of everything else are read; `is_cut` reports that a limit was reached. rules: those that apply to the
    message. least: confidence of a code. Never raises.
    """
    subject = CueIndex([Line(normal(message.subject[:MAX_SUBJECT]), MatchPlace(source=MatchSource.SUBJECT))])
    texts, text_cut = _texts(octets, message)
    pages, page_cut = _pages(octets, message)
    codes, codes_cut = find_codes(subject, [*texts, *(cue_index for cue_index, _ in pages)], least=least)
    links, links_cut = find_links(subject, texts, pages, list_unsubscribe(message).links)
    likely = (code for code in codes if code.kind not in SPECIAL_KINDS and code.confidence >= LIKELY)
    found = Extract(
        codes=tuple(codes),
        links=tuple(links),
        primary_code=next(likely, None),
        primary_link=primary_link(links),
        is_cut=text_cut or page_cut or codes_cut or links_cut,
    )
    return corrected(found, rules, (subject, *texts, *(cue_index for cue_index, _ in pages))) if rules else found


def _texts(octets: Octets, message: ParsedMessage) -> tuple[list[CueIndex], bool]:
    cue_indexes: list[CueIndex] = []
    is_cut = len(message.text_parts) > MAX_PARTS
    for index in message.text_parts[:MAX_PARTS]:
        part = message.parts[index]
        lines, was_cut = lines_of_text(part_text(octets, part, limit=4 * MAX_TEXT), part.part_id)
        cue_indexes.append(CueIndex(lines))
        is_cut |= was_cut
    return cue_indexes, is_cut


def _pages(octets: Octets, message: ParsedMessage) -> tuple[list[tuple[CueIndex, list[Anchor]]], bool]:
    pages: list[tuple[CueIndex, list[Anchor]]] = []
    is_cut = len(message.html_parts) > MAX_PARTS
    for index in message.html_parts[:MAX_PARTS]:
        part = message.parts[index]
        page = read_html(part_text(octets, part, limit=4 * MAX_HTML), part.part_id)
        pages.append((CueIndex(page.lines), page.anchors))
        is_cut |= page.is_cut
    return pages, is_cut
