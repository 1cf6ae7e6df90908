"""The languages of the pages: which one a reader gets, and the words of it.

The words stand in one catalogue per language, `templates/locale/<code>/catcher.po`; English is what the templates and
the code say themselves. The language is that of the request being answered: `speak` sets it, and what is made for the
answer, in a thread as well, finds it there. What other rooms say (checks, oddities of a message) stays English.
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
"""The name of each language in itself, by its code."""

FALLBACK = "en"
"""For who understands none of the others, and what templates and code say themselves."""

_WISH = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]{1,40})?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?\Z")
_spoken: ContextVar[str] = ContextVar("language of the pages", default=FALLBACK)


def choose(accepted: str, *, wanted: str = "") -> str:
    """The code of the language a reader gets: the wanted one, else the best that the browser accepts.

    accepted: the Accept-Language field (RFC 9110 §12.5.4); what cannot be read in it counts for nothing.
    """
    if wanted in LANGUAGES:
        return wanted
    wishes = [found for each in accepted[:1000].split(",") if (found := _WISH.match(each))]
    liked = {found[1].lower(): float(found[2] or 1) for found in reversed(wishes)}
    best = max(LANGUAGES, key=lambda code: liked.get(code, 0))
    return best if liked.get(best) else FALLBACK


def speak(code: str) -> None:
    """Answer this request in a language."""
    _spoken.set(code)


def language() -> str:
    """The code of the language of the request that is being answered."""
    return _spoken.get()


def _(text: str, /, **values: object) -> str:
    """A text in the language of the request, with these values for its "%(name)s"."""
    found = _catalogue(language()).gettext(text)
    return found % values if values else found


def plural(one: str, many: str, count: int, /, **values: object) -> str:
    """The form of a text for this number, in the language of the request; "%(count)s" in it is the number."""
    return _catalogue(language()).ngettext(one, many, count) % {"count": count, **values}


def marked(text: str) -> str:
    """The text as it is: says of a constant that it belongs into the catalogues, and is shown through `_`."""
    return text


def in_template(text: str, /, **values: object) -> Markup:
    """As `_`, for templates: values are escaped, "%%" is one percent sign."""
    found = Markup(_catalogue(language()).gettext(text))  # noqa: S704 from a catalogue
    return found % values if "%" in found else found


def plural_in_template(one: str, many: str, count: int, /, **values: object) -> Markup:
    """As `plural`, for templates: values are escaped, "%%" is one percent sign."""
    found = Markup(_catalogue(language()).ngettext(one, many, count))  # noqa: S704 from a catalogue
    return found % values if "%" in found else found


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == FALLBACK:
        return gettext.NullTranslations()
    import polib  # not for who reads English

    file = data_directory("templates") / "locale" / code / "catcher.po"
    return gettext.GNUTranslations(io.BytesIO(polib.pofile(str(file)).to_binary()))
