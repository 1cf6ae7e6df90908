"""Tests of the table of words."""

import tomllib
from pathlib import Path

import catcher.extract.words
from catcher.extract.words import Sense, cues


def senses(text: str) -> set[Sense]:
    """The senses found in a text."""
    return {cue.sense for cue in cues(text)}


def test_every_language_has_words_for_codes_and_for_other_numbers() -> None:
    """Without these it would find nothing, or everything."""
    path = Path(catcher.extract.words.__file__).with_name("words.toml")
    table = tomllib.loads(path.read_text("utf-8"))
    assert len(table) >= 20
    for language, groups in table.items():
        assert {"sure", "code", "other"} <= groups.keys(), language
        assert all(entry == entry.strip() and entry for entries in groups.values() for entry in entries), language


def test_accents_case_and_inflection_do_not_matter() -> None:
    """A mail may write without accents, in capitals, or with endings."""
    assert Sense.SURE in senses("CODIGO DE VERIFICACION")
    assert Sense.SURE in senses("kodem weryfikacyjnym, kodu weryfikacyjnego: kod weryfikacyjny")
    assert Sense.SURE in senses("Ihr Einmalpasswort")
    assert Sense.SURE in senses("DOĞRULAMA KODUNUZ")


def test_the_longest_name_counts() -> None:
    """A tracking code or post code is not a code, although its name ends with that word."""
    assert {cue.sense for cue in cues("tracking code")} & {Sense.SURE, Sense.CODE, Sense.OTHER} == {Sense.OTHER}
    assert Sense.CODE not in senses("postcode")
    assert Sense.SURE in senses("confirmation code")
    assert Sense.CONFIRMATION in senses("confirmation code")
