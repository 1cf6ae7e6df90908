"""The dialogue on one SMTP or LMTP connection: commands in, replies out. RFC 5321, RFC 2033."""

import asyncio
import binascii
import logging
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar, TypeAlias

from catcher.envelope import Envelope, SmtpSession
from catcher.errors import CatcherError, MessageRefused, MessageTooLarge, StoreFull, StoreUnavailable
from catcher.hooks import HookContext, Stage
from catcher.net.http_request import is_http
from catcher.net.password_verifier import TooManyFailures
from catcher.net.sasl import decode_response
from catcher.smtp import auth
from catcher.smtp.connection import SmtpConnection
from catcher.smtp.context import ServerContext
from catcher.smtp.peer import Peer
from catcher.smtp.receiver import Receiver
from catcher.smtp.replies import Reply, hello, reply, too_large
from catcher.smtp.transaction import Transaction
from catcher.smtp.transcript import Transcript

log = logging.getLogger("catcher.smtp")

MAX_STORE_IDS = 1000

Handler: TypeAlias = Callable[["SmtpDialogue", bytes], bytes | None]
"""Processes a command, given its argument; returns the reply, None when it was sent or will be sent later."""


class SmtpDialogue:
    """One dialogue, from the greeting to the end of the connection."""

    def __init__(self, connection: SmtpConnection, *, context: ServerContext, is_lmtp: bool) -> None:
        self._connection = connection
        self._context = context
        self._options = context.options
        self._hook = context.hook
        self._peer = Peer(address=connection.address, port=connection.port, is_lmtp=is_lmtp, tls=connection.tls)
        self._transaction = Transaction(
            max_octets=self._options.max_message_octets,
            max_recipients=self._options.max_recipients,
            allowed=self._options.allowed_recipients,
            drop_others=self._options.drop_others,
        )
        self._refused_commands: dict[str, bytes] = {}
        self._receiver: Receiver | None = None
        self._exchange: auth.Exchange | None = None
        self._mechanism = ""
        self._has_tried_auth = False
        self._errors = 0
        self._notes: tuple[str, ...] = ()
        self._opened_at = datetime.now(UTC)
        self._store_ids: list[str] = []
        self._transcript = Transcript()
        self._is_verbose = log.isEnabledFor(logging.DEBUG)

    # For the connection

    def open(self) -> None:
        """See `Dialogue`."""
        self._update_refused_commands()
        if self._hook is None or not self._hook.is_armed:
            self._reply(self._greet(b""))
        else:
            self._connection.wait_for(self._hooked(Stage.CONNECT, self._peer.address, SmtpDialogue._greet, b""))

    def reject(self, reply: bytes) -> None:
        """See `Dialogue`."""
        self._reply(reply)
        self._connection.close("refused")

    def line(self, line: bytes) -> None:
        """See `Dialogue`."""
        if line[-1:] == b"\r":
            line = line[:-1]
        else:
            self._note("a command line ended with LF alone")
        answer = self._command(line) if self._exchange is None else self._auth_response(line)
        if answer is not None:
            self._reply(answer)

    def line_too_long(self, *, is_final: bool) -> None:
        """See `Dialogue`."""
        self._transcript.client(b"(a line that is too long)")
        self._reply(Reply.LINE_TOO_LONG)
        if is_final or self._peer.helo is None:  # the first line may be a request line of HTTP
            self._connection.close("refused")

    def content_received(self) -> None:
        """See `Dialogue`."""
        receiver = self._receiver
        if receiver is None:
            return
        self._transcript.client(b"(content: %d octets)" % receiver.spool.octets)
        if receiver.refusal:
            self._reply_to_content(receiver.refusal, is_final=receiver.is_last)
            if receiver.is_last:
                self._reset()
        elif not receiver.is_last:
            self._reply(b"250 2.0.0 Ok: %d octets received\r\n" % receiver.spool.octets)
        else:
            self._connection.set_time_limit(None)
            self._connection.wait_for(self._hand_over(receiver))

    def content_too_large(self) -> None:
        """See `Dialogue`."""
        if self._receiver is not None:
            self.reject(self._receiver.refusal)

    def time_out(self) -> None:
        """See `Dialogue`."""
        self._reply(reply(421, "4.4.2", f"{self._name} closing transmission channel after timeout exceeded"))
        self._connection.close("timeout")

    def shut_down(self) -> None:
        """See `Dialogue`."""
        self._reply(Reply.STOPPING)
        self._connection.close("stopped")

    def fail(self) -> None:
        """See `Dialogue`."""
        self._reply(Reply.LOCAL_ERROR)

    def end(self, reason: str) -> None:
        """See `Dialogue`."""
        if self._receiver is not None:
            self._receiver.discard()
            self._receiver = None
        if self._context.observe is None:
            return
        session = SmtpSession(
            client=self._peer.client(),
            opened_at=self._opened_at,
            closed_at=datetime.now(UTC),
            ended=reason,
            store_ids=tuple(self._store_ids),
            transcript=self._transcript.whole(),
        )
        try:
            self._context.observe(session)
        except Exception:
            log.exception("a session could not be recorded", extra={"peer": self._peer.address})

    # Commands and replies

    def _command(self, line: bytes) -> bytes | None:
        verb, _, argument = line.partition(b" ")
        command = self._COMMANDS.get(verb) or self._COMMANDS.get(verb.upper())
        if command is None:
            return self._unknown(line)
        name, handler, stage = command
        if name == "AUTH":
            self._has_tried_auth = True
            self._record(_masked(line))
        elif self._is_verbose:
            self._record(line)
        else:
            self._transcript.client(line)
        if self._refused_commands and name in self._refused_commands:
            return self._refused_commands[name]
        if self._hook is not None and self._hook.is_armed and stage is not None:
            value = argument.decode("utf-8", "backslashreplace")
            self._connection.wait_for(self._hooked(stage, value, handler, argument))
            return None
        return handler(self, argument)

    def _unknown(self, line: bytes) -> bytes | None:
        if is_http(line):
            # A web page may make a browser post commands to this port.
            self._record(line)
            self.reject(Reply.NOT_A_BROWSER)
            return None
        if line.startswith(b"\x16\x03"):
            log.warning("a client speaks TLS where the connection begins without", extra={"peer": self._peer.address})
            self._record(b"(a TLS handshake)")
            self._connection.close("refused")
            return None
        # Clients that go on with AUTH although it was refused send passwords as commands.
        self._has_tried_auth |= b"auth" in line[:32].lower()
        self._record(b"***" if self._has_tried_auth else line)
        return Reply.UNKNOWN_COMMAND

    def _record(self, line: bytes) -> None:
        """Add a command to the transcript and the log; the caller has masked secrets."""
        self._transcript.client(line)
        if self._is_verbose:
            log.debug("C: %s", line.decode("utf-8", "backslashreplace"), extra={"peer": self._peer.address})

    def _note(self, note: str) -> None:
        if note not in self._notes:
            self._notes = (*self._notes, note)

    def _reply(self, answer: bytes) -> None:
        self._transcript.server(answer)
        self._connection.write(answer)
        if self._is_verbose:
            log.debug("S: %s", answer.decode().rstrip(), extra={"peer": self._peer.address})
        if answer[0] == 0x35 and answer.startswith((b"50", b"535")):
            self._errors += 1
            if self._errors == self._options.max_errors:
                self.reject(Reply.TOO_MANY_ERRORS)

    @property
    def _name(self) -> str:
        return f"{self._context.hostname} {self._options.app_name} {'LMTP' if self._peer.is_lmtp else 'ESMTP'} Service"

    # The hook (fault injection)

    async def _hooked(self, stage: Stage, value: str, handler: Handler, argument: bytes) -> None:
        if await self._passes_hook(stage, value):
            answer = handler(self, argument)
            if answer is not None:
                self._reply(answer)

    async def _passes_hook(self, stage: Stage, value: str) -> bool:
        """Call the hook and apply its action; return whether the dialogue goes on as usual."""
        if self._hook is None or not self._hook.is_armed:
            return True
        context = HookContext(
            stage=stage,
            value=value,
            client=self._peer.client(),
            reverse_path=self._transaction.reverse_path,
            recipients=tuple(path.addr_spec for path in self._transaction.forward_paths),
        )
        action = self._hook.act(context)
        if action is None:
            return True
        if action.delay:
            await asyncio.sleep(action.delay)
        if action.drop:
            self._connection.drop("dropped")
        elif action.reply:
            answer = reply(int(action.reply[:3]), "", action.reply[4:])
            if stage is Stage.CONTENT:
                self._reply_to_content(answer)
            else:
                self._reply(answer)
            if stage is Stage.CONNECT or action.reply.startswith("421"):
                self._connection.close("refused")
        return not (action.drop or action.reply)

    # The session: greeting, HELO, TLS, AUTH

    def _greet(self, _argument: bytes) -> bytes:
        return reply(220, "", f"{self._name} ready")

    def _helo(self, argument: bytes) -> bytes:
        return self._hello(argument, is_extended=False) if not self._peer.is_lmtp else Reply.UNKNOWN_COMMAND

    def _ehlo(self, argument: bytes) -> bytes:
        return self._hello(argument, is_extended=True) if not self._peer.is_lmtp else Reply.UNKNOWN_COMMAND

    def _lhlo(self, argument: bytes) -> bytes:
        return self._hello(argument, is_extended=True) if self._peer.is_lmtp else Reply.UNKNOWN_COMMAND

    def _hello(self, argument: bytes, *, is_extended: bool) -> bytes:
        """RFC 5321 §4.1.1.1, §4.1.4: resets everything but TLS and AUTH."""
        name = argument.strip().decode("utf-8", "backslashreplace")
        if not name:
            self._note("HELO or EHLO without a name")
        self._reset()
        self._peer.set_helo(name, is_extended=is_extended)
        return hello(self._context.hostname, name, self._keywords() if is_extended else ())

    def _keywords(self) -> tuple[str, ...]:
        policy = self._options.auth
        keywords = ["PIPELINING", f"SIZE {self._options.max_message_octets}"]
        if self._context.tls is not None and not self._peer.tls:
            keywords.append("STARTTLS")
        if (self._peer.tls or not policy.needs_tls) and (mechanisms := auth.offered(policy)):
            keywords.append(f"AUTH {' '.join(mechanisms)}")
        keywords += ["ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", "CHUNKING", "BINARYMIME", "DSN", "HELP"]
        return tuple(keywords)

    def _update_refused_commands(self) -> None:
        """Set the commands that are refused until there is TLS, or AUTH, and their replies."""
        if self._options.require_tls and not self._peer.tls:
            verbs = ("MAIL", "RCPT", "DATA", "RSET", "AUTH", "VRFY", "EXPN")
            self._refused_commands = dict.fromkeys(verbs, Reply.TLS_FIRST)
        elif self._options.auth.required and not self._peer.mechanism:
            self._refused_commands = dict.fromkeys(("MAIL", "RCPT", "DATA"), Reply.AUTH_REQUIRED)
        else:
            self._refused_commands = {}

    def _starttls(self, argument: bytes) -> bytes | None:
        """RFC 3207."""
        if argument.strip():
            return Reply.NO_PARAMETERS
        if self._peer.tls:
            return Reply.ALREADY_SECURE
        if self._context.tls is None:
            return Reply.NOT_IMPLEMENTED
        self._reply(Reply.START_TLS)
        self._connection.wait_for(self._secure())
        return None

    async def _secure(self) -> None:
        if self._context.tls is not None and await self._connection.start_tls(self._context.tls):
            self._reset()
            self._peer.set_tls(self._connection.tls)
            self._update_refused_commands()
            self._transcript.client(b"(TLS handshake: %b)" % self._peer.tls.encode())

    def _auth(self, argument: bytes) -> bytes | None:
        """RFC 4954 §4."""
        name, _, response = argument.strip().partition(b" ")
        mechanism = name.upper().decode("ascii", "replace")
        refusal = self._refuse_auth(mechanism)
        self._mechanism = mechanism
        if refusal:
            return refusal
        try:
            initial = decode_response(response.strip()) if response.strip() else None
        except binascii.Error:
            return Reply.AUTH_NOT_BASE64
        self._exchange = auth.begin(mechanism, initial)
        return self._advance(None)

    def _refuse_auth(self, mechanism: str) -> bytes:
        if not self._peer.is_extended:
            return Reply.AUTH_AFTER_EHLO
        if self._options.auth.needs_tls and not self._peer.tls:
            return Reply.AUTH_NEEDS_TLS
        if self._peer.mechanism:
            return Reply.ALREADY_AUTHENTICATED
        if self._transaction.reverse_path is not None:
            return Reply.AUTH_IN_MAIL
        if not mechanism:
            return Reply.AUTH_NEEDS_ARGUMENT
        return b"" if mechanism in auth.accepted(self._options.auth) else Reply.AUTH_UNKNOWN

    def _auth_response(self, line: bytes) -> bytes | None:
        try:
            if line.strip() != b"*":
                return self._advance(decode_response(line.strip()))
            refusal = Reply.AUTH_CANCELLED
        except binascii.Error:
            refusal = Reply.AUTH_NOT_BASE64
        self._exchange = None
        return refusal

    def _advance(self, response: bytes | str | None) -> bytes | None:
        """Send the exchange a response, or a password it asked for; return the next challenge or a refusal, if any."""
        exchange = self._exchange
        assert exchange is not None  # noqa: S101 - for the type checker
        try:
            step = exchange.send(response)
        except StopIteration as done:
            self._exchange = None
            self._connection.wait_for(self._verify(done.value))
            return None
        except auth.MalformedResponse:
            self._exchange = None
            return Reply.AUTH_UNREADABLE
        if isinstance(step, auth.PasswordRequest):
            self._connection.wait_for(self._look_up_password(step.user))
            return None
        return b"334 %b\r\n" % b64encode(step)

    async def _look_up_password(self, user: str) -> None:
        passwords = self._options.auth.passwords
        try:
            password = await self._context.user_password(user) or (passwords.plain(user) if passwords else None)
        except CatcherError:
            self._exchange = None
            self._reply(Reply.AUTH_UNAVAILABLE)
            return
        if answer := self._advance(password):
            self._reply(answer)

    async def _verify(self, claim: auth.Claim) -> None:
        if not await self._passes_hook(Stage.AUTH, claim.user):
            return
        try:
            self._context.failed_logins.check(self._peer.address)
            is_true = await self._is_true(claim)
        except (CatcherError, TooManyFailures):
            self._reply(Reply.AUTH_UNAVAILABLE)
            return
        if is_true:
            self._peer.set_user(claim.user, self._mechanism)
            self._update_refused_commands()
            self._reply(Reply.AUTHENTICATED)
        else:
            self._context.failed_logins.add(self._peer.address)
            log.info("authentication refused", extra={"peer": self._peer.address, "user": claim.user})
            self._reply(Reply.AUTH_INVALID)

    async def _is_true(self, claim: auth.Claim) -> bool:
        """Return whether the claim holds. A password of the user's own takes precedence over the policy."""
        own_password = await self._context.user_password(claim.user)
        if own_password:
            return auth.knows(claim, own_password)
        policy = self._options.auth
        if policy.passwords is None:
            return auth.is_true(claim, policy)  # verifies no password, so needs no thread
        return await self._context.threads.run(auth.is_true, claim, policy)

    # The transaction: MAIL, RCPT, DATA, BDAT

    def _mail(self, argument: bytes) -> bytes:
        if self._peer.helo is None:
            return Reply.HELLO_FIRST
        if self._receiver is not None:
            return Reply.CHUNKS_BEGUN
        self._transcript.mark_opening()
        return self._transaction.mail(argument, is_extended=self._peer.is_extended)

    def _rcpt(self, argument: bytes) -> bytes:
        if self._receiver is not None:
            return Reply.CHUNKS_BEGUN
        answer = self._transaction.rcpt(argument)
        if not answer.startswith(b"2"):
            self._context.counters.refuse()
        return answer

    def _data(self, argument: bytes) -> bytes:
        if argument.strip():
            return Reply.NO_PARAMETERS
        if self._receiver is not None:
            return Reply.CHUNKS_BEGUN
        if not self._transaction.has_recipients:
            return Reply.RECIPIENT_FIRST
        if self._transaction.is_binary:
            return Reply.CHUNKS_NEEDED
        self._receiver = self._new_receiver()
        self._receiver.begin_data()
        self._connection.read_content(self._receiver)
        return Reply.START_MAIL

    def _bdat(self, argument: bytes) -> bytes | None:
        """RFC 3030 §2. A refused chunk is followed by its octets all the same; they are read as content."""
        words = argument.upper().split()
        if not (1 <= len(words) <= 2 and words[0].isdigit() and len(words[0]) <= 20 and words[1:] in ([], [b"LAST"])):
            return Reply.BAD_CHUNK
        refusal = self._refused_commands.get("DATA", b"")
        if not refusal and not self._transaction.has_recipients:
            refusal = Reply.RECIPIENT_FIRST
        if self._receiver is None:
            self._receiver = self._new_receiver()
        self._receiver.begin_chunk(int(words[0]), is_last=len(words) == 2, refusal=refusal)
        if int(words[0]) == 0:
            self._receiver.feed(b"")
            self.content_received()
        else:
            self._connection.read_content(self._receiver)
        return None

    def _new_receiver(self) -> Receiver:
        self._connection.set_time_limit(self._options.data_seconds)
        return Receiver(
            max_octets=self._options.max_message_octets,
            block=self._options.spool_octets,
            directory=self._options.spool_directory,
        )

    async def _hand_over(self, receiver: Receiver) -> None:
        """Deliver the message and reply: 250 only after the commit."""
        transaction = self._transaction
        envelope = transaction.envelope(
            client=self._peer.client(is_internationalized=transaction.is_internationalized),
            received_at=datetime.now(UTC),
            notes=self._notes,
            transcript=self._transcript.transaction(),
        )
        try:
            if await self._passes_hook(Stage.CONTENT, envelope.reverse_path):
                self._reply_to_content(await self._deliver(envelope, receiver))
        finally:
            if receiver.spool.is_on_disk:
                await asyncio.shield(self._context.threads.run(receiver.discard))
            self._receiver = None
            transaction.reset()
            self._transcript.end_transaction()

    async def _deliver(self, envelope: Envelope, receiver: Receiver) -> bytes:
        """Deliver the message and return the reply."""
        if not envelope.forward_paths:
            return Reply.QUEUED  # all recipients were dropped
        try:
            finish = receiver.spool.finish
            content = await self._context.threads.run(finish) if receiver.spool.is_on_disk else finish()
        except OSError as error:
            log.warning("content could not be written: %s", error, extra={"peer": self._peer.address})
            return Reply.NO_SPACE
        try:
            store_id = await self._context.deliver(envelope, content)
        except MessageTooLarge:
            return too_large(self._options.max_message_octets)
        except MessageRefused as error:
            return reply(error.code, "", _ascii_line(str(error)))
        except StoreUnavailable as error:
            log.warning("message not stored: %s %s", error, error.detail, extra={"peer": self._peer.address})
            return Reply.NO_SPACE if isinstance(error, StoreFull) else Reply.LOCAL_ERROR
        except Exception:
            log.exception("message not stored", extra={"peer": self._peer.address})
            return Reply.CANNOT_PROCESS
        if not store_id:
            return Reply.QUEUED
        if len(self._store_ids) < MAX_STORE_IDS:
            self._store_ids.append(store_id)
        return b"250 2.0.0 Ok: queued as %b\r\n" % store_id.encode()

    def _reply_to_content(self, answer: bytes, *, is_final: bool = True) -> None:
        """Send one reply, in LMTP one for each recipient. RFC 2033 §4.2, §4.3."""
        if is_final and not answer.startswith(b"2"):
            self._context.counters.refuse()
        recipients = len(self._transaction.forward_paths) + self._transaction.dropped
        for _ in range(recipients or 1 if self._peer.is_lmtp and is_final else 1):
            self._reply(answer)

    def _reset(self) -> None:
        self._transaction.reset()
        self._connection.set_time_limit(None)
        if self._receiver is not None:
            self._receiver.discard()
            self._receiver = None

    # Other commands

    def _noop(self, _argument: bytes) -> bytes:
        return Reply.OK

    def _rset(self, _argument: bytes) -> bytes:
        self._reset()
        return Reply.OK

    def _quit(self, _argument: bytes) -> None:
        self._reply(reply(221, "2.0.0", f"{self._name} closing transmission channel"))
        self._connection.close("quit")

    def _vrfy(self, _argument: bytes) -> bytes:
        return Reply.CANNOT_VERIFY

    def _expn(self, argument: bytes) -> bytes:
        return self._context.aiosmtpd_commands.expn(argument.strip().decode("utf-8", "backslashreplace"))

    def _help(self, argument: bytes) -> bytes:
        topic = argument.strip().decode("utf-8", "backslashreplace")
        return self._context.aiosmtpd_commands.help(topic, is_extended=self._peer.is_extended)

    _VERBS: ClassVar[dict[str, tuple[Handler, Stage | None]]] = {
        "HELO": (_helo, Stage.HELO),
        "EHLO": (_ehlo, Stage.HELO),
        "LHLO": (_lhlo, Stage.HELO),
        "STARTTLS": (_starttls, None),
        "AUTH": (_auth, None),
        "MAIL": (_mail, Stage.MAIL),
        "RCPT": (_rcpt, Stage.RCPT),
        "DATA": (_data, Stage.DATA),
        "BDAT": (_bdat, None),
        "RSET": (_rset, None),
        "NOOP": (_noop, None),
        "QUIT": (_quit, Stage.QUIT),
        "VRFY": (_vrfy, None),
        "EXPN": (_expn, None),
        "HELP": (_help, None),
    }
    # Most clients send verbs in upper case, Python's smtplib in lower case: both are found at the first look-up.
    _COMMANDS: ClassVar[dict[bytes, tuple[str, Handler, Stage | None]]] = {
        spelling.encode(): (name, handler, stage)
        for name, (handler, stage) in _VERBS.items()
        for spelling in (name, name.lower())
    }


def _masked(line: bytes) -> bytes:
    """Return AUTH and its mechanism, with everything after them, which is secret, as ***."""
    words = line.split(None, 2)
    return b" ".join((*words[:2], b"***")) if len(words) > 2 else line


def _ascii_line(text: str) -> str:
    """Return a relay's text as a reply may have it: printable ASCII. RFC 5321 §4.2."""
    return "".join(each if " " <= each <= "~" else "?" for each in text)[:400] or "Refused"
