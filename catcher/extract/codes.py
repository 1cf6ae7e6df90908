"""Codes by score: each thing that has the form of a code is weighed by its surroundings.

A score is a sum of points, turned into a confidence by the logistic function, so that 0 points are 0.5. It starts below
zero, since most numbers are no codes, and takes:

* what the form is worth (six digits most, years and round numbers least; see `shapes`);
* what the nearest name says, the more the nearer: "verification code" much, "code" less, "order number" against it,
  "discount code" makes it a coupon; a unit right behind it ("4500 points") speaks against it;
* standing alone in a line or element, and looking different from the text around it;
* words that go with codes ("expires", "do not share") in the lines around, and a subject that speaks of a code;
* small print, which speaks against it;
* a line before that asks to enter what follows;
* standing in several of subject, text and HTML;
* another code in the mail that is beyond doubt, which speaks against what only stands somewhere in a sentence.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catcher.extract.lines import Line
from catcher.extract.model import CodeKind, CodeMatch, MatchSource, confidence_of
from catcher.extract.names import CODE, COLONS, DECORATION, Name, name_of
from catcher.extract.shapes import Shape, shapes
from catcher.extract.sheet import CueIndex
from catcher.extract.words import Sense

MAX_SHAPES = 300
"""Possible codes of a message that are weighed."""
MAX_CODES = 20
"""Codes of a message that are told."""
LEAST = 0.2
"""Confidence below which something is no code at all."""

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
    """One place where a code is shown, with its points. is_clear: it stands apart, or is named right before."""

    shape: Shape
    shown: str
    points: float
    sheet: CueIndex
    line: int
    is_coupon: bool
    is_clear: bool


@dataclass(frozen=True, slots=True)
class _Standing:
    """How something stands in its line: alone, or apart from the rest in some way. strength: of its looks, 0 to 2."""

    is_alone: bool
    is_apart: bool
    strength: float


def find_codes(subject: CueIndex, bodies: list[CueIndex]) -> tuple[list[CodeMatch], bool]:
    """Return the codes of a message, most confident first, and whether a limit was reached."""
    sightings: dict[str, list[_Sighting]] = defaultdict(list)
    topic = _topic(subject)
    number = 0
    is_cut = False
    for sheet in (subject, *bodies):
        for line in range(len(sheet.lines)):
            for sighting in _sightings(sheet, line, topic):
                sightings[sighting.shape.value.casefold()].append(sighting)
                number += 1
            if number > MAX_SHAPES:
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
    """How much the subject speaks for a code in the mail."""
    senses = frozenset().union(*(subject.senses(index) for index in range(len(subject.lines))))
    if Sense.SURE in senses:
        return 0.9
    return 0.4 if senses & {Sense.CODE, *_KINDS} else 0.0


def _sightings(sheet: CueIndex, index: int, topic: float) -> Iterator[_Sighting]:
    """What in a line has the form of a code and may be one, weighed."""
    line = sheet.lines[index]
    last_end = -1
    senses = frozenset[Sense]()
    for shape in shapes(line.text):
        senses = senses or sheet.senses(index) | sheet.near(index)
        standing = _standing(line, shape)
        if not standing.is_apart and ((shape.is_bare and Sense.COUPON not in senses) or not senses & _CODE_NAMES):
            continue
        name = name_of(sheet, index, shape, is_alone=standing.is_alone, last_end=last_end)
        last_end = shape.end
        if shape.is_bare and not _is_code_like(shape, name, standing):
            continue
        points = _START + _of_form(shape, name) + name.points + _of_standing(shape, name, standing, topic)
        points += _QUIET if line.is_quiet and not name.points > 3 else 0.0
        points += _INTRO if standing.is_alone and _is_introduced(sheet, index) else 0.0
        points += _around(sheet, index, shape)
        yield _Sighting(
            shape=shape,
            shown=line.text[shape.start : shape.end],
            points=points,
            sheet=sheet,
            line=index,
            is_coupon=name.sense is Sense.COUPON,
            is_clear=standing.is_apart or (name.points > CODE and name.distance < _NEAR),
        )


def _standing(line: Line, shape: Shape) -> _Standing:
    shown = line.text[shape.start : shape.end]
    is_alone = line.text.strip(DECORATION) == shown
    run = next((run for run in line.runs if run.start <= shape.start < run.end), None)
    if run is None:
        is_marked = line.text[: shape.start].endswith(("*", "`", "["))
        return _Standing(is_alone, is_alone or is_marked, 0.0)
    is_apart = line.text[run.start : run.end].strip(DECORATION) == shown
    return _Standing(is_alone, is_alone or is_apart, run.strength)


def _of_form(shape: Shape, name: Name) -> float:
    """Points for the form, in the light of the name."""
    if name.sense is Sense.COUPON:
        return max(0.3, shape.prior)
    # "verification code: 2024" means that number, "2024" somewhere a year
    is_named_year = shape.is_year and name.sense is Sense.SURE and name.distance < _RIGHT_BEHIND
    return shape.prior + (_YEAR if is_named_year else 0.0)


def _of_standing(shape: Shape, name: Name, standing: _Standing, topic: float) -> float:
    """Points for how it stands out, and for a subject that speaks of it."""
    if standing.is_apart:
        return (_ALONE if standing.is_alone else _APART) + min(1.2, standing.strength * 0.6) + topic
    return topic if len(shape.value) >= 6 and name.points > 0 else 0.0


def _is_introduced(sheet: CueIndex, index: int) -> bool:
    """Return whether the line before asks to enter what follows: it speaks of entering and ends with a colon."""
    before = next(sheet.before(index), None)
    return (
        before is not None
        and sheet.lines[before].text.endswith(COLONS)
        and bool(sheet.senses(before) & {Sense.SIGN, *_KINDS})
    )


def _around(sheet: CueIndex, index: int, shape: Shape) -> float:
    """Points for what follows right behind, and for words around that go with codes."""
    line = sheet.lines[index]
    points = 0.4 if Sense.SIGN in sheet.senses(index) | sheet.near(index) else 0.0
    for cue in sheet.cues(index):
        if cue.start >= shape.end and cue.sense is Sense.UNIT and not line.text[shape.end : cue.start].strip():
            points -= 3.0
            break
    if shape.value.isdigit() and len(shape.value) in (4, 5) and _PLACES.match(line.text, shape.end):
        points -= 1.5  # a post code before its town
    return points


def _is_code_like(shape: Shape, name: Name, standing: _Standing) -> bool:
    """Return whether letters alone may be a code: set apart, named right before, and not made like a word."""
    if name.sense is Sense.COUPON:
        return name.distance <= 3 or (name.distance < 30 and standing.is_apart)
    if name.sense not in (Sense.SURE, Sense.CODE) or name.distance > 130 or not standing.is_apart:
        return False
    if "-" in shape.value or not 4 <= len(shape.value) <= 12:
        return False
    vowels = sum(letter in _VOWELS for letter in shape.value)
    return vowels / len(shape.value) < 0.25 or (name.distance < 40 and len(shape.value) in (6, 8))


def _merged(
    found: list[_Sighting], subject: CueIndex, bodies: list[CueIndex], *, has_clearer: bool
) -> CodeMatch | None:
    """One code of all the places where its value is shown; None when it is none.

    has_clearer: the mail has a code beyond doubt, so that what only stands somewhere in a sentence is hardly another.
    """
    best = max(found, key=lambda each: each.points)
    sources = {each.sheet.lines[each.line].place.source for each in found}
    points = best.points + _AGREED * (len(sources) - 1)
    points += _BESIDE if has_clearer and not any(each.is_clear for each in found) else 0.0
    confidence = confidence_of(points)
    if confidence < LEAST:
        return None
    shown_best = max(
        found, key=lambda each: (each.sheet.lines[each.line].place.source is MatchSource.HTML, each.points)
    )
    place_of = best if best.points > shown_best.points + 1 else shown_best
    return CodeMatch(
        value=best.shape.value,
        shown=best.shown,
        kind=CodeKind.COUPON if best.is_coupon else _kind(found, subject, bodies),
        confidence=confidence,
        place=place_of.sheet.lines[place_of.line].place,
    )


def _kind(found: Iterable[_Sighting], subject: CueIndex, bodies: list[CueIndex]) -> CodeKind:
    """What the code is for: what its line, the lines near it, the subject and the rest of the mail speak of."""
    votes: dict[CodeKind, float] = defaultdict(float)
    zones: list[tuple[float, frozenset[Sense]]] = [(3.0, _senses(subject))]
    for each in found:
        zones += [(3.0, each.sheet.senses(each.line)), (2.0, each.sheet.near(each.line))]
    zones += [(0.5, _senses(sheet)) for sheet in bodies]
    heard: dict[CodeKind, float] = defaultdict(float)
    for weight, senses in zones:
        for sense in senses & _KINDS.keys():
            kind, share = _KINDS[sense]
            heard[kind] = max(heard[kind], weight)
            votes[kind] += weight * share / (2 if heard[kind] > weight else 1)
    return max(votes, key=lambda kind: votes[kind], default=CodeKind.OTHER)


def _senses(sheet: CueIndex) -> frozenset[Sense]:
    return frozenset().union(*(sheet.senses(index) for index in range(min(40, len(sheet.lines)))))
