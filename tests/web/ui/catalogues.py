"""Brings the catalogues of the pages up to date: `python -m tests.web.ui.catalogues`, or `make messages`.

New texts are added, those that nothing says any more go; English is filled in, another language's new texts wait empty
for who speaks it. A test fails while one does.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import polib

from catcher.paths import data_directory
from catcher.web.ui.site.languages import LANGUAGES
from catcher.web.ui.site.site import environment

SOURCES = Path(__file__).parents[3] / "catcher" / "web"
CALLS = {"_", "marked", "plural", "gettext", "ngettext"}
PLURAL_FORMS = {"en": "nplurals=2; plural=(n != 1);", "fr": "nplurals=2; plural=(n > 1);"}

Text = tuple[str, str]
"""A text, and its form for many or ""."""


def texts_of_pages() -> set[Text]:
    """Everything that templates and code say."""
    return {*_of_templates(), *_of_code()}


def catalogue_file(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return data_directory("templates") / "locale" / language / "catcher.po"


def texts_of(catalogue: polib.POFile) -> set[Text]:
    """The texts of a catalogue, as `texts_of_pages` has them."""
    return {(entry.msgid, entry.msgid_plural) for entry in catalogue}


def _of_templates() -> Iterator[Text]:
    jinja = environment()
    for file in data_directory("templates").rglob("*.html"):
        for _, _, found in jinja.extract_translations(file.read_text(encoding="utf-8")):  # type: ignore[attr-defined]
            yield (found, "") if isinstance(found, str) else (found[0], found[1] or "")  # None for each value


def _of_code() -> Iterator[Text]:
    for file in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                constants = [each.value for each in node.args if isinstance(each, ast.Constant)]
                words = [value for value in constants if isinstance(value, str)]
                if words:
                    yield (words[0], words[1] if node.func.id == "plural" else "")


def update(language: str) -> None:
    """Bring one catalogue up to date."""
    file, said = catalogue_file(language), texts_of_pages()
    catalogue = polib.pofile(str(file), wrapwidth=0) if file.exists() else polib.POFile(wrapwidth=0)
    catalogue.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURAL_FORMS[language],
    }
    kept = {(entry.msgid, entry.msgid_plural): entry for entry in catalogue}
    del catalogue[:]
    for one, many in sorted(said):
        empty = {"msgstr_plural": {0: "", 1: ""}} if many else {}
        entry = kept.get((one, many)) or polib.POEntry(msgid=one, msgid_plural=many, **empty)
        if language == "en":
            entry.msgstr, entry.msgstr_plural = ("", {0: one, 1: many}) if many else (one, {})
        catalogue.append(entry)
    file.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(file))


if __name__ == "__main__":
    for each in LANGUAGES:
        update(each)
