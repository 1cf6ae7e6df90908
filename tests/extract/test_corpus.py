"""Precision and recall on the corpus: on the held-out part, and on the tuning part."""

from dataclasses import dataclass, field
from functools import cache

import pytest

from catcher.extract import SPECIAL_KINDS, Extract, extract
from catcher.mime import parse
from tests.extract.corpus import Labelled, corpus


@dataclass
class Count:
    """Hits, false alarms and misses, with the names of the mails that are wrong."""

    hits: int = 0
    false: int = 0
    missed: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, mail: str, *, wanted: set[str], found: set[str]) -> None:
        """Count one mail."""
        self.hits += len(wanted & found)
        self.false += len(found - wanted)
        self.missed += len(wanted - found)
        if wanted != found:
            self.wrong.append(f"{mail}: wanted {sorted(wanted)}, found {sorted(found)}")

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.false)

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.missed)


@cache
def results(part: str) -> list[tuple[Labelled, Extract]]:
    """The mails of a part with the codes and links in them."""
    return [(mail, extract(octets, parse(octets))) for mail in corpus(part) for octets in (mail.octets,)]


def count_codes(part: str) -> Count:
    """All codes that are likely, those for other occasions too."""
    count = Count()
    for mail, found in results(part):
        likely = {code.value for code in found.likely_codes}
        count.add(mail.name, wanted={value for value, _ in mail.codes}, found=likely)
    return count


def count_primary_codes(part: str) -> Count:
    """The primary code of each mail."""
    count = Count()
    for mail, found in results(part):
        wanted = {value for value, kind in mail.codes if kind not in SPECIAL_KINDS}
        primary = found.primary_code
        first = {mail.codes[0][0]} if wanted else set()
        count.add(mail.name, wanted=first, found={primary.value} if primary else set())
    return count


def count_primary_links(part: str) -> Count:
    """The primary link of each mail."""
    count = Count()
    for mail, found in results(part):
        link = found.primary_link
        count.add(mail.name, wanted={mail.link[0]} if mail.link else set(), found={link.url} if link else set())
    return count


@pytest.mark.slow
@pytest.mark.parametrize("counted", [count_codes, count_primary_codes, count_primary_links])
@pytest.mark.parametrize("part", ["heldout", "judge", "tuning"])
def test_precision_and_recall(part: str, counted: object) -> None:
    """97 % of the results are right, and 95 % of the expected ones are found."""
    count: Count = counted(part)  # type: ignore[operator]
    assert count.precision >= 0.97, count.wrong
    assert count.recall >= 0.95, count.wrong


@pytest.mark.slow
@pytest.mark.parametrize("part", ["heldout", "tuning"])
def test_kinds_are_mostly_right(part: str) -> None:
    """The purpose of a code or link is right in at least 85 % of cases."""
    right, wrong = 0, []
    for mail, found in results(part):
        kinds = {code.value: code.kind.value for code in found.codes} | {
            link.url: link.kind.value for link in found.links
        }
        for thing, kind in (*mail.codes, *((mail.link,) if mail.link else ())):
            if thing in kinds and kinds[thing] == kind:
                right += 1
            elif thing in kinds:
                wrong.append(f"{mail.name}: {thing} is {kind}, told {kinds[thing]}")
    assert right / (right + len(wrong)) >= 0.85, wrong


@pytest.mark.slow
def test_the_corpus_is_large_enough_and_its_parts_differ() -> None:
    """At least 60 mails are held out and 200 are not; no mail is in both."""
    tuning, heldout = corpus("tuning"), corpus("heldout")
    assert len(tuning) >= 200
    assert len(heldout) >= 60
    assert not {mail.octets for mail in tuning} & {mail.octets for mail in heldout}
