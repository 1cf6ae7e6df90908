"""One POP3 session in its three states: authorization, transaction, update. RFC 1939."""

import logging
import ssl
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, TypeAlias

from catcher import __version__
from catcher.errors import NotFound, StoreUnavailable
from catcher.net.http_request import is_http
from catcher.net.password_verifier import FailedLogins, PasswordVerifier, TooManyAttempts
from catcher.net.sasl import decode_response, is_same_password, read_plain
from catcher.pop3.connection import LineTooLong, Pop3Connection
from catcher.pop3.login import is_apop_digest, new_timestamp
from catcher.pop3.maildrop import Entry, Maildrop
from catcher.pop3.options import Pop3Options
from catcher.pop3.protocol import (
    DotStuffer,
    MalformedCommand,
    Pop3Command,
    Top,
    err,
    expect_no_argument,
    multiline,
    numbers,
    ok,
    read_command,
)
from catcher.store import ApiToken, AsyncStore, ByIds, Scope, StoredInbox, may_be_token

log = logging.getLogger("catcher.pop3")

MAX_LINE = 512
"""Octets of a command line. RFC 2449 §4 allows 255, which is too short for long passwords."""

MAX_SASL_RESPONSE = 12_288
"""Octets of a SASL response. RFC 4954 §4."""

_SECRET = frozenset({"PASS", "APOP", "AUTH"})
_AUTHORIZATION = frozenset({"USER", "PASS", "AUTH"})
_TRANSACTION = frozenset({"STAT", "LIST", "UIDL", "RETR", "TOP", "DELE", "RSET", "NOOP"})

Handler: TypeAlias = Callable[[Pop3Command], Coroutine[Any, Any, None]]


class Pop3Session:
    """The commands and responses on a connection.

    passwords: verifies the users of the options, None without any. failures: the wrong passwords of all sessions.
    context: for STLS, None without TLS.
    """

    def __init__(
        self,
        connection: Pop3Connection,
        *,
        store: AsyncStore,
        options: Pop3Options,
        passwords: PasswordVerifier | None,
        failures: FailedLogins,
        context: ssl.SSLContext | None,
    ) -> None:
        self._connection = connection
        self._store = store
        self._options = options
        self._passwords = passwords
        self._failures = failures
        self._context = context
        self._timestamp = new_timestamp() if options.has_apop else ""
        self._user: str | None = None
        self._maildrop: Maildrop | None = None
        self._may_delete = True
        self._errors = 0
        self._has_quit = False
        self.is_idle = False

    async def run(self) -> None:
        """Run the session until the client quits, is idle for too long or has disconnected."""
        try:
            await self._send(ok(f"{self._options.app_name} POP3 server ready {self._timestamp}"))
            while not self._has_quit and self._errors < self._options.max_errors:
                await self._next()
            if not self._has_quit:
                await self._send(err("too many errors"))
        except TimeoutError:
            log.debug("idle for too long")  # closed without a response and without deletions: RFC 1939 §3
        except OSError as error:
            log.debug("connection lost: %s", error)
        except Exception:
            log.exception("a session failed")
        finally:
            await self._connection.close()

    def abort(self) -> None:
        """Close the connection immediately."""
        self._connection.abort()

    async def _next(self) -> None:
        line = await self._line(MAX_LINE)
        if line is None:
            self._has_quit = True
        elif line is not _TOO_LONG:
            if self._maildrop is None and (refusal := self._refusal_before_login(line)):
                await self._send(err(refusal))
                self._has_quit = True
            else:
                await self._process(read_command(line))

    def _refusal_before_login(self, line: bytes) -> str:
        """Return why a line ends the connection before the login, "" if it does not.

        A web page can make a browser post commands to this port. Its request line gives it away, and that it cannot
        wait for responses: before the login nothing may follow a command before its response.
        """
        if is_http(line):
            return "this is POP3, not HTTP"
        return "wait for the response to each command before the login" if self._connection.has_input else ""

    async def _line(self, limit: int) -> bytes | None:
        """Return the next line; None at the end of the input; `_TOO_LONG` if it was, which is then responded to."""
        self.is_idle = True
        try:
            return await self._connection.line(limit=limit, seconds=self._options.idle_seconds)
        except LineTooLong:
            await self._refuse("line too long")
            if self._maildrop is None and limit == MAX_LINE:  # may be a request line of HTTP
                self._errors = self._options.max_errors
            return _TOO_LONG
        finally:
            self.is_idle = False

    async def _process(self, command: Pop3Command) -> None:
        log.debug("C: %s %s", command.verb, "***" if command.verb in _SECRET else command.argument)
        handler = self._handlers().get(command.verb)
        if handler is None:
            await self._refuse(self._refusal(command.verb))
            return
        try:
            await handler(command)
        except MalformedCommand as error:
            await self._refuse(str(error))
        except NotFound as error:
            await self._send(err(str(error)))
        except TooManyAttempts:
            log.warning("too many wrong passwords", extra={"peer": self._connection.address})
            await self._refuse("too many wrong passwords, try again later", code="SYS/TEMP")
        except StoreUnavailable as error:
            log.warning("store unavailable: %s", error, extra={"detail": error.detail})
            await self._send(err(str(error), code="SYS/TEMP"))

    def _handlers(self) -> dict[str, Handler]:
        """Return the commands of the current state."""
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
        if self._timestamp:
            handlers["APOP"] = self._apop
        if self._offers_stls:
            handlers["STLS"] = self._stls
        return handlers

    def _refusal(self, verb: str) -> str:
        if verb in _AUTHORIZATION:
            return "already logged in"
        if verb in _TRANSACTION:
            return "log in first"
        if verb in {"APOP", "STLS"}:
            return f"{verb} is not offered here or now"
        return "unknown command"

    @property
    def _offers_stls(self) -> bool:
        return self._context is not None and not self._connection.is_secure

    # In any state

    async def _capa(self, command: Pop3Command) -> None:
        """RFC 2449."""
        expect_no_argument(command)
        offered = ["TOP", "USER", "SASL PLAIN", "UIDL", "RESP-CODES", "AUTH-RESP-CODE"]
        if self._maildrop is not None:
            offered.append("PIPELINING")
        elif self._offers_stls:
            offered.append("STLS")
        await self._send(multiline("capabilities follow", [*offered, f"IMPLEMENTATION catcher {__version__}"]))

    async def _quit(self, command: Pop3Command) -> None:
        """Enter the UPDATE state: delete the marked messages and respond after the commit. RFC 1939 §6."""
        expect_no_argument(command)
        self._has_quit = True
        if self._maildrop is not None and (marked := self._maildrop.marked_ids):
            try:
                await self._store.delete(ByIds(marked))
            except StoreUnavailable as error:
                log.warning("store unavailable: %s", error, extra={"detail": error.detail})
                await self._send(err("deleted messages were not removed", code="SYS/TEMP"))
                return
        await self._send(ok("bye"))

    # Authorization

    async def _login_user(self, command: Pop3Command) -> None:
        user = command.argument.strip()
        if not user:
            raise MalformedCommand("USER takes a name")
        self._user = user
        await self._send(ok("now the password"))

    async def _pass(self, command: Pop3Command) -> None:
        """Log in with the rest of the line as the password, white space included (RFC 1939 §7)."""
        user, self._user = self._user, None
        if user is None:
            raise MalformedCommand("USER comes before PASS")
        await self._log_in(user, command.argument)

    async def _apop(self, command: Pop3Command) -> None:
        user, _, digest = command.argument.strip().rpartition(" ")
        passwords = self._options.passwords
        if not user or passwords is None:
            raise MalformedCommand("APOP takes a name and a digest")
        self._failures.check(self._connection.address)
        inbox = await self._store.explicit_inbox(user)
        password = inbox.password if inbox is not None and inbox.password else passwords.plain(user)
        await self._enter(is_apop_digest(digest, password=password, timestamp=self._timestamp), inbox=inbox)

    async def _auth(self, command: Pop3Command) -> None:
        """RFC 5034. Without an argument it lists the mechanisms, as older clients expect."""
        words = command.words
        if not words:
            await self._send(multiline("mechanisms follow", ["PLAIN"]))
        elif words[0].upper() != "PLAIN" or len(words) > 2:
            await self._refuse("this mechanism is not offered")
        else:
            response = words[1].encode() if len(words) == 2 else await self._response()
            if response is _TOO_LONG:
                return
            await self._plain(response)

    async def _response(self) -> bytes:
        await self._send(b"+ \r\n")
        response = await self._line(MAX_SASL_RESPONSE)
        return b"*" if response is None else response

    async def _plain(self, response: bytes) -> None:
        if response == b"*":
            await self._refuse("cancelled")
            return
        try:
            user, password = read_plain(decode_response(response))
        except ValueError:
            await self._refuse("the response cannot be read")
        else:
            await self._log_in(user, password)

    async def _stls(self, command: Pop3Command) -> None:
        """RFC 2595 §4."""
        expect_no_argument(command)
        assert self._context is not None  # noqa: S101 - otherwise it is not offered
        self._user = None
        await self._connection.start_tls(self._context, ok("begin TLS"))

    async def _log_in(self, user: str, password: str) -> None:
        """Log in with a token, to the created inbox of this name with its own password, or to all mail.

        A token limits the session to its inbox and scope, even where no login is required.
        """
        self._failures.check(self._connection.address)
        if may_be_token(password):
            token = await self._store.tokens.find(password, now=datetime.now(UTC))
            if token is not None:
                await self._enter_with_token(token, user)
                return
        inbox = await self._store.explicit_inbox(user)
        if inbox is not None and inbox.password:
            await self._enter(is_same_password(inbox.password, password), inbox=inbox)
        elif self._passwords is not None:
            is_valid = await self._passwords.verify(user, password, address=self._connection.address)
            await self._enter(is_valid, inbox=inbox, is_counted=True)
        else:
            await self._enter(not self._options.needs_login and not may_be_token(password), inbox=inbox)

    async def _enter_with_token(self, token: ApiToken, user: str) -> None:
        self._may_delete = token.scope.covers(Scope.WRITE)
        inbox = await self._store.explicit_inbox(token.inbox or user)
        name = token.inbox or ("" if inbox is None else inbox.name)
        await self._open(name)

    async def _enter(self, is_valid: bool, *, inbox: StoredInbox | None, is_counted: bool = False) -> None:
        """Open the maildrop or refuse. is_counted: whether a wrong password is already counted for its address."""
        if is_valid:
            await self._open("" if inbox is None else inbox.name)
            return
        if not is_counted:
            self._failures.add(self._connection.address)
        log.warning("wrong password", extra={"peer": self._connection.address})
        await self._refuse("wrong name or password", code="AUTH")

    async def _open(self, inbox: str) -> None:
        maildrop = await Maildrop.open(self._store, inbox=inbox)
        self._maildrop = maildrop
        await self._send(ok(f"{len(maildrop)} messages ({maildrop.octets} octets)"))

    # Transaction

    async def _stat(self, command: Pop3Command) -> None:
        expect_no_argument(command)
        await self._send(ok(f"{len(self._drop)} {self._drop.octets}"))

    async def _list(self, command: Pop3Command) -> None:
        text = f"{len(self._drop)} messages ({self._drop.octets} octets)"
        await self._send_listing(command, text, lambda entry: str(entry.size))

    async def _uidl(self, command: Pop3Command) -> None:
        await self._send_listing(command, "unique-ids follow", lambda entry: entry.store_id)

    async def _send_listing(self, command: Pop3Command, text: str, value: Callable[[Entry], str]) -> None:
        """Send a value of the message in the argument, or of all messages."""
        if command.words:
            (number,) = numbers(command, count=1)
            await self._send(ok(f"{number} {value(self._drop.entry(number))}"))
        else:
            await self._send(multiline(text, (f"{number} {value(entry)}" for number, entry in self._drop)))

    async def _retr(self, command: Pop3Command) -> None:
        (number,) = numbers(command, count=1)
        entry = self._drop.entry(number)
        await self._send_message(entry, f"{entry.size} octets", None)

    async def _top(self, command: Pop3Command) -> None:
        number, body_lines = numbers(command, count=2)
        await self._send_message(self._drop.entry(number), "top of message follows", Top(body_lines))

    async def _dele(self, command: Pop3Command) -> None:
        (number,) = numbers(command, count=1)
        if not self._may_delete:
            await self._refuse("this token may only read")
            return
        self._drop.mark(number)
        await self._send(ok(f"message {number} deleted"))

    async def _rset(self, command: Pop3Command) -> None:
        expect_no_argument(command)
        self._drop.unmark_all()
        await self._send(ok(f"{len(self._drop)} messages ({self._drop.octets} octets)"))

    async def _noop(self, command: Pop3Command) -> None:
        expect_no_argument(command)
        await self._send(ok())

    @property
    def _drop(self) -> Maildrop:
        assert self._maildrop is not None  # noqa: S101 - only commands of this state use it
        return self._maildrop

    async def _send_message(self, entry: Entry, text: str, top: Top | None) -> None:
        """Send a message, or the top of it, with one piece in memory at a time.

        If another session deletes it meanwhile, the response is an error before the first piece; afterwards the
        connection is closed.
        """
        stuffer = DotStuffer()
        pieces = self._store.raw_pieces(entry.store_id)
        try:
            piece = await anext(pieces, b"")
        except NotFound:
            raise NotFound("this message was deleted meanwhile") from None
        await self._send(ok(text))
        try:
            while piece and not (top is not None and top.is_done):
                await self._send(stuffer.feed(piece if top is None else top.feed(piece)))
                piece = await anext(pieces, b"")
        except (NotFound, StoreUnavailable) as error:
            raise ConnectionAbortedError(f"message {entry.store_id} cannot be read any more") from error
        await self._send(stuffer.end())

    async def _refuse(self, text: str, *, code: str = "") -> None:
        """Send a negative response that counts towards `max_errors`."""
        self._errors += 1
        await self._send(err(text, code=code))

    async def _send(self, octets: bytes) -> None:
        log.debug("S: %s", octets.partition(b"\r\n")[0][:MAX_LINE].decode("utf-8", "replace"))
        await self._connection.send(octets, seconds=self._options.idle_seconds)


_TOO_LONG = b"\n"
"""Stands for a line that was too long; a real line never contains LF."""
