"""Parameters and responses that several operations share."""

from collections.abc import Mapping
from typing import Any

from catcher.schema.messages import MessageList
from catcher.schema.problems import ProblemResponse
from catcher.web.api.openapi.operations import ANY_TEXT, JSON, TEXT, Content, Parameter

_LENIENT_NUMBER: Mapping[str, Any] = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}]}

MESSAGE_ID = Parameter(
    "id",
    "Store id, or `latest` for the newest message (with `query`: the newest one that matches).",
    place="path",
    is_required=True,
)
PART_ID = Parameter("part_id", "PartID of the part, as in the message.", place="path", is_required=True)
TAG = Parameter("tag", "Name of a tag, in any letter case.", place="path", is_required=True)
TZ = Parameter("tz", "IANA time zone for dates in the query; an unknown one is ignored.")
LATEST_QUERY = Parameter("query", "With the id `latest`: a search query.")
QUERY = Parameter("query", "A search query.", is_required=True)
START = Parameter("start", "Number of messages to skip; anything but a number counts as 0.", schema=_LENIENT_NUMBER)
LIMIT = Parameter(
    "limit",
    "Maximum number of messages, 50 if it is missing or no number; 0 means all in lists and none in searches.",
    schema=_LENIENT_NUMBER,
)
BEFORE = Parameter("before", "Only messages received before this date; anything but a date is ignored.")
CURSOR_BEFORE = Parameter(
    "cursor_before",
    "`next_cursor` of the previous page: a position that new and deleted messages do not move.",
    schema=_LENIENT_NUMBER,
)
INBOX = Parameter("inbox", "Name of an inbox, to limit the operation to its mail.")
PAGING = (START, LIMIT, BEFORE, CURSOR_BEFORE)
LATEST = (MESSAGE_ID, LATEST_QUERY, TZ, INBOX)

CHANGED = Content("Done.", {TEXT: {"type": "string", "const": "ok"}})
BAD_REQUEST = Content("What is wrong with the request; nothing was changed.", {TEXT: ANY_TEXT})
NO_MESSAGE = Content("There is no such message or part.", {TEXT: ANY_TEXT})
NO_PATH = Content("The path contains a line break.", {TEXT: ANY_TEXT})
LIST = Content("Messages, newest first.", {JSON: MessageList})
INVALID = Content("What is wrong with the request; nothing was changed.", {JSON: ProblemResponse})
NOT_FOUND = Content("Not found.", {JSON: ProblemResponse})

EVERYWHERE: Mapping[int, Content] = {
    401: Content("A password or token is required, or the one given is wrong.", {TEXT: ANY_TEXT}),
    403: Content("A foreign origin, an unknown Host, or a token whose scope is not sufficient.", {TEXT: ANY_TEXT}),
    413: Content("The request body is over the limit.", {TEXT: ANY_TEXT}),
    503: Content("The store is unavailable; trying again may help.", {TEXT: ANY_TEXT}),
}
"""Responses that every operation may give."""

OF_INBOXES: Mapping[int, Content] = {400: Content("The name of the inbox is invalid.", {TEXT: ANY_TEXT})}
"""Responses of operations that can be limited to an inbox."""
