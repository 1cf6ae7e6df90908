"""Scores of codes: each candidate is scored by its context.

A score is a sum of points; the logistic function turns it into a confidence, so that 0 points are 0.5. It starts below
zero, since most numbers are no codes, and depends on:

* the form: six digits score highest, years and round numbers lowest; see `candidates`;
* the nearest label, by distance: "verification code" adds many points, "code" fewer, "order number" subtracts some,
  "discount code" makes it a coupon; a unit right after it ("4500 points") subtracts;
* whether it is alone in a line or element, and emphasized;
* words that go with codes ("expires", "do not share") in the lines around, and a subject that mentions a code;
* small print, which subtracts;
* a line before that asks to enter the code;
* occurrences in several of subject, text and HTML;
* another code of high confidence, which subtracts from numbers inside sentences.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catcher.extract.candidates import Candidate, candidates
from catcher.extract.cue_index import CueIndex
from catcher.extract.labels import CODE, COLONS, DECORATION, Label, label_of
from catcher.extract.lines import Line
from catcher.extract.model import CodeKind, CodeMatch, MatchSource, confidence_of
from catcher.extract.words import Sense

MAX_CANDIDATES = 300
"""Candidates of a message that are scored."""
MAX_CODES = 20
"""Codes of a message that are returned."""
LEAST = 0.2
"""Minimum confidence of a code."""

_START = -3.0
_ALONE, _APART, _QUIET = 1.5, 0.7, -1.5
_AGREED, _INTRO, _BESIDE = 0.9, 1.0, -2.0
_NEAR = 45
_RIGHT_BEHIND, _YEAR = 5, 1.7
_PLACES = re.compile(r"\s*[A-Z][a-zà-ž]{3,}")
_VOWELS = frozenset("AEIOUYaeiouy")

_KINDS = {
    Sense.RESET: (CodeKind.RESET, 1.0),
    Sense.TWO_FACTOR: (CodeKind.TWO_FACTOR, 0.95),
    Sense.SIGN_IN: (CodeKind.SIGN_IN, 0.9),
    Sense.INVITATION: (CodeKind.INVITATION, 0.5),
    Sense.CONFIRMATION: (CodeKind.CONFIRMATION, 0.6),
}
_CODE_NAMES = frozenset({Sense.SURE, Sense.CODE, Sense.COUPON})


@dataclass(frozen=True, slots=True)
class _Sighting:
    """One occurrence of a code with its points. is_clear: it is set apart, or labelled right before."""

    candidate: Candidate
    shown: str
    points: float
    cue_index: CueIndex
    line: int
    is_coupon: bool
    is_clear: bool


@dataclass(frozen=True, slots=True)
class _Standing:
    """Setting of a candidate in its line: alone, or set apart. strength: emphasis, 0 to 2."""

    is_alone: bool
    is_apart: bool
    strength: float


def find_codes(subject: CueIndex, bodies: list[CueIndex]) -> tuple[list[CodeMatch], bool]:
    """Return the codes of a message, most confident first, and whether a limit was reached."""
    sightings: dict[str, list[_Sighting]] = defaultdict(list)
    topic = _topic(subject)
    number = 0
    is_cut = False
    for cue_index in (subject, *bodies):
        for line in range(len(cue_index.lines)):
            for sighting in _sightings(cue_index, line, topic):
                sightings[sighting.candidate.value.casefold()].append(sighting)
                number += 1
            if number > MAX_CANDIDATES:
                is_cut = True
                break
    clearest = max((each.points for found in sightings.values() for each in found if each.is_clear), default=0.0)
    codes = [
        code
        for found in sightings.values()
        if (code := _merged(found, subject, bodies, has_clearer=clearest > 2.0)) is not None
    ]
    codes.sort(key=lambda code: -code.confidence)
    return codes[:MAX_CODES], is_cut or len(codes) > MAX_CODES


def _topic(subject: CueIndex) -> float:
    """Return the points for a subject that mentions a code."""
    senses = frozenset().union(*(subject.senses(index) for index in range(len(subject.lines))))
    if Sense.SURE in senses:
        return 0.9
    return 0.4 if senses & {Sense.CODE, *_KINDS} else 0.0


def _sightings(cue_index: CueIndex, index: int, topic: float) -> Iterator[_Sighting]:
    """Yield the scored candidates of a line."""
    line = cue_index.lines[index]
    last_end = -1
    senses = frozenset[Sense]()
    for candidate in candidates(line.text):
        senses = senses or cue_index.senses(index) | cue_index.near(index)
        standing = _standing(line, candidate)
        if not standing.is_apart and ((candidate.is_bare and Sense.COUPON not in senses) or not senses & _CODE_NAMES):
            continue
        label = label_of(cue_index, index, candidate, is_alone=standing.is_alone, last_end=last_end)
        last_end = candidate.end
        if candidate.is_bare and not _is_code_like(candidate, label, standing):
            continue
        points = _START + _of_form(candidate, label) + label.points + _of_standing(candidate, label, standing, topic)
        points += _QUIET if line.is_quiet and not label.points > 3 else 0.0
        points += _INTRO if standing.is_alone and _is_introduced(cue_index, index) else 0.0
        points += _around(cue_index, index, candidate)
        yield _Sighting(
            candidate=candidate,
            shown=line.text[candidate.start : candidate.end],
            points=points,
            cue_index=cue_index,
            line=index,
            is_coupon=label.sense is Sense.COUPON,
            is_clear=standing.is_apart or (label.points > CODE and label.distance < _NEAR),
        )


def _standing(line: Line, candidate: Candidate) -> _Standing:
    shown = line.text[candidate.start : candidate.end]
    is_alone = line.text.strip(DECORATION) == shown
    run = next((run for run in line.runs if run.start <= candidate.start < run.end), None)
    if run is None:
        is_marked = line.text[: candidate.start].endswith(("*", "`", "["))
        return _Standing(is_alone, is_alone or is_marked, 0.0)
    is_apart = line.text[run.start : run.end].strip(DECORATION) == shown
    return _Standing(is_alone, is_alone or is_apart, run.strength)


def _of_form(candidate: Candidate, label: Label) -> float:
    """Return the points for the form, given the label."""
    if label.sense is Sense.COUPON:
        return max(0.3, candidate.prior)
    # "verification code: 2024" means that number, "2024" somewhere a year
    is_named_year = candidate.is_year and label.sense is Sense.SURE and label.distance < _RIGHT_BEHIND
    return candidate.prior + (_YEAR if is_named_year else 0.0)


def _of_standing(candidate: Candidate, label: Label, standing: _Standing, topic: float) -> float:
    """Return the points for setting and emphasis, and for the subject."""
    if standing.is_apart:
        return (_ALONE if standing.is_alone else _APART) + min(1.2, standing.strength * 0.6) + topic
    return topic if len(candidate.value) >= 6 and label.points > 0 else 0.0


def _is_introduced(cue_index: CueIndex, index: int) -> bool:
    """Return whether the line before asks to enter the code: it mentions entering and ends with a colon."""
    before = next(cue_index.before(index), None)
    return (
        before is not None
        and cue_index.lines[before].text.endswith(COLONS)
        and bool(cue_index.senses(before) & {Sense.SIGN, *_KINDS})
    )


def _around(cue_index: CueIndex, index: int, candidate: Candidate) -> float:
    """Return the points for a unit right after it, and for words around that go with codes."""
    line = cue_index.lines[index]
    points = 0.4 if Sense.SIGN in cue_index.senses(index) | cue_index.near(index) else 0.0
    for cue in cue_index.cues(index):
        if cue.start >= candidate.end and cue.sense is Sense.UNIT and not line.text[candidate.end : cue.start].strip():
            points -= 3.0
            break
    if candidate.value.isdigit() and len(candidate.value) in (4, 5) and _PLACES.match(line.text, candidate.end):
        points -= 1.5  # a post code before its town
    return points


def _is_code_like(candidate: Candidate, label: Label, standing: _Standing) -> bool:
    """Return whether letters alone may be a code: set apart, labelled right before, and unlike a word."""
    if label.sense is Sense.COUPON:
        return label.distance <= 3 or (label.distance < 30 and standing.is_apart)
    if label.sense not in (Sense.SURE, Sense.CODE) or label.distance > 130 or not standing.is_apart:
        return False
    if "-" in candidate.value or not 4 <= len(candidate.value) <= 12:
        return False
    vowels = sum(letter in _VOWELS for letter in candidate.value)
    return vowels / len(candidate.value) < 0.25 or (label.distance < 40 and len(candidate.value) in (6, 8))


def _merged(
    found: list[_Sighting], subject: CueIndex, bodies: list[CueIndex], *, has_clearer: bool
) -> CodeMatch | None:
    """Return one code for all occurrences of its value; None below the minimum confidence.

    has_clearer: the mail has a code of high confidence, so that a number inside a sentence is hardly another.
    """
    best = max(found, key=lambda each: each.points)
    sources = {each.cue_index.lines[each.line].place.source for each in found}
    points = best.points + _AGREED * (len(sources) - 1)
    points += _BESIDE if has_clearer and not any(each.is_clear for each in found) else 0.0
    confidence = confidence_of(points)
    if confidence < LEAST:
        return None
    shown_best = max(
        found, key=lambda each: (each.cue_index.lines[each.line].place.source is MatchSource.HTML, each.points)
    )
    place_of = best if best.points > shown_best.points + 1 else shown_best
    return CodeMatch(
        value=best.candidate.value,
        shown=best.shown,
        kind=CodeKind.COUPON if best.is_coupon else _kind(found, subject, bodies),
        confidence=confidence,
        place=place_of.cue_index.lines[place_of.line].place,
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
