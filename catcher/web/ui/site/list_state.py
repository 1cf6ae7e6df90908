"""List state: the query, inbox, cursor and view in a page's address."""

from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from msgspec import Struct
from starlette.requests import Request

from catcher.errors import QueryError
from catcher.store.labels.inbox_names import clean_inbox
from catcher.store.search import Nothing, Query, parse, within

VIEWS = ("html", "text", "source", "parts", "headers", "raw", "checks", "delivery")
"""The views of a message, in the order of their tabs."""
MAX_NUMBER = 2**62
MIN_WIDTH, MAX_WIDTH = 200, 2000
"""Pixels at which a message can be shown."""


class ListState(Struct, frozen=True, kw_only=True):
    """Which page of which list is shown, and how messages are displayed. All of it is part of the address.

    inbox: inbox of the list, "" for all mail. before: arrival number below which the page starts, None for the first.
    view, width, scheme, images: "" is the default.
    """

    query: str = ""
    inbox: str = ""
    before: int | None = None
    view: str = ""
    width: str = ""
    scheme: str = ""
    images: str = ""

    @property
    def page(self) -> "ListState":
        """The same page of the list with the default view."""
        return ListState(query=self.query, inbox=self.inbox, before=self.before)

    def query_string(self, **changes: object) -> str:
        """Return the query of an address with its question mark; "" when all values are defaults."""
        written = urlencode(self.parameters(**changes))
        return f"?{written}" if written else ""

    def parameters(self, **changes: object) -> dict[str, str]:
        """Return the parameters of an address that differ from the defaults; `changes` override them."""
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

    def href(self, root: str, **changes: object) -> str:
        """Return the address of the list. An inbox whose name is no path segment becomes a parameter."""
        if not self.inbox or "/" in self.inbox or not self.inbox.strip("."):
            return root + self.query_string(**changes)
        return f"{root}i/{quote(self.inbox, safe='@+')}{self.query_string(**{'i': '', **changes})}"


def read_list_state(request: Request) -> ListState:
    """Return the list state of an address; invalid values become defaults."""
    given = request.query_params
    return ListState(
        query=given.get("q", given.get("query", "")).strip()[:10_000],
        inbox=clean_inbox(request.path_params.get("inbox", "") or given.get("i", "")),
        before=read_number(given.get("before", "")),
        view=_one_of(given.get("view", ""), VIEWS),
        width=_width(given.get("w", "")),
        scheme=_one_of(given.get("scheme", ""), ("dark", "forced")),
        images=_one_of(given.get("images", ""), ("off",)),
    )


def read_query(state: ListState) -> tuple[Query, str]:
    """Return the query of a list and its syntax error ("" without one); an invalid search matches nothing."""
    try:
        return within(parse(state.query, now=datetime.now(UTC)), state.inbox), ""
    except QueryError as error:
        return Nothing(), str(error)


def error_parts(state: ListState) -> tuple[str, str]:
    """Return the search before and after the position of its syntax error; both "" without one."""
    try:
        parse(state.query, now=datetime.now(UTC))
    except QueryError as error:
        return state.query[: error.position], state.query[error.position :]
    return "", ""


def read_number(text: str, *, digits: int = 18) -> int | None:
    """Return the number that a parameter gives in decimal digits; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def _width(text: str) -> str:
    """Return pixels within the bounds, "" for anything else."""
    number = read_number(text, digits=4)
    return "" if number is None else str(min(max(number, MIN_WIDTH), MAX_WIDTH))


def _one_of(value: str, allowed: tuple[str, ...]) -> str:
    return value if value in allowed else ""
