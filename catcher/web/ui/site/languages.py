"""The languages of the pages: negotiation and translation.

Each language has a catalogue, `templates/locale/<code>/catcher.po`; the texts in templates and code are English. The
language belongs to the request: `set_language` sets it, and whatever is made for the response, in a thread as well,
uses it. Texts of other rooms (checks, defects of a message) stay English.
"""

import gettext
import io
import re
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache

from markupsafe import Markup

from catcher.paths import data_directory

LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français"}
"""The own name of each language, by its code."""

FALLBACK = "en"
"""For readers of other languages; the language of the texts in templates and code."""

_ENTRY = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]{1,40})?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?\Z")
_language: ContextVar[str] = ContextVar("language of the pages", default=FALLBACK)


def choose(accepted: str, *, preferred: str = "") -> str:
    """Return the code of the preferred language, else of the best one that the browser accepts.

    accepted: the Accept-Language field (RFC 9110 §12.5.4); malformed entries are ignored.
    """
    if preferred in LANGUAGES:
        return preferred
    entries = [found for each in accepted[:1000].split(",") if (found := _ENTRY.match(each))]
    weights = {found[1].lower(): float(found[2] or 1) for found in reversed(entries)}
    best = max(LANGUAGES, key=lambda code: weights.get(code, 0))
    return best if weights.get(best) else FALLBACK


def set_language(code: str) -> None:
    """Set the language of this request."""
    _language.set(code)


def language() -> str:
    """Return the language code of this request."""
    return _language.get()


def _(text: str, /, **values: object) -> str:
    """Return a text in the language of the request, with values for its "%(name)s"."""
    found = _catalogue(language()).gettext(text)
    return found % values if values else found


def plural(one: str, many: str, count: int, /, **values: object) -> str:
    """Return the form of a text for a number, in the language of the request; "%(count)s" is the number."""
    return _catalogue(language()).ngettext(one, many, count) % {"count": count, **values}


def marked(text: str) -> str:
    """Return the text unchanged: marks a constant for the catalogues, which `_` translates later."""
    return text


def in_template(text: str, /, **values: object) -> Markup:
    """Translate as `_`, for templates: values are escaped, "%%" is one percent sign."""
    found = Markup(_catalogue(language()).gettext(text))  # noqa: S704 from a catalogue
    return found % values if "%" in found else found


def plural_in_template(one: str, many: str, count: int, /, **values: object) -> Markup:
    """Translate as `plural`, for templates: values are escaped, "%%" is one percent sign."""
    found = Markup(_catalogue(language()).ngettext(one, many, count))  # noqa: S704 from a catalogue
    return found % values if "%" in found else found


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == FALLBACK:
        return gettext.NullTranslations()
    import polib  # not needed for English

    file = data_directory("templates") / "locale" / code / "catcher.po"
    return gettext.GNUTranslations(io.BytesIO(polib.pofile(str(file)).to_binary()))
