"""What is said on one SMTP or LMTP connection: every command and what it does. RFC 5321, RFC 2033.

Of aiosmtpd's own commands EXPN and HELP are used as they are.
"""

import asyncio
import binascii
import contextlib
import logging
import ssl
from base64 import b64encode
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeAlias

from aiosmtpd.smtp import Session as AiosmtpdSession

from catcher.envelope import Envelope
from catcher.errors import CatcherError, MessageRefused, MessageTooLarge, StoreFull, StoreUnavailable
from catcher.hooks import HookContext, Stage
from catcher.smtp import auth
from catcher.smtp.incoming import Receiver
from catcher.smtp.options import Listener
from catcher.smtp.peer import tls_facts
from catcher.smtp.reception import Reception
from catcher.smtp.replies import Reply, hello, reply, too_large, with_status
from catcher.smtp.transaction import Transaction
from catcher.smtp.wire import Wire

log = logging.getLogger("catcher.smtp")

MAX_KEPT_IDS = 1000
HANDSHAKE_SECONDS = 30.0

Handler: TypeAlias = Callable[["CatcherSMTP", bytes], bytes | None]
"""Answers a command, given what followed the verb; None when the reply comes later or was given."""


class CatcherSMTP(Wire):
    """One dialogue, from its greeting to its end. tls: what STARTTLS is done with; None does not offer it."""

    def __init__(
        self,
        reception: Reception,
        listener: Listener,
        *,
        tls: ssl.SSLContext | None = None,
        peer: tuple[str, int] | None = None,
    ) -> None:
        super().__init__(reception, listener, peer=peer)
        self._hook = reception.hook
        self._context = tls
        self._transaction = Transaction(
            max_octets=self._options.max_message_octets,
            max_recipients=self._options.max_recipients,
            allowed=self._options.allowed_recipients,
            drop_others=self._options.drop_others,
        )
        self._mechanism = ""
        self._barred: dict[str, bytes] = {}

    def _opened(self) -> None:
        self._barred = self._bar()
        if self._hook is None or not self._hook.is_armed:
            self._reply(self._greet(b""))
            self._flush()
        else:
            self._start(self._hooked(Stage.CONNECT, self._peer.address, CatcherSMTP._greet, b""))

    # Commands in

    def _answer(self, line: bytes) -> bytes | None:
        verb, _, argument = line.partition(b" ")
        command = self._COMMANDS.get(verb) or self._COMMANDS.get(verb.upper())
        if command is None:
            return self._unknown(line)
        name, handler, stage = command
        if self._is_verbose or name == "AUTH":
            self._said(line if name != "AUTH" else _masked(line))
        else:
            self._transcript.client(line)
        if self._barred and name in self._barred:
            return self._barred[name]
        if self._hook is not None and self._hook.is_armed and stage is not None:
            self._start(self._hooked(stage, argument.decode("utf-8", "backslashreplace"), handler, argument))
            return None
        return handler(self, argument)

    def _unknown(self, line: bytes) -> bytes | None:
        if line.startswith(b"\x16\x03"):
            self._refuse_handshake()
            return None
        # Passwords come this way from clients that go on with AUTH although it was refused.
        self._said(b"***" if self._mechanism or b"auth" in line[:32].lower() else line)
        return Reply.UNKNOWN_COMMAND

    # The hook: faults on purpose

    async def _hooked(self, stage: Stage, value: str, handler: Handler, argument: bytes) -> None:
        if await self._passes(stage, value):
            answer = handler(self, argument)
            if answer is not None:
                self._reply(answer)

    async def _passes(self, stage: Stage, value: str) -> bool:
        """Ask the hook and do what it says; True when the dialogue goes on as usual."""
        if self._hook is None or not self._hook.is_armed:
            return True
        action = self._hook.act(self._hook_context(stage, value))
        if action is None:
            return True
        if action.delay:
            await asyncio.sleep(action.delay)
        if action.drop:
            self._ended = self._ended or "dropped"
            if self._wire is not None:
                self._wire.abort()
        elif action.reply:
            give = self._reply_to_content if stage is Stage.CONTENT else self._reply
            give(reply(int(action.reply[:3]), "", action.reply[4:]))
            if stage is Stage.CONNECT or action.reply.startswith("421"):
                self._close("refused")
        return not (action.drop or action.reply)

    def _hook_context(self, stage: Stage, value: str) -> HookContext:
        transaction = self._transaction
        return HookContext(
            stage=stage,
            value=value,
            client=self._peer.client(),
            reverse_path=transaction.reverse_path,
            recipients=tuple(path.addr_spec for path in transaction.forward_paths),
        )

    # The session: greeting, HELO, TLS, AUTH, and what only talks

    def _greet(self, _argument: bytes) -> bytes:
        return reply(220, "", f"{self._introduction} ready")

    def _helo(self, argument: bytes) -> bytes:
        return self._hello(argument, is_extended=False) if not self._peer.is_lmtp else Reply.UNKNOWN_COMMAND

    def _ehlo(self, argument: bytes) -> bytes:
        return self._hello(argument, is_extended=True) if not self._peer.is_lmtp else Reply.UNKNOWN_COMMAND

    def _lhlo(self, argument: bytes) -> bytes:
        return self._hello(argument, is_extended=True) if self._peer.is_lmtp else Reply.UNKNOWN_COMMAND

    def _hello(self, argument: bytes, *, is_extended: bool) -> bytes:
        """RFC 5321 §4.1.1.1, §4.1.4: everything before it is forgotten but TLS and AUTH."""
        name = argument.strip().decode("utf-8", "backslashreplace")
        if not name:
            self._note("HELO or EHLO without a name")
        self._reset()
        self._peer.greeted(name, is_extended=is_extended)
        keywords = self._keywords() if is_extended else ()
        return hello(self._reception.hostname, name, keywords)

    def _keywords(self) -> tuple[str, ...]:
        policy = self._options.auth
        keywords = ["PIPELINING", f"SIZE {self._options.max_message_octets}"]
        if self._context is not None and not self._peer.tls:
            keywords.append("STARTTLS")
        if (self._peer.tls or not policy.needs_tls) and (mechanisms := auth.offered(policy)):
            keywords.append(f"AUTH {' '.join(mechanisms)}")
        keywords += ["ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", "CHUNKING", "BINARYMIME", "DSN", "HELP"]
        return tuple(keywords)

    def _bar(self) -> dict[str, bytes]:
        """The commands that are refused until there is TLS, or AUTH, with their refusals."""
        if self._options.require_tls and not self._peer.tls:
            return dict.fromkeys(("MAIL", "RCPT", "DATA", "RSET", "AUTH", "VRFY", "EXPN"), Reply.TLS_FIRST)
        if self._options.auth.required and not self._peer.mechanism:
            return dict.fromkeys(("MAIL", "RCPT", "DATA"), Reply.AUTH_REQUIRED)
        return {}

    def _starttls(self, argument: bytes) -> bytes | None:
        """RFC 3207."""
        if argument.strip():
            return Reply.NO_PARAMETERS
        if self._peer.tls:
            return Reply.ALREADY_SECURE
        if self._context is None or self._wire is None:
            return Reply.NOT_IMPLEMENTED
        # Whatever was sent in the clear after STARTTLS is never looked at: it could come from anybody (§4.2, §6).
        self._is_deaf = True
        self._wire.pause_reading()
        self._start(self._secure(self._wire, self._context))
        return None

    async def _secure(self, wire: asyncio.Transport, context: ssl.SSLContext) -> None:
        self._reply(Reply.START_TLS)
        self._flush()
        # From here on only what was decrypted comes in, and it may come in one piece with the end of the handshake.
        self._pending = b""
        self._is_deaf = False
        try:
            secure = await self._reception.loop.start_tls(
                wire, self, context, server_side=True, ssl_handshake_timeout=HANDSHAKE_SECONDS
            )
        except (OSError, asyncio.InvalidStateError) as error:
            log.info("TLS handshake failed: %s", error, extra={"peer": self._peer.address})
            secure = None
        if secure is None:
            wire.abort()
            self.connection_lost(None)
            return
        if self._is_paused:  # by what came in that piece
            wire.resume_reading()
        self._wire = secure
        self._is_paused = False
        self._reset()
        self._peer.secured(tls_facts(secure))
        self._barred = self._bar()
        self._transcript.client(b"(TLS handshake: %b)" % self._peer.tls.encode())

    def _auth(self, argument: bytes) -> bytes | None:
        """RFC 4954 §4."""
        name, _, response = argument.strip().partition(b" ")
        mechanism = name.upper().decode("ascii", "replace")
        refusal = self._refuse_auth(mechanism)
        self._mechanism = mechanism or "?"
        if refusal:
            return refusal
        try:
            initial = auth.decode(response.strip()) if response.strip() else None
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
        return b"" if mechanism in auth.understood(self._options.auth) else Reply.AUTH_UNKNOWN

    def _respond(self, line: bytes) -> bytes | None:
        """A line of the client's within AUTH."""
        try:
            if line.strip() != b"*":
                return self._advance(auth.decode(line.strip()))
            refusal = Reply.AUTH_CANCELLED
        except binascii.Error:
            refusal = Reply.AUTH_NOT_BASE64
        self._exchange = None
        return refusal

    def _advance(self, response: bytes | str | None) -> bytes | None:
        """Take the exchange one step further, with a response or what it asked for: the next challenge, or the end."""
        exchange = self._exchange
        assert exchange is not None  # noqa: S101 - for the type checker
        try:
            step = exchange.send(response)
        except StopIteration as done:
            self._exchange = None
            self._start(self._judge(done.value))
            return None
        except auth.Unreadable:
            self._exchange = None
            return Reply.AUTH_UNREADABLE
        if isinstance(step, auth.Asked):
            self._start(self._look_up(step.user))
            return None
        return b"334 %b\r\n" % b64encode(step)

    async def _look_up(self, user: str) -> None:
        """Give the exchange the user's password: the user's own, else that of the file."""
        passwords = self._options.auth.passwords
        try:
            password = await self._reception.own_password(user) or (passwords.plain(user) if passwords else None)
        except CatcherError:
            self._exchange = None
            self._reply(Reply.AUTH_UNAVAILABLE)
            return
        if answer := self._advance(password):
            self._reply(answer)

    async def _judge(self, claim: auth.Claim) -> None:
        if not await self._passes(Stage.AUTH, claim.user):
            return
        try:
            is_true = await self._is_true(claim)
        except CatcherError:
            self._reply(Reply.AUTH_UNAVAILABLE)
            return
        if is_true:
            self._peer.authenticated(claim.user, self._mechanism)
            self._barred = self._bar()
            self._reply(Reply.AUTHENTICATED)
        else:
            log.info("authentication refused", extra={"peer": self._peer.address, "user": claim.user})
            self._reply(Reply.AUTH_INVALID)

    async def _is_true(self, claim: auth.Claim) -> bool:
        """Names with a password of their own are judged by that, whatever holds for the others."""
        own_password = await self._reception.own_password(claim.user)
        if own_password:
            return auth.knows(claim, own_password)
        policy = self._options.auth
        if policy.passwords is None:
            return auth.is_true(claim, policy)  # no password is looked at
        return await self._reception.threads.run(auth.is_true, claim, policy)

    def _noop(self, _argument: bytes) -> bytes:
        return Reply.OK

    def _rset(self, _argument: bytes) -> bytes:
        self._reset()
        return Reply.OK

    def _quit(self, _argument: bytes) -> None:
        self._reply(reply(221, "2.0.0", f"{self._introduction} closing transmission channel"))
        self._close("quit")

    def _http(self, _argument: bytes) -> None:
        """A web page may make a browser post a message here, commands in its body: hang up on the request line."""
        self._reply(Reply.NOT_A_BROWSER)
        self._close("refused")

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
            self._reception.counters.refuse()
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
        return Reply.START_MAIL

    def _bdat(self, argument: bytes) -> bytes | None:
        """RFC 3030 §2. The octets of a chunk follow even when it is refused, and are read as what they are."""
        words = argument.upper().split()
        if not (1 <= len(words) <= 2 and words[0].isdigit() and len(words[0]) <= 20 and words[1:] in ([], [b"LAST"])):
            return Reply.BAD_CHUNK
        refusal = self._barred.get("DATA", b"")
        if not refusal and not self._transaction.has_recipients:
            refusal = Reply.RECIPIENT_FIRST
        if self._receiver is None:
            self._receiver = self._new_receiver()
        self._receiver.begin_chunk(int(words[0]), is_last=len(words) == 2, refusal=refusal)
        if int(words[0]) == 0:
            self._receiver.feed(b"")
            self._end_content(self._receiver)
        return None

    def _new_receiver(self) -> Receiver:
        self._data_until = self._clock() + self._options.data_seconds
        return Receiver(
            max_octets=self._options.max_message_octets,
            block=self._options.spool_octets,
            directory=self._options.spool_directory,
        )

    def _end_content(self, receiver: Receiver) -> None:
        """Content, or one chunk of it, is here to its last octet."""
        self._transcript.client(b"(content: %d octets)" % receiver.octets)
        if receiver.refusal:
            self._reply_to_content(receiver.refusal, is_final=receiver.is_last)
            if receiver.is_last:
                self._reset()
        elif not receiver.is_last:
            self._reply(b"250 2.0.0 Ok: %d octets received\r\n" % receiver.octets)
        else:
            self._data_until = 0.0
            self._start(self._hand_over(receiver))

    async def _hand_over(self, receiver: Receiver) -> None:
        """Give the message to the store, and the client its reply: the 250 only after the commit."""
        transaction = self._transaction
        envelope = transaction.envelope(
            client=self._peer.client(is_internationalized=transaction.is_internationalized),
            received_at=datetime.now(UTC),
            notes=self._notes,
            transcript=self._transcript.transaction(),
        )
        try:
            if await self._passes(Stage.CONTENT, envelope.reverse_path):
                self._reply_to_content(await self._deliver(envelope, receiver))
        finally:
            if receiver.is_on_disk:
                await asyncio.shield(self._reception.threads.run(receiver.discard))
            self._receiver = None
            transaction.reset()
            self._transcript.end_transaction()

    async def _deliver(self, envelope: Envelope, receiver: Receiver) -> bytes:
        """The reply that says what became of the message."""
        if not envelope.forward_paths:
            return Reply.QUEUED  # all of them were dropped, so that there is nobody it could be kept for
        try:
            content = await self._reception.threads.run(receiver.finish) if receiver.is_on_disk else receiver.finish()
        except OSError as error:
            log.warning("content could not be written: %s", error, extra={"peer": self._peer.address})
            return Reply.NO_SPACE
        try:
            store_id = await self._reception.deliver(envelope, content)
        except MessageTooLarge:
            return too_large(self._options.max_message_octets)
        except MessageRefused as error:
            return reply(error.code, "", _one_line(str(error)))
        except StoreUnavailable as error:
            log.warning("message not stored: %s %s", error, error.detail, extra={"peer": self._peer.address})
            return Reply.NO_SPACE if isinstance(error, StoreFull) else Reply.LOCAL_ERROR
        except Exception:
            log.exception("message not stored", extra={"peer": self._peer.address})
            return Reply.CANNOT_PROCESS
        if not store_id:
            return Reply.QUEUED
        if len(self._store_ids) < MAX_KEPT_IDS:
            self._store_ids.append(store_id)
        return b"250 2.0.0 Ok: queued as %b\r\n" % store_id.encode()

    def _reply_to_content(self, answer: bytes, *, is_final: bool = True) -> None:
        """One reply; in LMTP one for each recipient. RFC 2033 §4.2, §4.3."""
        if is_final and not answer.startswith(b"2"):
            self._reception.counters.refuse()
        recipients = len(self._transaction.forward_paths) + self._transaction.dropped
        times = recipients if self._peer.is_lmtp and is_final else 1
        for _ in range(times or 1):
            self._reply(answer)

    def _reset(self) -> None:
        self._transaction.reset()
        self._data_until = 0.0
        if self._receiver is not None:
            self._receiver.discard()
            self._receiver = None

    def _vrfy(self, _argument: bytes) -> bytes:
        """Not aiosmtpd's: its address parser raises IndexError at "<", and recurses into every "("."""
        return Reply.CANNOT_VERIFY

    # EXPN and HELP, which are aiosmtpd's

    def _expn(self, argument: bytes) -> None:
        self._talk(self.smtp_EXPN, argument)

    def _help(self, argument: bytes) -> None:
        self._talk(self.smtp_HELP, argument)

    def _talk(self, command: Callable[[str], Coroutine[Any, Any, None]], argument: bytes) -> None:
        """Run one of aiosmtpd's own commands, with the state that they look at."""
        self.session = AiosmtpdSession(self._reception.loop)
        self.session.extended_smtp = self._peer.is_extended
        self.enable_SMTPUTF8 = True
        self.tls_context = self._context
        self._auth_required = False
        self._handle_hooks = {}
        self._smtp_methods = {name: getattr(self, f"smtp_{name}") for name in _DOCUMENTED}
        with contextlib.suppress(StopIteration):
            # They are coroutines, but wait for nothing except `push`: one step is all of it.
            command(argument.strip().decode("utf-8", "backslashreplace")).send(None)

    async def push(self, status: str | bytes) -> None:
        """What aiosmtpd's own commands answer with; they know no enhanced status codes, so one is added."""
        self._reply(with_status(status.decode() if isinstance(status, bytes) else status))

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
        **dict.fromkeys(("GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "CONNECT"), (_http, None)),
    }
    # Most clients say verbs in upper case, Python's smtplib in lower case: both are found at the first try.
    _COMMANDS: ClassVar[dict[bytes, tuple[str, Handler, Stage | None]]] = {
        spelling.encode(): (name, handler, stage)
        for name, (handler, stage) in _VERBS.items()
        for spelling in (name, name.lower())
    }


_DOCUMENTED = ("AUTH", "DATA", "EHLO", "HELO", "HELP", "MAIL", "NOOP", "QUIT", "RCPT", "RSET", "STARTTLS", "VRFY")


def _masked(line: bytes) -> bytes:
    """AUTH and its mechanism; the rest, which is a secret, as ***."""
    words = line.split(None, 2)
    return b" ".join((*words[:2], b"***")) if len(words) > 2 else line


def _one_line(text: str) -> str:
    """A relay's words as a reply may have them. RFC 5321 §4.2: printable ASCII."""
    return "".join(each if " " <= each <= "~" else "?" for each in text)[:400] or "Refused"
