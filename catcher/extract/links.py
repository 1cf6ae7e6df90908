"""Scores and purposes of links.

The purpose comes from the link's own words, else from its address, else from the lines before it, else from the
subject. The confidence comes from features; see `scoring`: where the purpose was found, whether the link looks like a
button, has a token, is alone, is in small print, is one of several alike. Links that every mail has (unsubscribe,
privacy, help, social networks, pixels) come last. Neither they nor links for recipients who did not ask for the mail
("not you? lock your account") are ever the primary link.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from catcher.extract.cue_index import CueIndex
from catcher.extract.html_content import Anchor
from catcher.extract.lines import Line, normal
from catcher.extract.model import LIKELY, LinkKind, LinkMatch, MatchPlace, MatchSource
from catcher.extract.scoring import Features, confidence_of, points_of
from catcher.extract.urls import holds_token, is_home, is_tracker, kind_of_url
from catcher.extract.words import Cue, Sense, cues

MAX_LINKS = 1_000
"""Links of a message that are returned, and of a text that are read."""

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
_HOST = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,20}", re.IGNORECASE)
_NETWORKS = frozenset(
    [
        "facebook",
        "fb",
        "twitter",
        "x",
        "instagram",
        "linkedin",
        "youtube",
        "tiktok",
        "pinterest",
        "threads",
        "mastodon",
        "whatsapp",
        "telegram",
        "vk",
        "weibo",
        "wechat",
        "xing",
        "bluesky",
        "reddit",
        "discord",
        "snapchat",
        "github",
        "medium",
        "vimeo",
        "rss",
        "slack",
        "line",
        "kakaotalk",
    ]
) | {"app store", "google play", "get it on google play", "download on the app store"}
"""Words of links that name a social network or a store, whatever their address."""
_RIVALS = 3
_LONG_LABEL = 45
_SENTENCE_END = re.compile(r"[.!?:：](?:\s|\Z)|[。！？।]")

AGAINST = "for recipients who did not ask for the mail"
UNDISPLAYED = "not displayed"
FURNITURE = "of a kind that many mails have"
_NEVER_PRIMARY = (AGAINST, UNDISPLAYED, FURNITURE)
_FURNITURE = MappingProxyType({"any link": 1.0, FURNITURE: 1.0})


@dataclass(frozen=True, slots=True)
class _Sighting:
    """One occurrence of a link with purpose and features. has_words: the link has words of its own."""

    url: str
    text: str
    kind: LinkKind
    features: Features
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
        sightings[_key(url)].append(_sighting(url, "", LinkKind.UNSUBSCRIBE, dict(_FURNITURE), place))
    rivals = _Rivals(sightings)
    links = sorted((_merged(each, rivals) for each in sightings.values()), key=_rank)
    return links[:MAX_LINKS], is_cut or len(links) > MAX_LINKS


def primary_link(links: list[LinkMatch]) -> LinkMatch | None:
    """Return the link that the mail asks to follow; None when none is likely or several are equally likely."""
    best = next((link for link in links if may_be_primary(link)), None)
    return best if best is not None and best.confidence >= LIKELY else None


def _rank(link: LinkMatch) -> tuple[float, bool, float]:
    return -link.confidence, FURNITURE in link.evidence, -points_of("link", link.evidence)


def may_be_primary(link: LinkMatch) -> bool:
    """Return whether a mail may ask to follow such a link."""
    return link.kind in _LOUD and not any(name in link.evidence for name in _NEVER_PRIMARY)


def _key(url: str) -> str:
    """Return the key of equal addresses: scheme and host in lower case, without final slash."""
    scheme, colon, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}{colon}{host.lower()}{slash if path else ''}{path}".removesuffix("/")


def _sighting(
    url: str,
    text: str,
    kind: LinkKind,
    features: Features,
    place: MatchPlace,
    *,
    is_button: bool = False,
    words: bool = True,
) -> _Sighting:
    return _Sighting(url, text, kind, features, points_of("link", features), place, is_button, words)


def _of_anchor(cue_index: CueIndex, anchor: Anchor, topic: frozenset[Sense]) -> _Sighting:
    text = " ".join(anchor.text.split())
    url = anchor.url
    if anchor.tag == "img":
        kind = LinkKind.TRACKING if anchor.is_pixel or is_tracker(url) else LinkKind.IMAGE
        # pixels after images
        return _sighting(url, text, kind, {**_FURNITURE, "pixel": float(kind is LinkKind.TRACKING)}, anchor.place)
    has_line = 0 <= anchor.line < len(cue_index.lines)
    near = _senses_near(cue_index, anchor.line) if has_line else frozenset()
    label = "" if text.startswith(("http://", "https://", "www.")) else text
    kind, features = _scored(url, label, near, topic, _rest_of_line(cue_index, anchor))
    if kind in _LOUD:
        if anchor.is_button:
            features["button"] = 1.0
        elif has_line and _is_alone(cue_index, anchor, text):
            features["alone in its line"] = 1.0
        if has_line and _is_against(cue_index, anchor.line, _start_of(cue_index.lines[anchor.line], anchor, text)):
            features[AGAINST] = 1.0
        if anchor.image:
            features["an image"] = 1.0
        if anchor.is_quiet:
            features["small print"] = 1.0
        if len(text) > _LONG_LABEL and label:
            features["many words"] = 1.0
        if label and not anchor.is_button and not has_line:
            features["words that are not in the text"] = 1.0
    if anchor.is_hidden:
        features[UNDISPLAYED] = 1.0
    return _sighting(url, text, kind, features, anchor.place, is_button=anchor.is_button, words=bool(label))


def _start_of(line: Line, anchor: Anchor, text: str) -> int:
    """Return where the words of a link begin in its line; the end of the line if they are not found."""
    start = line.text.find(text[:60]) if text else -1
    return len(line.text) if start < 0 else start


def _is_against(cue_index: CueIndex, index: int, start: int) -> bool:
    """Return whether the sentence before a link is for recipients who did not ask for the mail."""
    text = cue_index.lines[index].text
    sense_of = {Sense.NOT_ME}
    sentence = 0
    for end in _SENTENCE_END.finditer(text, 0, start):
        # "Not you? Lock your account": the question belongs to the link
        if text[end.start()] not in "?？" or start - end.end() > 20:
            sentence = end.end()
    return any(cue.sense in sense_of and sentence <= cue.start < start for cue in cue_index.cues(index))


def _rest_of_line(cue_index: CueIndex, anchor: Anchor) -> str:
    if not 0 <= anchor.line < len(cue_index.lines):
        return ""
    line = cue_index.lines[anchor.line]
    return line.text if len(line.anchors) <= 1 and len(line.text) < 300 else ""


def _is_alone(cue_index: CueIndex, anchor: Anchor, text: str) -> bool:
    """Return whether the link is alone in its line."""
    return len(cue_index.lines[anchor.line].text) <= len(text) + 2


def _senses_near(cue_index: CueIndex, index: int) -> frozenset[Sense]:
    """Return the senses of the lines before, and of the one after when those have no purpose."""
    before = frozenset().union(*(cue_index.senses(each) for each in cue_index.before(index)))
    if before & _LOUD_KINDS.keys():
        return before
    return before.union(*(cue_index.senses(each) for each in islice(cue_index.after(index), 1)))


def _scored(
    url: str, label: str, near: frozenset[Sense], topic: frozenset[Sense], sentence: str
) -> tuple[LinkKind, Features]:
    """Return the purpose of a link and its features."""
    own_cues = cues(normal(label[:200])) if label else ()
    own = frozenset(cue.sense for cue in own_cues)
    by_url = kind_of_url(url)
    if label.casefold().strip() in _NETWORKS:
        return LinkKind.SOCIAL, dict(_FURNITURE)
    if by_url in (LinkKind.MAILTO, LinkKind.PHONE, LinkKind.SOCIAL):
        return by_url, dict(_FURNITURE)
    if not url.lower().startswith(("http://", "https://")) and ":" not in url[:20]:
        return LinkKind.OTHER, dict(_FURNITURE)
    for sense, kind in _QUIET_KINDS.items():
        if sense in own and (kind is not LinkKind.UNSUBSCRIBE or by_url not in _ASKING):
            return kind, dict(_FURNITURE)
    around = frozenset(cue.sense for cue in cues(sentence)) if sentence else frozenset()
    if by_url in (LinkKind.UNSUBSCRIBE, LinkKind.ONLINE, LinkKind.LEGAL, LinkKind.IMAGE):
        return by_url, dict(_FURNITURE)
    if (Sense.HELP in own or (by_url is LinkKind.HELP and Sense.ACTION not in own)) and not own & _LOUD_KINDS.keys():
        return LinkKind.HELP, dict(_FURNITURE)
    if not label and around & _QUIET_KINDS.keys() and not around & _LOUD_KINDS.keys():
        return next(_QUIET_KINDS[sense] for sense in _QUIET_KINDS if sense in around), dict(_FURNITURE)
    kind, features = _purpose(own, by_url, around, near, topic)
    features["any link"] = 1.0
    if holds_token(url):
        features["an address with a token"] = 1.0
    elif is_home(url):
        features["the home page of a site"] = 1.0
    if _HOST.fullmatch(label):
        features["the name of a host"] = 1.0
    if _is_refusal(own_cues):
        features[AGAINST] = 1.0
    if not label:
        features["no words of its own"] = 1.0
    return kind, features


def _is_refusal(own: tuple[Cue, ...]) -> bool:
    """Return whether the words of a link are for recipients who did not ask for the mail.

    The longest of the cues decides: "report" does, "view report" does not.
    """
    against = max((cue.end - cue.start for cue in own if cue.sense is Sense.NOT_ME), default=0)
    action = max((cue.end - cue.start for cue in own if cue.sense in (Sense.ACTION, *_LOUD_KINDS)), default=0)
    return against > action


def _purpose(
    own: frozenset[Sense],
    by_url: LinkKind | None,
    around: frozenset[Sense],
    near: frozenset[Sense],
    topic: frozenset[Sense],
) -> tuple[LinkKind, Features]:
    for sense, kind in _LOUD_KINDS.items():
        if sense in own:
            if by_url in _ASKING and by_url is not kind and _disagree(own, by_url):
                kind = by_url
            features = {"words that name a purpose": 1.0}
            if by_url in _ASKING:
                features["an address that names a purpose"] = 1.0
            return kind, features
    if by_url in _ASKING and not (Sense.ACTION in own and _sense_of(by_url) not in around | near | topic):
        return by_url, {"an address that names a purpose": 1.0} | _calling(own)
    if Sense.ACTION in own:
        kinds = [kind for sense, kind in _LOUD_KINDS.items() if sense in topic and sense in near | around]
        features = _calling(own)
        if len(kinds) == 1:
            features["near words that name a purpose"] = 1.0
        return kinds[0] if len(kinds) == 1 else LinkKind.ACTION, features
    for senses, name in (
        (around, "beside words that name a purpose"),
        (near, "near words that name a purpose"),
        (topic, "subject names a purpose"),
    ):
        for sense, kind in _LOUD_KINDS.items():
            if sense in senses:
                return kind, {name: 1.0}
    return LinkKind.OTHER, {"near a call for action": 1.0} if Sense.ACTION in around | near else {}


def _calling(own: frozenset[Sense]) -> Features:
    return {"words that call for action": 1.0} if Sense.ACTION in own else {}


def _sense_of(kind: LinkKind) -> Sense:
    return next(sense for sense, each in _LOUD_KINDS.items() if each is kind)


def _disagree(own: frozenset[Sense], by_url: LinkKind) -> bool:
    """Return whether the words name the purpose of the address, too, as in "Sign in to accept the invitation"."""
    return any(_LOUD_KINDS[sense] is by_url for sense in own & _LOUD_KINDS.keys())


def _of_text(cue_index: CueIndex, topic: frozenset[Sense]) -> tuple[list[_Sighting], bool]:
    found: list[_Sighting] = []
    for index, line in enumerate(cue_index.lines):
        last = 0
        for number, (start, end, url) in enumerate(line.urls):
            before = line.text[last:start].strip(" <([-:•*|>")
            last = end
            behind = line.text[end : line.urls[number + 1][0] if number + 1 < len(line.urls) else len(line.text)]
            found.append(_of_address(cue_index, index, line, url, before, topic, behind=behind, is_first=number == 0))
            if len(found) >= MAX_LINKS:
                return found, True
    return found, False


def _of_address(
    cue_index: CueIndex,
    index: int,
    line: Line,
    url: str,
    before: str,
    topic: frozenset[Sense],
    *,
    behind: str,
    is_first: bool,
) -> _Sighting:
    """Score an address in running text by the words before it in its line, or else in the lines before.

    behind: the rest of its line up to the next address. is_first: of its line, so that the lines before may apply.
    """
    near = _senses_near(cue_index, index) if is_first else frozenset()
    is_last = len(behind.strip(" .>)]。")) == 0
    label = _last_sentence(before)[-160:]
    if not label:
        above = next(cue_index.before(index), None)
        sentence = cue_index.lines[above].text if above is not None else ""
        sentence = sentence if "://" not in sentence else ""
        kind, features = _scored(url, "", near, topic, sentence + behind[:120])
        if above is not None and _is_against(cue_index, above, len(cue_index.lines[above].text)) and sentence:
            features[AGAINST] = 1.0
    else:
        kind, features = _scored(url, label, near, topic, behind[:120])
        if Sense.NOT_ME in (cue.sense for cue in cues(normal(label))):
            features[AGAINST] = 1.0
    if kind in _LOUD and is_last and len(label) <= 60:
        features["alone in its line"] = 1.0
    if line.is_quiet:
        features["small print"] = 1.0
    if any(run.is_hidden for run in line.runs):
        features[UNDISPLAYED] = 1.0
    return _sighting(url, before[-200:], kind, features, line.place, words=False)


def _last_sentence(text: str) -> str:
    """Return the last sentence; a short question or a clause before a colon belongs to the one behind it."""
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if end.end() < len(text) and text[end.start()] not in ":：?？":
            start = end.end()
    return text[start:]


class _Rivals:
    """Numbers of the links that are alike. is_only: there is one link that may be primary."""

    def __init__(self, sightings: dict[str, list[_Sighting]]) -> None:
        loud = [
            max((each for each in found if each.kind in _LOUD), key=lambda each: each.points, default=None)
            for found in sightings.values()
        ]
        candidates = [each for each in loud if each and not any(name in each.features for name in _NEVER_PRIMARY)]
        self.is_only = len(candidates) == 1
        self.labels = Counter(each.text.casefold() for each in candidates if each.text)
        self.features = Counter(frozenset(each.features) for each in candidates)


def _merged(found: list[_Sighting], rivals: _Rivals) -> LinkMatch:
    """Return one link for all occurrences of an address."""
    best = max(
        found, key=lambda each: (AGAINST not in each.features, each.points, each.place.source is MatchSource.HTML)
    )
    button = next((each for each in found if each.is_button and each.kind is best.kind), None)
    shown = next((each for each in found if each.has_words and each.text), best)
    sources = {each.place.source for each in found}
    features = dict(best.features)
    if any(AGAINST in each.features and each.has_words for each in found):
        features[AGAINST] = 1.0
    if best.kind in _LOUD:
        if rivals.is_only:
            features["the only candidate"] = 1.0
        alike = max(rivals.labels[best.text.casefold()], rivals.features[frozenset(best.features)])
        if alike >= _RIVALS:
            features["one of several alike"] = 1.0
        elif alike == 2:
            features["one of two alike"] = 1.0
        if len(sources) > 1:
            features["in text and HTML"] = 1.0
        if len(found) > len(sources):
            features["more than once"] = 1.0
    chosen = button or (shown if shown.kind is best.kind else best)
    return LinkMatch(
        url=best.url,
        text=chosen.text,
        kind=best.kind,
        confidence=confidence_of(points_of("link", features)),
        place=chosen.place,
        is_button=button is not None,
        evidence=features,
    )
