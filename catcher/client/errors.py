"""Errors of the client.

ClientError
├── Unreachable (ConnectionError)        no response, or not in time
├── Refused                              an error of the server; `status`, `code`
│   ├── BadRequest (ValueError)          an invalid request, such as a query with a syntax error
│   ├── NotAllowed (PermissionError)     no token or password, or an insufficient one
│   ├── Missing (LookupError)            no such message, inbox, tag, token …
│   ├── Conflict                         the name is taken
│   └── Unavailable                      a temporary failure; trying again may help
├── Unreadable (ValueError)              a response that no known version of catcher sends
├── NothingCame (TimeoutError)           a wait timed out; shows the messages that did arrive
├── UnexpectedMail (AssertionError)      a message arrived that should not
└── NotInMessage (LookupError)           a message has no code or no link
"""

from collections.abc import Sequence

from catcher.schema.messages import MessageDetail, Summary
from catcher.schema.wait import FullMessage, NearMiss, WaitFailure

MAX_SHOWN = 10
"""Number of messages that an error shows."""


class ClientError(Exception):
    """Base of all errors of the client."""


class Unreachable(ClientError, ConnectionError):
    """The catcher did not respond, or not in time."""


class Refused(ClientError):
    """The server returned an error. status: of HTTP. code: stable, "" for routes that have none."""

    def __init__(self, message: str, *, status: int, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class BadRequest(Refused, ValueError):
    """The request is invalid: a query with a syntax error, or a name that cannot be used."""


class NotAllowed(Refused, PermissionError):
    """A token or password is needed, or the one given is not sufficient."""


class Missing(Refused, LookupError):
    """No such message, part, inbox, tag, token, fault or webhook."""


class Conflict(Refused):
    """The name is taken."""


class Unavailable(Refused):
    """The server is stopping or too busy, or its store is unavailable; trying again may help."""


class Unreadable(ClientError, ValueError):
    """The response is not one of a catcher, or of one that is much older or newer than this client."""


class NothingCame(ClientError, TimeoutError):
    """A wait timed out.

    messages: those that matched. near_misses: those that did not. cursor: the server's last arrival number.
    """

    def __init__(self, text: str, failure: WaitFailure) -> None:
        super().__init__("\n".join((text, *_matched(failure.messages), *_instead(failure.near_misses))))
        self.messages = failure.messages
        self.near_misses = failure.near_misses
        self.cursor = failure.cursor


class UnexpectedMail(ClientError, AssertionError):
    """A message arrived that should not. messages: those that did. cursor: the server's last arrival number."""

    def __init__(self, text: str, failure: WaitFailure) -> None:
        super().__init__("\n".join((text, *(f"  {_shown(message)}" for message in failure.messages))))
        self.messages = failure.messages
        self.cursor = failure.cursor


class NotInMessage(ClientError, LookupError):
    """A message has no code or link that it was likely sent for."""


def _shown(message: Summary | MessageDetail) -> str:
    to = ", ".join(each.address for each in (*message.to, *message.cc, *message.bcc)) or "nobody"
    return f"{message.subject!r} from {message.from_.address or 'nobody'} to {to}"


def _matched(messages: Sequence[FullMessage]) -> list[str]:
    return ["these did:", *(f"  {_shown(message)}" for message in messages[:MAX_SHOWN])] if messages else []


def _instead(misses: Sequence[NearMiss]) -> list[str]:
    if not misses:
        return ["nothing else came"]
    lines = ["what came instead:"]
    for miss in misses[:MAX_SHOWN]:
        lines += [f"  {_shown(miss.message)}", *(f"      {failed}" for failed in miss.failed)]
    return [*lines, f"  … and {len(misses) - MAX_SHOWN} more"] if len(misses) > MAX_SHOWN else lines
