"""What goes wrong between a client and its catcher.

ClientError
├── Unreachable (ConnectionError)        nothing answers there, or not in time
├── Refused                              the server said no; `status`, `code`
│   ├── BadRequest (ValueError)          what was asked for cannot be
│   ├── NotAllowed (PermissionError)     no token or password, or one that does not reach
│   ├── Missing (LookupError)            no such message, inbox, tag, token …
│   ├── Conflict                         there is such a thing already
│   └── Unavailable                      not now; trying later may help
├── Unreadable (ValueError)              the answer is not one of a catcher that this client knows
├── NothingCame (TimeoutError)           what was waited for did not come; says what did
├── UnexpectedMail (AssertionError)      what should not have come did
└── NotInMessage (LookupError)           a message has no code or no link
"""

from collections.abc import Sequence

from catcher.client.shapes import Awaited, NearMiss, Summary, Wait

SHOWN = 10
"""Messages that an error shows."""


class ClientError(Exception):
    """Base of all of them."""


class Unreachable(ClientError, ConnectionError):
    """Nothing answers at the address, or not in time."""


class Refused(ClientError):
    """The server said no. status: of HTTP. code: stable, "" for routes that tell none."""

    def __init__(self, message: str, *, status: int, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class BadRequest(Refused, ValueError):
    """What was asked for cannot be: a query that cannot be read, a name that cannot be used."""


class NotAllowed(Refused, PermissionError):
    """A token or password is needed, or the one that was shown does not reach this far."""


class Missing(Refused, LookupError):
    """No such message, part, inbox, tag, token, fault or webhook."""


class Conflict(Refused):
    """There is such a thing already."""


class Unavailable(Refused):
    """The server stops, is too busy, or its store cannot answer now; trying later may help."""


class Unreadable(ClientError, ValueError):
    """The answer is not one of a catcher, or of one that is much older or newer than this client."""


class NothingCame(ClientError, TimeoutError):
    """What was waited for did not come. `messages`: what matched of it; `near_misses`: what came instead; `cursor`:
    the server's last number at the end."""

    def __init__(self, wanted: str, came: Wait) -> None:
        super().__init__("\n".join((wanted, *_matched(came.messages), *_instead(came.near_misses))))
        self.messages = came.messages
        self.near_misses = came.near_misses
        self.cursor = came.cursor


class UnexpectedMail(ClientError, AssertionError):
    """What should not have come did. `messages`: what came."""

    def __init__(self, wanted: str, came: Wait) -> None:
        lines = [f"  {shown(message)}" for message in came.messages]
        super().__init__("\n".join((wanted, *lines)))
        self.messages = came.messages
        self.cursor = came.cursor


class NotInMessage(ClientError, LookupError):
    """A message has no code, or no link, that it was likely sent for."""


def shown(message: Summary | Awaited) -> str:
    """One line about a message."""
    to = ", ".join(each.address for each in (*message.to, *message.cc, *message.bcc)) or "nobody"
    return f"{message.subject!r} from {message.from_.address or 'nobody'} to {to}"


def _matched(messages: Sequence[Awaited]) -> list[str]:
    return ["these did:", *(f"  {shown(message)}" for message in messages[:SHOWN])] if messages else []


def _instead(misses: Sequence[NearMiss]) -> list[str]:
    if not misses:
        return ["nothing else came"]
    lines = ["what came instead:"]
    for miss in misses[:SHOWN]:
        lines += [f"  {shown(miss.message)}", *(f"      {failed}" for failed in miss.failed)]
    return [*lines, f"  … and {len(misses) - SHOWN} more"] if len(misses) > SHOWN else lines
