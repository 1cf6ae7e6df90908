"""One POP3 session, told command by command in the order of RFC 1939: authorization, transaction, update."""

import logging
import ssl
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

from catcher import __version__
from catcher.errors import NotFound, StoreUnavailable
from catcher.pop3.connection import Connection, LineTooLong
from catcher.pop3.login import is_allowed, is_digest, is_same, new_stamp, read_plain
from catcher.pop3.maildrop import Entry, Maildrop
from catcher.pop3.options import Pop3Options
from catcher.pop3.protocol import Command, Malformed, Stuffing, Top, err, lines, nothing, numbers, ok, read_command
from catcher.store import AsyncStore, ByIds
from catcher.store.model import StoredInbox
from catcher.threads import Threads

log = logging.getLogger("catcher.pop3")

MAX_LINE = 512
"""Octets of a command line. RFC 2449 §4 allows 255; passwords may be longer than it thinks."""

MAX_RESPONSE = 12_288
"""Octets of a SASL response. RFC 4954 §4 has this number."""

_SECRET = frozenset({"PASS", "APOP", "AUTH"})

Handler: TypeAlias = Callable[[Command], Coroutine[Any, Any, None]]


class Session:
    """Speaks with one client until it quits, is idle for too long or is gone. context: for STLS, None without TLS."""

    def __init__(
        self,
        connection: Connection,
        *,
        store: AsyncStore,
        options: Pop3Options,
        threads: Threads,
        context: ssl.SSLContext | None,
    ) -> None:
        self._connection = connection
        self._store = store
        self._options = options
        self._threads = threads
        self._context = context
        self._stamp = new_stamp() if options.has_apop else ""
        self._user: str | None = None
        self._maildrop: Maildrop | None = None
        self._errors = 0
        self._is_over = False
        self.is_idle = False

    async def run(self) -> None:
        """The whole session, to the closed connection. Only a broken store or a bug is logged."""
        try:
            await self._send(ok(f"{self._options.app_name} POP3 server ready {self._stamp}"))
            while not self._is_over and self._errors < self._options.max_errors:
                await self._next()
            if not self._is_over:
                await self._send(err("too many errors"))
        except TimeoutError:
            log.debug("idle for too long")  # closed without an answer and without deleting: RFC 1939 §3
        except OSError as error:
            log.debug("connection lost: %s", error)
        except Exception:
            log.exception("a session failed")
        finally:
            await self._connection.close()

    def abort(self) -> None:
        """Hang up."""
        self._connection.abort()

    async def _next(self) -> None:
        line = await self._line(MAX_LINE)
        if line is None:
            self._is_over = True
        elif line is not _TOO_LONG:
            await self._answer(read_command(line))

    async def _line(self, limit: int) -> bytes | None:
        """The next line; `_TOO_LONG` when that was already answered; None when the client is gone."""
        self.is_idle = True
        try:
            return await self._connection.line(limit=limit, seconds=self._options.idle_seconds)
        except LineTooLong:
            await self._refuse("line too long")
            return _TOO_LONG
        finally:
            self.is_idle = False

    async def _answer(self, command: Command) -> None:
        log.debug("C: %s %s", command.verb, "***" if command.verb in _SECRET else command.argument)
        handler = self._handlers().get(command.verb)
        if handler is None:
            await self._refuse(self._why_not(command.verb))
            return
        try:
            await handler(command)
        except Malformed as error:
            await self._refuse(str(error))
        except StoreUnavailable as error:
            log.warning("store unavailable: %s", error, extra={"detail": error.detail})
            await self._send(err(str(error), code="SYS/TEMP"))

    def _handlers(self) -> dict[str, Handler]:
        """What may be said in the present state."""
        if self._maildrop is not None:
            return {
                "STAT": self._stat,
                "LIST": self._list,
                "UIDL": self._uidl,
                "RETR": self._retr,
                "TOP": self._top,
                "DELE": self._dele,
                "RSET": self._rset,
                "NOOP": self._noop,
                "CAPA": self._capa,
                "QUIT": self._quit,
            }
        handlers: dict[str, Handler] = {"USER": self._login_user, "PASS": self._pass, "AUTH": self._auth}
        handlers |= {"CAPA": self._capa, "QUIT": self._quit}
        if self._stamp:
            handlers["APOP"] = self._apop
        if self._can_secure:
            handlers["STLS"] = self._stls
        return handlers

    def _why_not(self, verb: str) -> str:
        if verb in {"USER", "PASS", "AUTH"}:
            return "already logged in"
        if verb in {"STAT", "LIST", "UIDL", "RETR", "TOP", "DELE", "RSET", "NOOP"}:
            return "log in first"
        if verb in {"APOP", "STLS"}:
            return f"{verb} is not offered here or now"
        return "unknown command"

    @property
    def _can_secure(self) -> bool:
        return self._context is not None and not self._connection.is_secure

    # In any state

    async def _capa(self, command: Command) -> None:
        """RFC 2449."""
        nothing(command)
        offered = ["TOP", "USER", "SASL PLAIN", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING"]
        if self._maildrop is None and self._can_secure:
            offered.append("STLS")
        await self._send(lines("capabilities follow", [*offered, f"IMPLEMENTATION catcher {__version__}"]))

    async def _quit(self, command: Command) -> None:
        """The UPDATE state: what is marked is deleted, and the answer comes after the commit. RFC 1939 §6."""
        nothing(command)
        self._is_over = True
        if self._maildrop is not None and (marked := self._maildrop.marked_ids):
            try:
                await self._store.delete(ByIds(marked))
            except StoreUnavailable as error:
                log.warning("store unavailable: %s", error, extra={"detail": error.detail})
                await self._send(err("deleted messages were not removed", code="SYS/TEMP"))
                return
        await self._send(ok("bye"))

    # Authorization

    async def _login_user(self, command: Command) -> None:
        user = command.argument.strip()
        if not user:
            raise Malformed("USER takes a name")
        self._user = user
        await self._send(ok("now the password"))

    async def _pass(self, command: Command) -> None:
        """The password is the whole rest of the line: blanks may be part of it (RFC 1939 §7)."""
        user, self._user = self._user, None
        if user is None:
            raise Malformed("USER comes before PASS")
        await self._log_in(user, command.argument)

    async def _apop(self, command: Command) -> None:
        user, _, digest = command.argument.strip().rpartition(" ")
        passwords = self._options.passwords
        if not user or passwords is None:
            raise Malformed("APOP takes a name and a digest")
        inbox = await self._store.made_inbox(user)
        password = inbox.password if inbox is not None and inbox.password else passwords.plain(user)
        await self._enter(is_digest(password, self._stamp, digest), inbox=inbox)

    async def _auth(self, command: Command) -> None:
        """RFC 5034. Without an argument it lists the mechanisms, as clients from before that RFC expect."""
        words = command.words
        if not words:
            await self._send(lines("mechanisms follow", ["PLAIN"]))
        elif words[0].upper() != "PLAIN" or len(words) > 2:
            await self._refuse("this mechanism is not offered")
        else:
            response = words[1].encode() if len(words) == 2 else await self._response()
            if response is _TOO_LONG:
                return
            await self._plain(response)

    async def _response(self) -> bytes:
        await self._send(b"+ \r\n")
        response = await self._line(MAX_RESPONSE)
        return b"*" if response is None else response

    async def _plain(self, response: bytes) -> None:
        if response == b"*":
            await self._refuse("cancelled")
        elif (credentials := read_plain(response)) is None:
            await self._refuse("the response cannot be read")
        else:
            user, password = credentials
            await self._log_in(user, password)

    async def _stls(self, command: Command) -> None:
        """RFC 2595 §4. What was said before does not count any more."""
        nothing(command)
        assert self._context is not None  # noqa: S101 - else it is not offered
        self._user = None
        await self._connection.secure(self._context, ok("begin TLS"))

    async def _log_in(self, user: str, password: str) -> None:
        """By the name of an inbox that was made, its password counts, and its mail is all there is to see."""
        inbox = await self._store.made_inbox(user)
        if inbox is not None and inbox.password:
            await self._enter(is_same(inbox.password, password), inbox=inbox)
        else:
            is_true = await is_allowed(self._options.passwords, user, password, threads=self._threads)
            await self._enter(is_true, inbox=inbox)

    async def _enter(self, is_true: bool, *, inbox: StoredInbox | None) -> None:
        if not is_true:
            await self._refuse("wrong name or password", code="AUTH")
            return
        maildrop = await Maildrop.open(self._store, inbox="" if inbox is None else inbox.name)
        self._maildrop = maildrop
        await self._send(ok(f"{len(maildrop)} messages ({maildrop.octets} octets)"))

    # Transaction

    async def _stat(self, command: Command) -> None:
        nothing(command)
        await self._send(ok(f"{len(self._drop)} {self._drop.octets}"))

    async def _list(self, command: Command) -> None:
        text = f"{len(self._drop)} messages ({self._drop.octets} octets)"
        await self._tell(command, text, lambda entry: str(entry.size))

    async def _uidl(self, command: Command) -> None:
        await self._tell(command, "unique-ids follow", lambda entry: entry.store_id)

    async def _tell(self, command: Command, text: str, fact: Callable[[Entry], str]) -> None:
        """A fact of one message, or of all."""
        if command.words:
            if found := await self._named(*numbers(command, least=1, most=1)):
                number, entry = found
                await self._send(ok(f"{number} {fact(entry)}"))
        else:
            await self._send(lines(text, (f"{number} {fact(entry)}" for number, entry in self._drop)))

    async def _retr(self, command: Command) -> None:
        if found := await self._named(*numbers(command, least=1, most=1)):
            _, entry = found
            await self._send_message(entry, f"{entry.size} octets", None)

    async def _top(self, command: Command) -> None:
        number, body_lines = numbers(command, least=2, most=2)
        if found := await self._named(number):
            _, entry = found
            await self._send_message(entry, "top of message follows", Top(body_lines))

    async def _dele(self, command: Command) -> None:
        if found := await self._named(*numbers(command, least=1, most=1)):
            number, _ = found
            self._drop.mark(number)
            await self._send(ok(f"message {number} deleted"))

    async def _rset(self, command: Command) -> None:
        nothing(command)
        self._drop.unmark_all()
        await self._send(ok(f"{len(self._drop)} messages ({self._drop.octets} octets)"))

    async def _noop(self, command: Command) -> None:
        nothing(command)
        await self._send(ok())

    @property
    def _drop(self) -> Maildrop:
        assert self._maildrop is not None  # noqa: S101 - the commands of this state are not found in the other
        return self._maildrop

    async def _named(self, number: int) -> tuple[int, Entry] | None:
        """The message of this number; None when there is none, which is then already answered."""
        entry = self._drop.entry(number)
        if entry is None:
            await self._send(err("no such message"))
            return None
        return number, entry

    async def _send_message(self, entry: Entry, text: str, top: Top | None) -> None:
        """A message, or the top of it, one piece in memory at a time.

        One that another session has deleted meanwhile is an error before the first piece; after that the only way to
        say so is to hang up.
        """
        stuffing = Stuffing()
        pieces = self._store.raw_pieces(entry.store_id)
        try:
            piece = await anext(pieces, b"")
        except NotFound:
            await self._send(err("this message was deleted meanwhile"))
            return
        await self._send(ok(text))
        try:
            while piece and not (top is not None and top.is_done):
                await self._send(stuffing.feed(piece if top is None else top.feed(piece)))
                piece = await anext(pieces, b"")
        except (NotFound, StoreUnavailable) as error:
            raise ConnectionAbortedError(f"message {entry.store_id} cannot be read any more") from error
        await self._send(stuffing.end())

    # Private

    async def _refuse(self, text: str, *, code: str = "") -> None:
        """An answer that counts as the client's error."""
        self._errors += 1
        await self._send(err(text, code=code))

    async def _send(self, octets: bytes) -> None:
        log.debug("S: %s", octets.partition(b"\r\n")[0][:MAX_LINE].decode("utf-8", "replace"))
        await self._connection.send(octets, seconds=self._options.idle_seconds)


_TOO_LONG = b"\n"
"""Stands for a line that was dropped; no line holds its line end."""
