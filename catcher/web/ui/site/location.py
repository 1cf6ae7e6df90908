"""Which list a page is about, which piece of it, and how messages are looked at: read from an address and written."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from starlette.requests import Request

from catcher.errors import QueryError
from catcher.store.labels.inbox_names import clean_inbox, fold_inbox
from catcher.store.search import And, Anything, InInbox, Nothing, Query, parse, simplify

VIEWS = ("html", "text", "source", "parts", "headers", "raw", "checks", "delivery")
"""The views of a message, in the order they are offered."""
LARGEST_NUMBER = 2**62
LEAST_WIDTH, MOST_WIDTH = 200, 2000
"""Pixels that a mail can be shown at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which piece of which list a page is about, and how messages are looked at; all of it stands in the address.

    inbox: the list is of this one, "" for all mail. before: arrival number the piece starts below, None for the newest.
    view, width, scheme, images: "" is the default.
    """

    query: str = ""
    inbox: str = ""
    before: int | None = None
    view: str = ""
    width: str = ""
    scheme: str = ""
    images: str = ""

    def parameters(self, **changes: object) -> str:
        """As the query part of an address, with a question mark, "" when nothing differs from the defaults."""
        written = urlencode(self.given(**changes))
        return f"?{written}" if written else ""

    def given(self, **changes: object) -> dict[str, str]:
        """The parameters that differ from the defaults, by their names in an address; `changes` win over them."""
        given: dict[str, object] = {
            "q": self.query,
            "i": self.inbox,
            "before": self.before,
            "view": self.view,
            "w": self.width,
            "scheme": self.scheme,
            "images": self.images,
            **changes,
        }
        return {name: str(value) for name, value in given.items() if value not in ("", None)}

    def address(self, root: str, **changes: object) -> str:
        """Of the list, or of the piece of it. An inbox whose name is no piece of a path stands behind it."""
        if not self.inbox or "/" in self.inbox or not self.inbox.strip("."):
            return root + self.parameters(**changes)
        return f"{root}i/{quote(self.inbox, safe='@+')}{self.parameters(**{'i': '', **changes})}"


def read_place(request: Request) -> Place:
    """From an address; what cannot be read is the default."""
    given = request.query_params
    before = given.get("before", "")
    is_number = before.isascii() and before.isdigit() and len(before) < 19
    return Place(
        query=given.get("q", given.get("query", "")).strip()[:10_000],
        inbox=clean_inbox(request.path_params.get("inbox", "") or given.get("i", "")),
        before=int(before) if is_number else None,
        view=_one_of(given.get("view", ""), set(VIEWS)),
        width=_width(given.get("w", "")),
        scheme=_one_of(given.get("scheme", ""), {"dark", "forced"}),
        images=_one_of(given.get("images", ""), {"off"}),
    )


def read_query(place: Place) -> tuple[Query, str]:
    """What the list is of, and why its search could not be read ("" when it could); one that cannot matches nothing."""
    query: Query = Anything()
    if place.query:
        try:
            query = parse(place.query, now=datetime.now(UTC))
        except QueryError as error:
            return Nothing(), str(error)
    if not place.inbox:
        return query, ""
    return simplify(And((InInbox(name=fold_inbox(place.inbox)), query))), ""


def error_parts(place: Place) -> tuple[str, str]:
    """The search before the place where it cannot be read, and from there on; both "" when it can."""
    try:
        parse(place.query, now=datetime.now(UTC))
    except QueryError as error:
        return place.query[: error.position], place.query[error.position :]
    return "", ""


def _width(value: str) -> str:
    """Pixels within the bounds, "" for what is none."""
    is_number = value.isascii() and value.isdigit() and len(value) < 5
    return str(min(max(int(value), LEAST_WIDTH), MOST_WIDTH)) if is_number else ""


def _one_of(value: str, allowed: set[str]) -> str:
    return value if value in allowed else ""
