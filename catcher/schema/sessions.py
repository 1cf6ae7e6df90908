"""SMTP sessions that delivered no message."""

from msgspec import Struct

from catcher.schema.base import Moment


class SessionInfo(Struct, frozen=True, kw_only=True):
    """A session. address: of the client, empty for a Unix socket. helo, user, tls: empty if not given.

    ended: "quit", "lost", "timeout", "refused" or "stopped". transcript: the dialogue with secrets masked; lines of the
    client begin with "C: ", replies with "S: ".
    """

    address: str
    helo: str
    user: str
    tls: str
    opened_at: Moment
    closed_at: Moment
    ended: str
    transcript: str


class SessionList(Struct, frozen=True, kw_only=True):
    """Sessions, newest first; the newest thousand are kept."""

    sessions: tuple[SessionInfo, ...]
