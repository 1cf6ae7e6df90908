"""Everything that is found in a message: its texts are read, then codes and links weighed."""

from catcher.extract.codes import find_codes
from catcher.extract.lines import MAX_TEXT, Line, lines_of_text, normal
from catcher.extract.links import find_links, primary_link
from catcher.extract.model import LIKELY, CodeKind, Extract, MatchPlace, MatchSource
from catcher.extract.page import MAX_HTML, Anchor, page_of
from catcher.extract.sheet import CueIndex
from catcher.mime import Octets, ParsedMessage, list_unsubscribe, part_text

MAX_PARTS = 20
"""Text and HTML parts of a message that are read, of each."""
MAX_SUBJECT = 1_000


def extract(octets: Octets, message: ParsedMessage) -> Extract:
    """Codes and links in the subject, the texts and the HTML of a message; see `codes` and `links` for the scores.

    Attachments are not read. At most `MAX_TEXT` characters of a text and `MAX_HTML` of an HTML part are, and bounded
    numbers of everything else; `is_cut` tells when that was not all. Never raises on any message.
    """
    subject = CueIndex([Line(normal(message.subject[:MAX_SUBJECT]), MatchPlace(source=MatchSource.SUBJECT))])
    texts, text_cut = _texts(octets, message)
    pages, page_cut = _pages(octets, message)
    codes, codes_cut = find_codes(subject, [*texts, *(sheet for sheet, _ in pages)])
    links, links_cut = find_links(subject, texts, pages, list_unsubscribe(message).links)
    likely = (code for code in codes if code.kind is not CodeKind.COUPON and code.confidence >= LIKELY)
    return Extract(
        codes=tuple(codes),
        links=tuple(links),
        primary_code=next(likely, None),
        primary_link=primary_link(links),
        is_cut=text_cut or page_cut or codes_cut or links_cut,
    )


def _texts(octets: Octets, message: ParsedMessage) -> tuple[list[CueIndex], bool]:
    sheets: list[CueIndex] = []
    is_cut = len(message.text_parts) > MAX_PARTS
    for index in message.text_parts[:MAX_PARTS]:
        part = message.parts[index]
        lines, was_cut = lines_of_text(part_text(octets, part, limit=4 * MAX_TEXT), part.part_id)
        sheets.append(CueIndex(lines))
        is_cut |= was_cut
    return sheets, is_cut


def _pages(octets: Octets, message: ParsedMessage) -> tuple[list[tuple[CueIndex, list[Anchor]]], bool]:
    pages: list[tuple[CueIndex, list[Anchor]]] = []
    is_cut = len(message.html_parts) > MAX_PARTS
    for index in message.html_parts[:MAX_PARTS]:
        part = message.parts[index]
        page = page_of(part_text(octets, part, limit=4 * MAX_HTML), part.part_id)
        pages.append((CueIndex(page.lines), page.anchors))
        is_cut |= page.is_cut
    return pages, is_cut
