"""The words of the pages in each language: nothing is missing or left over, each reader gets the own one."""

import re
import string

import polib
import pytest

from catcher.paths import data_directory
from catcher.web.ui.site.languages import LANGUAGES, choose, in_template, plural_in_template
from tests.web.ui.catalogues import catalogue_file, texts_of, texts_of_pages

# What is no word: names of protocols, commands and formats, and what is read from values.
NAMES = {"catcher", "MAIL FROM", "RCPT TO", "openapi.json", "px", "SHA-256"}


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(catalogue_file(language)))


def forms(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def places(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_every_text_and_no_other(language: str) -> None:
    """`make messages` was run after the last change, and its new texts are translated."""
    found = catalogue(language)
    assert texts_of(found) == texts_of_pages()
    assert [entry.msgid for entry in found if not all(forms(entry))] == []
    assert [entry.msgid for entry in found if entry.fuzzy or entry.obsolete] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_in_the_same_values(language: str) -> None:
    """A name that the page does not give would fail in front of a reader; a foreign tag would be shown."""
    for entry in catalogue(language):
        assert places(forms(entry)[-1]) == places(entry.msgid_plural or entry.msgid), entry.msgid
        given = places(entry.msgid) | places(entry.msgid_plural)
        for form in forms(entry):
            assert places(form) <= given, form
            assert sorted(re.findall(r"<[^>]*>", form)) == sorted(re.findall(r"<[^>]*>", entry.msgid)), form


def test_english_is_the_text_of_the_code() -> None:
    """The texts are their own English."""
    for entry in catalogue("en"):
        assert forms(entry) == ([entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid])


def test_no_word_of_a_template_is_outside_of_the_catalogues() -> None:
    """Text between tags and in attributes that people read comes from `_`, `trans` or a value."""
    for path in data_directory("templates").rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        source = re.sub(
            r"{%-?\s*trans\b.*?endtrans\s*-?%}|{% (?:block page|macro \w+)_class.*?end(?:block|macro)",
            "",
            source,
            flags=re.DOTALL,
        )
        source = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|&\w+;", "", source, flags=re.DOTALL)
        said = re.findall(r'\b(?:title|alt|placeholder|aria-label)="([^"]*)"', source)
        said += re.sub(r"""<(?:[^>"']|"[^"]*"|'[^']*')*>""", "\n", source).split("\n")
        words = {each.strip(string.whitespace + string.punctuation + "·→×…") for each in said}
        assert {word for word in words if re.search(r"[A-Za-z]{2}", word)} <= NAMES, path


@pytest.mark.parametrize(
    ("accepted", "wanted", "code"),
    [
        ("", "", "en"),
        ("fr", "", "fr"),
        ("fr-CA,fr;q=0.9,en;q=0.8", "", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.3", "", "en"),
        ("de,fr;q=0.5", "", "fr"),
        ("de, *;q=0.1", "", "en"),
        ("fr;q=0", "", "en"),
        ("FR ; q=0.7, en ;q=0.6", "", "fr"),
        ("fr;q=x, en;q=0.1", "", "en"),
        ("fr", "en", "en"),
        ("en", "fr", "fr"),
        ("fr", "xx", "fr"),
        ("," * 100_000, "", "en"),
    ],
)
def test_a_reader_gets_the_own_language(accepted: str, wanted: str, code: str) -> None:
    """RFC 9110 §12.5.4: the best that the browser accepts, unless the settings name one."""
    assert choose(accepted, preferred=wanted) == code


def test_what_is_filled_into_words_is_escaped() -> None:
    """Words are markup, values are not: they may come by mail. A lone percent sign needs no care."""
    assert in_template("a <b>%(name)s</b>", name="<i>") == "a <b>&lt;i&gt;</b>"
    assert plural_in_template("%(count)s <i>", "%(count)s <b>", 2, count="<2>") == "&lt;2&gt; <b>"
    assert in_template("nothing to fill in") == "nothing to fill in"
