"""Scores of codes: each candidate is scored by the features of its context; see `scoring`.

The features are the form of the candidate, the nearest label ("verification code", "order number", "discount code"),
its setting (alone in a line, emphasized, small print, not displayed), the words of the lines around, the subject, and
other occurrences. If the words beside it, or its setting below such words, name it as the code, the form does not
count: codes look like anything.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catcher.extract.candidates import BARE, Candidate, Form, Look, candidates, word_in
from catcher.extract.cue_index import CueIndex
from catcher.extract.labels import COLONS, DECORATION, Label, label_of
from catcher.extract.lines import Line
from catcher.extract.model import CodeKind, CodeMatch, MatchSource
from catcher.extract.scoring import Features, confidence_of, points_of
from catcher.extract.words import SPECIAL, Cue, Sense, copulas, folded, unspaced_copulas

MAX_CANDIDATES = 300
"""Candidates of a message that are scored."""
MAX_CODES = 20
"""Codes of a message that are returned."""
LEAST = 0.2
"""Minimum confidence of a code."""

_KINDS = {
    Sense.RESET: (CodeKind.RESET, 1.0),
    Sense.TWO_FACTOR: (CodeKind.TWO_FACTOR, 0.95),
    Sense.SIGN_IN: (CodeKind.SIGN_IN, 0.9),
    Sense.INVITATION: (CodeKind.INVITATION, 0.5),
    Sense.CONFIRMATION: (CodeKind.CONFIRMATION, 0.6),
}
_SPECIAL_KINDS = {
    Sense.COUPON: CodeKind.COUPON,
    Sense.GIFT_CARD: CodeKind.GIFT_CARD,
    Sense.BACKUP: CodeKind.BACKUP,
    Sense.MEETING: CodeKind.MEETING,
}
_CODE_NAMES = SPECIAL | {Sense.SURE, Sense.CODE}
_REACH = 60
"""Characters between a label and the number that it names."""
_LONGEST_WORD = 20
_PERCENT = re.compile(r"\b\d{1,2} ?%|% ?\d{1,2}\b")
_LABELLED = re.compile(r" ?[:#]? ?\d")
_NAME = re.compile(r"[A-Z]?[a-z]+[A-Z][a-z]{2,}")
_LARGE = 0.8
"""Emphasis of a code in a large or framed element."""
_PLACES = re.compile(r"\s*[A-Z][a-zà-ž]{3,}")
_SENTENCE_END = re.compile(r"[.!?](?:\s|\Z)|[。！？।]")
_CLAUSE_END = re.compile(r"[.!?;,](?:\s|\Z)|[。！？।；،、，] ?| - ")
_OTHER_NUMBER = re.compile(r"\d{4,}|[A-Z0-9]{6,}")
_WORDS = re.compile(r"\w+")
_VERB_REACH = 14
_VERB_GAP = re.compile(r"[\W_]*(?:[^\W\d_]{1,5}[\W_]+){0,2}\Z")
_DECORATION_BUT_COLONS = DECORATION.replace(":", "").replace("：", "")
_ACRONYM_BEFORE = re.compile(r"\b([A-Z]{2,6})[ -]\Z")
_ACRONYM_BEHIND = re.compile(r"[ -]([A-Z]{2,6})\b")
_OF_CODES = frozenset(
    {"OTP", "PIN", "SMS", "TAN", "MFA", "TOTP", "PUK", "ID", "FA", "SSO", "VPN", "IS", "IST", "EST", "ES"}
)


@dataclass(frozen=True, slots=True)
class _Sighting:
    """One occurrence of a code.

    is_clear: it is named as a code, or set apart. special: its kind if it is for another occasion.
    """

    candidate: Candidate
    shown: str
    features: Features
    points: float
    cue_index: CueIndex
    line: int
    special: CodeKind | None
    is_clear: bool
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class _Standing:
    """Setting of a candidate in its line: alone, or set apart. strength: emphasis, 0 to 2."""

    is_alone: bool
    is_apart: bool
    strength: float
    is_hidden: bool


def find_codes(subject: CueIndex, bodies: list[CueIndex], *, least: float = LEAST) -> tuple[list[CodeMatch], bool]:
    """Return the codes of a message, most confident first, and whether a limit was reached.

    least: minimum confidence.
    """
    sightings: dict[str, list[_Sighting]] = defaultdict(list)
    topic = _topic(subject)
    number = 0
    is_cut = False
    for cue_index in (subject, *bodies):
        special: CodeKind | None = None
        for line in range(len(cue_index.lines)):
            listed = special
            special = None
            for sighting in _sightings(cue_index, line, topic, listed):
                sightings[sighting.candidate.value.casefold()].append(sighting)
                special = special or (sighting.special if sighting.is_clear else None)
                number += 1
            if number > MAX_CANDIDATES:
                is_cut = True
                break
    clear = [
        (each.points, value)
        for value, found in sightings.items()
        for each in found
        if each.is_clear and not each.special and not each.is_hidden
    ]
    clear = sorted(clear, reverse=True)[:2]
    codes = []
    for value, found in sightings.items():
        clearest = max((points for points, other in clear if other != value), default=-9.0)
        code = _merged(found, subject, bodies, has_clearer=clearest > max(0.0, *(each.points for each in found)))
        if code.confidence >= least:
            codes.append(code)
    codes.sort(key=lambda code: -code.confidence)
    return codes[:MAX_CODES], is_cut or len(codes) > MAX_CODES


def _topic(subject: CueIndex) -> str:
    """Return the feature for a subject that mentions a code, "" for another."""
    senses = frozenset().union(*(subject.senses(index) for index in range(len(subject.lines))))
    if Sense.SURE in senses:
        return "subject names a code"
    return "subject is about signing in or confirming" if senses & {Sense.CODE, *_KINDS} else ""


def _sightings(cue_index: CueIndex, index: int, topic: str, listed: CodeKind | None) -> Iterator[_Sighting]:
    """Yield the scored candidates of a line. listed: kind of the codes in the line before, as in a list of them."""
    line = cue_index.lines[index]
    last_end = -1
    senses = frozenset[Sense]()
    for candidate in _candidates(line):
        standing = _standing(line, candidate)
        if candidate.form in BARE and any(
            start < candidate.end and candidate.start < end for start, end, _ in line.anchors
        ):
            continue  # words of a link
        senses = senses or cue_index.senses(index) | cue_index.near(index)
        asked = _asked(cue_index, index, candidate, topic)
        is_topic = _is_topic(line, candidate, senses)
        if not (standing.is_apart or asked or is_topic or senses & _CODE_NAMES):
            continue
        label = label_of(cue_index, index, candidate, is_alone=standing.is_alone, last_end=last_end)
        last_end = last_end if candidate.form in BARE else candidate.end
        named = _name(cue_index, index, candidate, label, standing) or (asked if label.points >= 0 else "")
        special = _special(cue_index, index, label, listed if standing.is_alone else None, named=named)
        if not named and (candidate.look is Look.YEAR or candidate.form is Form.DIGITS_LONG):
            continue  # too many years and long numbers are in mails
        if (candidate.form in BARE and not (named or special)) or _is_word(line.text, candidate, standing, named=named):
            continue
        features = _features(cue_index, index, candidate, label, standing, named=named, special=special, topic=topic)
        if is_topic:
            features["at the start of the subject"] = 1.0
        yield _Sighting(
            candidate=candidate,
            shown=line.text[candidate.start : candidate.end],
            features=features,
            points=points_of("code", features),
            cue_index=cue_index,
            line=index,
            special=special,
            is_clear=bool(named) or standing.is_apart,
            is_hidden=standing.is_hidden,
        )


def _candidates(line: Line) -> Iterator[Candidate]:
    """Yield the candidates of a line, and words that are alone in it or in an element."""
    text = line.text
    yield from candidates(text)
    for start, end in dict.fromkeys(((0, len(text)), *((run.start, run.end) for run in line.runs))):
        if end - start < _LONGEST_WORD and (word := word_in(text, start, end)) is not None:
            yield word


def _is_topic(line: Line, candidate: Candidate, senses: frozenset[Sense]) -> bool:
    """Return whether a subject about signing in or confirming begins with the candidate."""
    is_first = line.place.source is MatchSource.SUBJECT and not line.text[: candidate.start].strip(DECORATION)
    return is_first and bool(senses & {Sense.CODE, Sense.SURE, *_KINDS})


def _standing(line: Line, candidate: Candidate) -> _Standing:
    shown = line.text[candidate.start : candidate.end]
    is_alone = line.text.strip(DECORATION) == shown
    run = next((run for run in line.runs if run.start <= candidate.start < run.end), None)
    if run is None:
        is_marked = line.text[: candidate.start].endswith(("*", "`", "["))
        return _Standing(is_alone, is_alone or is_marked, 0.0, False)
    is_apart = line.text[run.start : run.end].strip(DECORATION) == shown
    return _Standing(is_alone, is_alone or is_apart, run.strength, run.is_hidden)


def _name(cue_index: CueIndex, index: int, candidate: Candidate, label: Label, standing: _Standing) -> str:
    """Return the feature for a candidate that its label names, "" when it is only near one.

    The label is right before it ("code: …", "code for signing in is …"), or behind it at the start of a line ("… is
    your code"); or the candidate is alone, and the line before ends in a colon, is the label, or is above a large
    element.
    """
    cue = label.cue
    if cue is None or label.points <= 0 or label.sense not in (Sense.SURE, Sense.CODE):
        return ""
    line, text = cue_index.lines[index], cue_index.lines[label.line].text
    if label.sense is Sense.CODE and _is_qualified(text, cue, shown=line.text[candidate.start : candidate.end]):
        return ""
    name = "named as a one-time code" if label.sense is Sense.SURE else "named as a code"
    if label.line == index:
        if cue.end <= candidate.start:
            return name if _links(text[cue.end : candidate.start]) else ""
        gap = text[candidate.end : cue.start]
        is_first = not text[: candidate.start].strip(DECORATION)
        return name if is_first and len(gap) <= _REACH and not _SENTENCE_END.search(gap) else ""
    if not standing.is_apart:
        return ""
    if label.line < index:
        rest = len(text) - (cue.end - cue.start)
        is_intro = text.rstrip(_DECORATION_BUT_COLONS).endswith(COLONS) or rest <= 12
        return name if (is_intro and standing.is_alone) or standing.strength >= _LARGE else ""
    return name if standing.is_alone and standing.strength >= _LARGE else ""


def _asked(cue_index: CueIndex, index: int, candidate: Candidate, topic: str) -> str:
    """Return the feature for a candidate that a sentence about signing in or confirming asks to enter, "" for others.

    The verb is right before it ("use … to sign in") or right behind it, as in Turkish or Japanese.
    """
    text = cue_index.lines[index].text
    for cue in cue_index.cues(index):
        if cue.sense is not Sense.ENTER:
            continue
        gap = text[cue.end : candidate.start] if cue.end <= candidate.start else text[candidate.end : cue.start]
        if candidate.form in BARE and gap.strip(" *\"':："):
            continue  # a verb is near many words
        if len(gap) <= _VERB_REACH and not _CLAUSE_END.search(gap) and _VERB_GAP.match(gap):
            is_fitting = bool(cue_index.senses(index) & {Sense.SURE, Sense.CODE, *_KINDS})
            return "asked to enter it" if is_fitting or topic == "subject names a code" else ""
    return ""


def _links(gap: str) -> bool:
    """Return whether the text between label and number links them: it is empty, or ends in a colon or an "is"."""
    if len(gap) > _REACH or _SENTENCE_END.search(gap):
        return False
    plain = folded(gap)
    words = _WORDS.findall(plain)
    if not words or gap.rstrip(_DECORATION_BUT_COLONS).endswith(COLONS) or words[-1] in copulas():
        return True
    return not plain.isascii() and plain.rstrip(DECORATION).endswith(unspaced_copulas())


def _is_qualified(text: str, cue: Cue, *, shown: str) -> bool:
    """Return whether an abbreviation beside the word, not the code itself, makes it another kind: "NAF code"."""
    before, behind = (
        _ACRONYM_BEFORE.search(text, max(0, cue.start - 8), cue.start),
        _ACRONYM_BEHIND.match(text, cue.end),
    )
    found = {match[1] for match in (before, behind) if match}
    return not text.isupper() and not found <= _OF_CODES | {shown}


def _special(cue_index: CueIndex, index: int, label: Label, listed: CodeKind | None, *, named: str) -> CodeKind | None:
    """Return the kind of a code for another occasion, None for one to type now."""
    if label.sense in SPECIAL and label.points > 0:
        return _SPECIAL_KINDS[label.sense]
    if label.points <= 0 and listed is not None:
        return listed
    if label.points > 0:
        around = cue_index.senses(index) | cue_index.near(index)
        if Sense.MEETING in around:
            return CodeKind.MEETING
        if named and label.sense is Sense.CODE and not around & _KINDS.keys():
            if Sense.GIFT_CARD in around:
                return CodeKind.GIFT_CARD
            if Sense.COUPON in around or _promises(cue_index, index):
                return CodeKind.COUPON
    return None


def _promises(cue_index: CueIndex, index: int) -> bool:
    """Return whether a percentage is in the line, or in the one before or after it: of a discount."""
    lines = cue_index.lines[max(0, index - 1) : index + 2]
    return any("%" in line.text and _PERCENT.search(line.text) for line in lines)


def _is_word(text: str, candidate: Candidate, standing: _Standing, *, named: str) -> bool:
    """Return whether letters in a sentence are a name ("CogMethod"), a label ("VIN 12") or a word among capitals."""
    if candidate.form is not Form.LETTERS or not named or standing.is_apart:
        return False
    if _NAME.fullmatch(candidate.value) or _LABELLED.match(text, candidate.end):
        return True
    letters = [character for character in text[: candidate.start] + text[candidate.end :] if character.isalpha()]
    return len(letters) > 3 and sum(map(str.isupper, letters)) > len(letters) * 0.6


def _features(
    cue_index: CueIndex,
    index: int,
    candidate: Candidate,
    label: Label,
    standing: _Standing,
    *,
    named: str,
    special: CodeKind | None,
    topic: str,
) -> Features:
    line = cue_index.lines[index]
    found: Features = {"any number": 1.0}
    if named:
        found[named] = 1.0
    else:
        found[candidate.form] = 1.0
        if candidate.look is not None:
            found[candidate.look] = 1.0
    if special:
        found["named for another occasion"] = 1.0
    elif label.points > 0:
        found["near a name of one-time codes" if label.sense is Sense.SURE else "near a word for codes"] = (
            label.nearness
        )
    elif label.points < 0:
        found["named as something else" if label.nearness > 0.7 else "near a name of something else"] = 1.0
    if label.doubt < 0:
        found["near a name of something else"] = 1.0
    if standing.is_alone:
        found["alone in its line"] = 1.0
    elif standing.is_apart:
        found["set apart in its line"] = 1.0
    if standing.strength and standing.is_apart:
        found["emphasized"] = min(1.0, standing.strength / 2)
    if standing.is_hidden:
        found["not displayed"] = 1.0
    elif line.is_quiet:
        found["small print"] = 1.0
    if standing.is_alone and _is_introduced(cue_index, index):
        found["below a request to enter it"] = 1.0
    if not (cue_index.senses(index) | cue_index.near(index)).isdisjoint({Sense.SIGN, Sense.ENTER}):
        found["near words that go with codes"] = 1.0
    if topic:
        found[topic] = 1.0
    found |= _around(cue_index, index, candidate)
    return found


def _is_introduced(cue_index: CueIndex, index: int) -> bool:
    """Return whether the line before asks to enter the code: it mentions entering and ends with a colon or the verb."""
    before = next(cue_index.before(index), None)
    if before is None:
        return False
    text = cue_index.lines[before].text
    if any(cue.sense is Sense.ENTER and len(text) - cue.end < _VERB_REACH for cue in cue_index.cues(before)):
        return True
    return text.endswith(COLONS) and bool(cue_index.senses(before) & {Sense.SIGN, Sense.ENTER, *_KINDS})


def _around(cue_index: CueIndex, index: int, candidate: Candidate) -> Features:
    """Return the features of the words right beside a candidate."""
    text = cue_index.lines[index].text
    found: Features = {}
    for cue in cue_index.cues(index):
        if cue.sense is Sense.UNIT and cue.start >= candidate.end and not text[candidate.end : cue.start].strip():
            found["before a unit"] = 1.0
        elif cue.sense is Sense.CANCELLED and _is_cancelled(text, cue, candidate):
            found["cancelled"] = 1.0
    if candidate.form in (Form.DIGITS_4, Form.DIGITS_5) and _PLACES.match(text, candidate.end):
        found["before the name of a place"] = 1.0
    return found


def _is_cancelled(text: str, cue: Cue, candidate: Candidate) -> bool:
    """Return whether "no longer" and the like mean this candidate: no other number of its sentence is nearer to it."""
    gap = text[cue.end : candidate.start] + text[candidate.end : cue.start]
    if ";" in gap or _SENTENCE_END.search(gap):
        return False
    others = (match.span() for match in _OTHER_NUMBER.finditer(text))
    return not any(
        (end <= candidate.start or start >= candidate.end) and max(cue.start - end, start - cue.end) < len(gap)
        for start, end in others
    )


def _merged(found: list[_Sighting], subject: CueIndex, bodies: list[CueIndex], *, has_clearer: bool) -> CodeMatch:
    """Return one code for all occurrences of its value.

    has_clearer: the mail has another code that is named or set apart and has more points.
    """
    visible = [each for each in found if not each.is_hidden] or found
    best = max(visible, key=lambda each: each.points)
    sources = {each.cue_index.lines[each.line].place.source for each in visible}
    features = dict(best.features)
    if len(sources) > 1:
        features["in several of subject, text and HTML"] = 1.0
    if has_clearer:
        is_clear = any(each.is_clear for each in visible)
        features["beside a clearer code" if is_clear else "in a sentence beside a clearer code"] = 1.0
    special = next((each.special for each in visible if each.special), None)
    shown_best = max(
        visible, key=lambda each: (each.cue_index.lines[each.line].place.source is MatchSource.HTML, each.points)
    )
    place_of = best if best.points > shown_best.points + 1 else shown_best
    return CodeMatch(
        value=best.candidate.value,
        shown=best.shown,
        kind=special or _kind(visible, subject, bodies),
        confidence=confidence_of(points_of("code", features)),
        place=place_of.cue_index.lines[place_of.line].place,
        evidence=features,
    )


def _kind(found: Iterable[_Sighting], subject: CueIndex, bodies: list[CueIndex]) -> CodeKind:
    """Return the purpose of a code, by votes of its line, the lines near it, the subject and the rest of the mail."""
    votes: dict[CodeKind, float] = defaultdict(float)
    zones: list[tuple[float, frozenset[Sense]]] = [(3.0, _senses(subject))]
    for each in found:
        zones += [(3.0, each.cue_index.senses(each.line)), (2.0, each.cue_index.near(each.line))]
    zones += [(0.5, _senses(cue_index)) for cue_index in bodies]
    heaviest: dict[CodeKind, float] = defaultdict(float)
    for weight, senses in zones:
        for sense in senses & _KINDS.keys():
            kind, share = _KINDS[sense]
            heaviest[kind] = max(heaviest[kind], weight)
            votes[kind] += weight * share / (2 if heaviest[kind] > weight else 1)
    return max(votes, key=lambda kind: votes[kind], default=CodeKind.OTHER)


def _senses(cue_index: CueIndex) -> frozenset[Sense]:
    return frozenset().union(*(cue_index.senses(index) for index in range(min(40, len(cue_index.lines)))))
