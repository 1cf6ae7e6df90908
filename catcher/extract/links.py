"""Scores and purposes of links.

The purpose comes from the link's own words, else from its address, else from the lines before it, else from the
subject. Its score depends on the purpose and on that origin; it is higher for a button, an address with a token, or a
link in both text and HTML; lower for small print, an image, the home page of the site, and links for recipients who
did not request the mail. Links that every mail has (unsubscribe, privacy, help, social networks, pixels) come last. The
confidence is the logistic function of the score.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice

from catcher.extract.cue_index import CueIndex
from catcher.extract.html_content import Anchor
from catcher.extract.lines import Line, normal
from catcher.extract.model import LIKELY, LinkKind, LinkMatch, MatchPlace, MatchSource, confidence_of
from catcher.extract.urls import holds_token, is_home, is_tracker, kind_of_url
from catcher.extract.words import Sense, cues

MAX_LINKS = 1_000
"""Links of a message that are returned, and of a text that are read."""

_START = -1.4
_BUTTON, _TOKEN, _AGREED, _QUIET, _NOT_ME, _IMAGE, _HOME = 1.8, 0.9, 0.5, -2.5, -1.6, -0.8, -1.8
_OWN, _BY_URL, _NEAR, _SUBJECT, _ACTION = 3.0, 2.3, 1.4, 0.8, 1.2
_OWN_LINE, _ONLY = 0.6, 0.9
_RIVALS = 3

_QUIET_KINDS = {
    Sense.UNSUBSCRIBE: LinkKind.UNSUBSCRIBE,
    Sense.ONLINE: LinkKind.ONLINE,
    Sense.LEGAL: LinkKind.LEGAL,
}
_LOUD_KINDS = {
    Sense.RESET: LinkKind.RESET,
    Sense.INVITATION: LinkKind.INVITATION,
    Sense.CONFIRMATION: LinkKind.CONFIRMATION,
    Sense.SIGN_IN: LinkKind.SIGN_IN,
}
_LOUD = frozenset({*_LOUD_KINDS.values(), LinkKind.ACTION, LinkKind.OTHER})
_ASKING = frozenset(_LOUD_KINDS.values())


@dataclass(frozen=True, slots=True)
class _Sighting:
    """One occurrence of a link with purpose and points. has_words: the link has words of its own."""

    url: str
    text: str
    kind: LinkKind
    points: float
    place: MatchPlace
    is_button: bool
    has_words: bool


def find_links(
    subject: CueIndex, texts: list[CueIndex], pages: list[tuple[CueIndex, list[Anchor]]], unsubscribe: tuple[str, ...]
) -> tuple[list[LinkMatch], bool]:
    """Return the links of a message, most confident first, and whether a limit was reached."""
    topic = frozenset().union(*(subject.senses(index) for index in range(len(subject.lines))))
    sightings: dict[str, list[_Sighting]] = defaultdict(list)
    is_cut = False
    for cue_index, anchors in pages:
        for anchor in anchors:
            sighting = _of_anchor(cue_index, anchor, topic)
            sightings[_key(sighting.url)].append(sighting)
    for cue_index in (*texts, *(page for page, _ in pages)):
        found, was_cut = _of_text(cue_index, topic)
        is_cut |= was_cut
        for sighting in found:
            sightings[_key(sighting.url)].append(sighting)
    for url in unsubscribe:
        place = MatchPlace(source=MatchSource.HEADER)
        sightings[_key(url)].append(_Sighting(url, "", LinkKind.UNSUBSCRIBE, -4.0, place, False, True))
    is_only = sum(any(each.kind in _LOUD for each in found) for found in sightings.values()) == 1
    links = sorted((_merged(each, is_only=is_only) for each in sightings.values()), key=lambda link: -link.confidence)
    return links[:MAX_LINKS], is_cut or len(links) > MAX_LINKS


def primary_link(links: list[LinkMatch]) -> LinkMatch | None:
    """Return the link that the mail asks to follow; None when none is likely or several are equally likely."""
    best = next((link for link in links if link.kind in _LOUD), None)
    if best is None or best.confidence < LIKELY:
        return None
    if best.kind not in _ASKING:
        alike = [k for k in links if k.kind in _LOUD and k.confidence >= best.confidence - 0.08]
        if len(alike) >= _RIVALS:
            return None
    return best


def _key(url: str) -> str:
    """Return the key of equal addresses: scheme and host in lower case, without final slash."""
    scheme, colon, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}{colon}{host.lower()}{slash if path else ''}{path}".removesuffix("/")


def _of_anchor(cue_index: CueIndex, anchor: Anchor, topic: frozenset[Sense]) -> _Sighting:
    text = " ".join(anchor.text.split())
    url = anchor.url
    if anchor.tag == "img":
        is_tracking = anchor.is_pixel or is_tracker(url)
        kind = LinkKind.TRACKING if is_tracking else LinkKind.IMAGE
        return _Sighting(url, text, kind, -6.0 if is_tracking else -5.0, anchor.place, False, True)
    near, sentence = frozenset[Sense](), frozenset[Sense]()
    if 0 <= anchor.line < len(cue_index.lines):
        near, sentence = _senses_near(cue_index, anchor.line), cue_index.senses(anchor.line)
    is_alone = _is_alone(cue_index, anchor, text)
    is_address = text.startswith(("http://", "https://", "www."))
    label = "" if is_address else text
    kind, points = _scored(url, label, near, topic, _rest_of_line(cue_index, anchor))
    if kind in _LOUD:
        points += _BUTTON if anchor.is_button else _OWN_LINE if is_alone else 0.0
        points += 2 * _NOT_ME if not (anchor.is_button or is_alone) and Sense.NOT_ME in sentence else 0.0
        points += _IMAGE if anchor.image and kind not in _ASKING else 0.0
        points += _QUIET if anchor.is_quiet else 0.0
    return _Sighting(url, text, kind, points, anchor.place, anchor.is_button, bool(label))


def _rest_of_line(cue_index: CueIndex, anchor: Anchor) -> str:
    if not 0 <= anchor.line < len(cue_index.lines):
        return ""
    line = cue_index.lines[anchor.line]
    return line.text if len(line.anchors) <= 1 and len(line.text) < 300 else ""


def _is_alone(cue_index: CueIndex, anchor: Anchor, text: str) -> bool:
    """Return whether the link is alone in its line."""
    return 0 <= anchor.line < len(cue_index.lines) and len(cue_index.lines[anchor.line].text) <= len(text) + 2


def _senses_near(cue_index: CueIndex, index: int) -> frozenset[Sense]:
    """Return the senses of the lines before, and of the one after when those have no purpose."""
    before = frozenset().union(*(cue_index.senses(each) for each in cue_index.before(index)))
    if before & _LOUD_KINDS.keys():
        return before
    return before.union(*(cue_index.senses(each) for each in islice(cue_index.after(index), 1)))


def _scored(
    url: str, label: str, near: frozenset[Sense], topic: frozenset[Sense], sentence: str
) -> tuple[LinkKind, float]:
    """Return the purpose of a link and its points."""
    own = frozenset(cue.sense for cue in cues(normal(label[:200]))) if label else frozenset()
    by_url = kind_of_url(url)
    if by_url in (LinkKind.MAILTO, LinkKind.PHONE, LinkKind.SOCIAL):
        return by_url, -4.0
    if not url.lower().startswith(("http://", "https://")) and ":" not in url[:20]:
        return LinkKind.OTHER, -2.5
    for sense, kind in _QUIET_KINDS.items():
        if sense in own and (kind is not LinkKind.UNSUBSCRIBE or by_url not in _ASKING):
            return kind, -4.0
    around = frozenset(cue.sense for cue in cues(sentence)) if sentence else frozenset()
    if by_url in (LinkKind.UNSUBSCRIBE, LinkKind.ONLINE, LinkKind.LEGAL, LinkKind.IMAGE):
        return by_url, -4.0
    if (Sense.HELP in own or (by_url is LinkKind.HELP and Sense.ACTION not in own)) and not own & _LOUD_KINDS.keys():
        return LinkKind.HELP, -3.0
    kind, points = _purpose(own, by_url, around, near, topic)
    points += _TOKEN if holds_token(url) else 0.0
    points += _HOME if is_home(url) else 0.0
    if Sense.NOT_ME in own | around and not (own | around) & _LOUD_KINDS.keys():
        points += _NOT_ME
    if not label and around & _QUIET_KINDS.keys() and not around & _LOUD_KINDS.keys():
        return next(_QUIET_KINDS[sense] for sense in _QUIET_KINDS if sense in around), -4.0
    return kind, points


def _purpose(
    own: frozenset[Sense],
    by_url: LinkKind | None,
    around: frozenset[Sense],
    near: frozenset[Sense],
    topic: frozenset[Sense],
) -> tuple[LinkKind, float]:
    for sense, kind in _LOUD_KINDS.items():
        if sense in own:
            if by_url in _ASKING and by_url is not kind and _disagree(own, by_url):
                kind = by_url
            return kind, _START + _OWN
    if by_url in _ASKING and not (Sense.ACTION in own and _sense_of(by_url) not in around | near | topic):
        return by_url, _START + _BY_URL
    if Sense.ACTION in own:
        kinds = [kind for sense, kind in _LOUD_KINDS.items() if sense in topic and sense in near | around]
        return (kinds[0], _START + _NEAR + _ACTION) if len(kinds) == 1 else (LinkKind.ACTION, _START + _ACTION)
    for senses, points in ((around, _NEAR), (near, _NEAR), (topic, _SUBJECT)):
        for sense, kind in _LOUD_KINDS.items():
            if sense in senses:
                return kind, _START + points
    return LinkKind.OTHER, _START + (0.6 if Sense.ACTION in around | near else 0.0)


def _sense_of(kind: LinkKind) -> Sense:
    return next(sense for sense, each in _LOUD_KINDS.items() if each is kind)


def _disagree(own: frozenset[Sense], by_url: LinkKind) -> bool:
    """Return whether the words name the purpose of the address, too, as in "Sign in to accept the invitation"."""
    return any(_LOUD_KINDS[sense] is by_url for sense in own & _LOUD_KINDS.keys())


def _of_text(cue_index: CueIndex, topic: frozenset[Sense]) -> tuple[list[_Sighting], bool]:
    found: list[_Sighting] = []
    for index, line in enumerate(cue_index.lines):
        last = 0
        urls = line.urls
        for number, (start, end, url) in enumerate(urls):
            label = line.text[last:start].strip(" <([-:•*|>")
            last = end
            is_first = number == 0
            behind = line.text[end : urls[number + 1][0] if number + 1 < len(urls) else len(line.text)]
            found.append(_of_address(cue_index, index, line, url, label, topic, behind=behind, is_first=is_first))
            if len(found) >= MAX_LINKS:
                return found, True
    return found, False


def _of_address(
    cue_index: CueIndex,
    index: int,
    line: Line,
    url: str,
    label: str,
    topic: frozenset[Sense],
    *,
    behind: str,
    is_first: bool,
) -> _Sighting:
    """Score an address in plain text by the words before it in its line, or else in the lines before.

    behind: the rest of its line up to the next address. is_first: of its line, so that the lines before may apply.
    """
    near = _senses_near(cue_index, index) if is_first else frozenset()
    is_last = len(behind.strip(" .>)]")) == 0
    if label:
        kind, points = _scored(url, label[-160:], near, topic, behind[:120])
        points += _OWN_LINE if len(label) <= 60 and is_last else 0.0
        if Sense.NOT_ME in (cue.sense for cue in cues(label[-160:])):
            points += 2 * _NOT_ME
    else:
        before = next(cue_index.before(index), None)
        sentence = cue_index.lines[before].text if before is not None else ""
        sentence = (sentence if "://" not in sentence else "") + behind[:120]
        kind, points = _scored(url, "", near, topic, sentence)
        points += _OWN_LINE if is_last else 0.0
    return _Sighting(url, label[-200:], kind, points, line.place, False, False)


def _merged(found: list[_Sighting], *, is_only: bool) -> LinkMatch:
    """Return one link for all occurrences of an address. is_only: there is no other candidate."""
    best = max(found, key=lambda each: (each.points, each.place.source is MatchSource.HTML))
    button = next((each for each in found if each.is_button and each.kind is best.kind), None)
    shown = next((each for each in found if each.has_words and each.text), best)
    sources = {each.place.source for each in found}
    points = best.points
    if best.kind in _LOUD:
        points += _ONLY if is_only else 0.0
        points += _AGREED * (len(sources) - 1) + (0.3 if len(found) > len(sources) else 0.0)
    chosen = button or (shown if shown.kind is best.kind else best)
    return LinkMatch(
        url=best.url,
        text=chosen.text,
        kind=best.kind,
        confidence=confidence_of(points),
        place=chosen.place,
        is_button=button is not None,
    )
