"""Label of a number: the cue near it that counts, scored by distance."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from catcher.extract.candidates import Candidate
from catcher.extract.cue_index import CueIndex
from catcher.extract.words import SPECIAL, Cue, Sense

SURE, CODE = 4.8, 3.1
"""Points of labels right beside a number: of a one-time code, and of a possible one."""
_OTHERS = SPECIAL | {Sense.OTHER}
_LABELS = SPECIAL | {Sense.SURE, Sense.CODE}
MAX_CUES = 30
"""Cues of another line that are scored."""
DECORATION = " \t*_`'\"“”„«»‹›[](){}<>|:.,;!=~#•·→➜-‘’「」『』【】（）：。"
"""Characters that may surround a code that is alone in its line."""
COLONS = (":", "：")

_COUPON, _OTHER, _OTHER_NEAR, _ATTACHED_TOO = 3.6, -3.5, -0.7, 0.8
_COUPON_NEAR = 45
_BEFORE, _BEHIND, _ALONE_BEFORE, _LINE_BEFORE, _LINE_BEHIND = 130, 75, 280, 60, 160
# only punctuation and two short words between, as in "code for you is 482913"
_ATTACHED = re.compile(r"[\s:#.,()\[\]\"'*=>-]*(?:[^\W\d]{1,5}[\s:#.,\"'*=>-]+){0,2}[\s:#\"'*(\[-]*\Z")


@dataclass(frozen=True, slots=True)
class Label:
    """A cue as label of a number.

    distance: characters between, more across lines. points: how well it labels the number, negative for another kind of
    number. doubt: points of a worse label of another kind, at most 0. cue, line: the cue and the index of its line.
    """

    sense: Sense
    distance: float
    points: float
    cue: Cue | None = None
    line: int = -1
    doubt: float = 0.0

    @property
    def nearness(self) -> float:
        """How well it labels the number, from 0 to 1."""
        best = _OTHER if self.points < 0 else SURE if self.sense is Sense.SURE else CODE
        return min(1.0, self.points / best)


def label_of(cue_index: CueIndex, index: int, candidate: Candidate, *, is_alone: bool, last_end: int) -> Label:
    """Return the label that counts: the nearest, but a label of a code precedes unattached others."""
    labels = list(_labels(cue_index, index, candidate, is_alone=is_alone, last_end=last_end))
    if not labels:
        return Label(Sense.SIGN, 0.0, 0.0)
    good = max((n for n in labels if n.sense in (Sense.SURE, Sense.CODE)), key=lambda n: n.points, default=None)
    bad = min((n for n in labels if n.sense in _OTHERS), key=lambda n: n.distance, default=None)
    special = max((n for n in labels if n.sense in SPECIAL), key=lambda n: n.points, default=None)
    if special is not None and special.points > 1.5 and (good is None or good.sense is Sense.CODE):
        is_near = special.distance < _COUPON_NEAR or not candidate.value.isdigit()
        if good is None or is_near:
            return special
    if special is not None and special.points > 0 and good is not None and special.distance < good.distance:
        return special
    if bad is None or (good is not None and good.distance <= bad.distance):
        return good or Label(Sense.SIGN, 0.0, 0.0)
    if bad.sense in SPECIAL and bad.points > 0:
        return bad if good is None or bad.distance < 12 else good
    if bad.points <= -2.5:  # attached: "order number: 4829134"
        return bad
    if good is None:
        return bad
    return replace(good, doubt=bad.points)


def _labels(cue_index: CueIndex, index: int, candidate: Candidate, *, is_alone: bool, last_end: int) -> Iterator[Label]:
    text = cue_index.lines[index].text
    for cue in cue_index.cues(index):
        if candidate.start - _BEFORE <= cue.end <= candidate.start:
            gap = text[cue.end : candidate.start]
            is_named = cue.sense is not Sense.OTHER and gap.rstrip().endswith(COLONS)
            is_attached = is_named or bool(_ATTACHED.match(gap))
            yield _scored(cue, index, len(gap), _BEFORE, is_attached=is_attached, is_blocked=last_end > cue.end)
        elif candidate.end <= cue.start <= candidate.end + _BEHIND:
            gap = text[candidate.end : cue.start]
            yield _scored(cue, index, len(gap) + 12, _BEHIND, is_attached=not gap.strip(" "), is_after=True)
    distance = candidate.start + 6
    reach = _ALONE_BEFORE if is_alone else _LINE_BEFORE
    for number, before in enumerate(cue_index.before(index)):
        other = cue_index.lines[before].text
        if distance > reach:
            break
        for cue in cue_index.cues(before)[-MAX_CUES:]:
            gap = other[cue.end :]
            rest = len(other) if cue.sense is not Sense.OTHER else len(other) - (cue.end - cue.start) + 45
            is_label = is_alone and number == 0 and rest < 60 and not gap.strip(DECORATION)
            # in running text only cues of its own line count fully
            yield _scored(cue, before, distance + len(gap), reach, is_attached=is_label, is_blocked=not is_alone)
        distance += len(other) + 6
    if not is_alone:
        return
    distance = len(text) - candidate.end + 40
    for after in cue_index.after(index):
        other = cue_index.lines[after].text
        for cue in cue_index.cues(after)[:MAX_CUES]:
            yield _scored(cue, after, distance + cue.start, _LINE_BEHIND, is_attached=False, is_after=True)
        distance += len(other) + 10


def _scored(
    cue: Cue,
    line: int,
    distance: int,
    reach: int,
    *,
    is_attached: bool,
    is_blocked: bool = False,
    is_after: bool = False,
) -> Label:
    """Score a cue at a distance. is_blocked: another number is between. is_after: the cue follows the number."""
    near = max(0.0, 1 - distance / reach) * (0.4 if is_blocked else 1.0)
    match cue.sense:
        case Sense.SURE:
            points = SURE * min(1.0, 0.25 + near) if near else 0.0
        case Sense.CODE:
            points = CODE * min(1.0, 0.2 + near) if near else 0.0
        case Sense.COUPON | Sense.GIFT_CARD | Sense.BACKUP | Sense.MEETING:
            points = _COUPON * near
        case Sense.OTHER:
            points = _OTHER if is_attached and not is_blocked else 0.0 if is_after else _OTHER_NEAR * near
        case _:
            points = 0.0
    if is_attached and not is_blocked and cue.sense in _LABELS:
        points += _ATTACHED_TOO
    return Label(cue.sense, distance if near or points else math.inf, points, cue, line)
