"""Parameters and answers that several operations document alike."""

from collections.abc import Mapping
from typing import Any

from catcher.schema.messages import MessageList
from catcher.web.api.openapi.operations import ANY_TEXT, JSON, TEXT, Content, Parameter

_LENIENT_NUMBER: Mapping[str, Any] = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}]}

MESSAGE_ID = Parameter(
    name="id",
    place="path",
    description="Store id, or `latest` for the newest message (the newest that `query` matches, when it is given).",
    is_required=True,
)
PART_ID = Parameter(name="part_id", place="path", description="PartID as the message tells it.", is_required=True)
TAG = Parameter(name="tag", place="path", description="Name of a tag, in any letter case.", is_required=True)
TZ = Parameter(name="tz", description="IANA time zone for dates in the query; an unknown one counts as not given.")
LATEST_QUERY = Parameter(name="query", description="With the id `latest`: a search query.")
QUERY = Parameter(name="query", description="A search query.", is_required=True)
START = Parameter(
    name="start", description="How many to pass over; what is no number counts as 0.", schema=_LENIENT_NUMBER
)
LIMIT = Parameter(
    name="limit",
    description="How many to give, 50 when it is missing or no number; 0 is all in lists and none in searches.",
    schema=_LENIENT_NUMBER,
)
BEFORE = Parameter(name="before", description="Received before this moment; what is no date counts as not given.")
CURSOR_BEFORE = Parameter(
    name="cursor_before",
    description="`next_cursor` of the page before: a place in the list that new and deleted messages do not move.",
    schema=_LENIENT_NUMBER,
)
INBOX = Parameter(name="inbox", description="Name of an inbox: only mail in it counts; without, all mail.")
PAGING = (START, LIMIT, BEFORE, CURSOR_BEFORE)
LATEST = (MESSAGE_ID, LATEST_QUERY, TZ, INBOX)

CHANGED = Content(description="Done.", media={TEXT: {"type": "string", "const": "ok"}})
BAD_REQUEST = Content(description="What is wrong with the request; nothing was done.", media={TEXT: ANY_TEXT})
NO_MESSAGE = Content(description="There is no such message or part.", media={TEXT: ANY_TEXT})
NO_PATH = Content(description="No name can be in this path, because of a line break.", media={TEXT: ANY_TEXT})
LIST = Content(description="Messages, newest first.", media={JSON: MessageList})
EVERYWHERE: Mapping[int, Content] = {
    401: Content(description="A password or token is needed, and it was not this one.", media={TEXT: ANY_TEXT}),
    403: Content(
        description="A foreign origin, a Host that is not known here, or a token whose scope does not reach.",
        media={TEXT: ANY_TEXT},
    ),
    413: Content(description="The request body is over the limit.", media={TEXT: ANY_TEXT}),
    503: Content(description="The store cannot answer now; trying later may help.", media={TEXT: ANY_TEXT}),
}
"""What every operation may answer besides its own."""

OF_INBOXES: Mapping[int, Content] = {400: Content(description="No inbox can be called so.", media={TEXT: ANY_TEXT})}
"""The same of operations that can be limited to an inbox."""
