"""What the words around a number say it is: each name near it is weighed by its distance, and one of them counts."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from catcher.extract.shapes import Shape
from catcher.extract.sheet import CueIndex
from catcher.extract.words import Cue, Sense

SURE, CODE = 4.8, 3.1
"""Points of names right beside a number: of a one-time code, and of what may be one."""
MAX_CUES = 30
"""Cues of another line that are weighed for one."""
DECORATION = " \t*_`'\"“”„«»‹›[](){}<>|:.,;!=~#•·→➜-‘’「」『』【】（）：。"
"""What may stand around a code that has a line for itself."""
COLONS = (":", "：")

_COUPON, _OTHER, _OTHER_NEAR, _ATTACHED_TOO = 3.6, -3.5, -0.7, 0.8
_COUPON_NEAR = 45
_BEFORE, _BEHIND, _ALONE_BEFORE, _LINE_BEFORE, _LINE_BEHIND = 130, 75, 280, 60, 160
# nothing between but punctuation and two short words, as in "code for you is 482913"
_ATTACHED = re.compile(r"[\s:#.,()\[\]\"'*=>-]*(?:[^\W\d]{1,5}[\s:#.,\"'*=>-]+){0,2}[\s:#\"'*(\[-]*\Z")


@dataclass(frozen=True, slots=True)
class Name:
    """What a cue says of a number. distance: characters between, more across lines. points: what it adds."""

    sense: Sense
    distance: float
    points: float


def name_of(sheet: CueIndex, index: int, shape: Shape, *, is_alone: bool, last_end: int) -> Name:
    """Return the label that counts: the nearest, but a label of a code precedes unattached others."""
    names = list(_names(sheet, index, shape, is_alone=is_alone, last_end=last_end))
    if not names:
        return Name(Sense.SIGN, 0.0, 0.0)
    good = max((n for n in names if n.sense in (Sense.SURE, Sense.CODE)), key=lambda n: n.points, default=None)
    bad = min((n for n in names if n.sense in (Sense.OTHER, Sense.COUPON)), key=lambda n: n.distance, default=None)
    coupon = max((n for n in names if n.sense is Sense.COUPON), key=lambda n: n.points, default=None)
    if coupon is not None and coupon.points > 1.5 and (good is None or good.sense is Sense.CODE):
        is_near = coupon.distance < _COUPON_NEAR or not shape.value.isdigit()
        if good is None or is_near:
            return coupon
    if bad is None or (good is not None and good.distance <= bad.distance):
        return good or Name(Sense.SIGN, 0.0, 0.0)
    if bad.sense is Sense.COUPON and bad.points > 0:
        return bad if good is None or bad.distance < 12 else good
    if bad.points <= -2.5:  # attached: "order number: 4829134"
        return bad
    if good is None:
        return bad
    return Name(good.sense, good.distance, good.points + bad.points)


def _names(sheet: CueIndex, index: int, shape: Shape, *, is_alone: bool, last_end: int) -> Iterator[Name]:
    text = sheet.lines[index].text
    for cue in sheet.cues(index):
        if shape.start - _BEFORE <= cue.end <= shape.start:
            gap = text[cue.end : shape.start]
            is_named = cue.sense is not Sense.OTHER and gap.rstrip().endswith(COLONS)
            is_attached = is_named or bool(_ATTACHED.match(gap))
            yield _judged(cue, len(gap), _BEFORE, is_attached=is_attached, is_blocked=last_end > cue.end)
        elif shape.end <= cue.start <= shape.end + _BEHIND:
            gap = text[shape.end : cue.start]
            yield _judged(cue, len(gap) + 12, _BEHIND, is_attached=not gap.strip(" "), is_after=True)
    distance = shape.start + 6
    reach = _ALONE_BEFORE if is_alone else _LINE_BEFORE
    for number, before in enumerate(sheet.before(index)):
        other = sheet.lines[before].text
        if distance > reach:
            break
        for cue in sheet.cues(before)[-MAX_CUES:]:
            gap = other[cue.end :]
            rest = len(other) if cue.sense is not Sense.OTHER else len(other) - (cue.end - cue.start) + 45
            is_label = is_alone and number == 0 and rest < 60 and not gap.strip(DECORATION)
            # in running text a number belongs to its own line
            yield _judged(cue, distance + len(gap), reach, is_attached=is_label, is_blocked=not is_alone)
        distance += len(other) + 6
    if not is_alone:
        return
    distance = len(text) - shape.end + 40
    for after in sheet.after(index):
        other = sheet.lines[after].text
        for cue in sheet.cues(after)[:MAX_CUES]:
            yield _judged(cue, distance + cue.start, _LINE_BEHIND, is_attached=False, is_after=True)
        distance += len(other) + 10


def _judged(
    cue: Cue, distance: int, reach: int, *, is_attached: bool, is_blocked: bool = False, is_after: bool = False
) -> Name:
    """What a cue is worth at that distance. is_blocked: another number stands between. is_after: it comes behind."""
    near = max(0.0, 1 - distance / reach) * (0.4 if is_blocked else 1.0)
    match cue.sense:
        case Sense.SURE:
            points = SURE * min(1.0, 0.25 + near) if near else 0.0
        case Sense.CODE:
            points = CODE * min(1.0, 0.2 + near) if near else 0.0
        case Sense.COUPON:
            points = _COUPON * near
        case Sense.OTHER:
            points = _OTHER if is_attached and not is_blocked else 0.0 if is_after else _OTHER_NEAR * near
        case _:
            points = 0.0
    if is_attached and not is_blocked and cue.sense in (Sense.SURE, Sense.CODE, Sense.COUPON):
        points += _ATTACHED_TOO
    return Name(cue.sense, distance if near or points else math.inf, points)
