"""Tests of catcher.pop3.session, with poplib and with raw connections."""

import contextlib
import hashlib
import poplib
import re
import threading
from base64 import b64encode
from datetime import UTC, datetime
from typing import cast

import pytest

from catcher.errors import NotFound
from catcher.net.htpasswd import Htpasswd
from catcher.net.password_verifier import MAX_FAILURES
from catcher.pop3 import Pop3Options
from catcher.store import ByIds, Scope, StoredInbox
from tests.pop3.conftest import PATIENCE, Raw, Running, Serve

ONE = b"Subject: one\r\n\r\n.starts with a dot\r\n..two\r\n.\r\nend\r\n"
TWO = b"Subject: two\r\n\r\nl1\r\nl2\r\nl3\r\n"
BARE = b"Subject: bare\n\nline\n.\r\nmore without an end"


def plain(user: str, password: str) -> bytes:
    return b64encode(f"\0{user}\0{password}".encode())


def fetched(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\r\n" for line in lines)


# Authorization


def test_without_a_password_file_any_credentials_are_accepted(pop3: Running) -> None:
    """A catcher for development takes any user and password."""
    pop3.add(ONE)
    with pop3.client() as client:
        assert client.stat() == (1, len(ONE))


def test_a_password_may_contain_spaces_and_a_wrong_one_is_refused(serve: Serve) -> None:
    """The password is the rest of the line. RFC 1939 §7; the code is RFC 3206's."""
    with serve(passwords=Htpasswd({"joe": "two  words "})) as running:
        raw = running.connect()
        assert raw.say(b"USER joe").startswith(b"+OK")
        assert raw.say(b"PASS two words").startswith(b"-ERR [AUTH]")
        assert raw.say(b"PASS two  words ").startswith(b"-ERR USER comes before PASS")
        assert raw.say(b"STAT") == b"-ERR log in first\r\n"
        assert raw.say(b"USER joe").startswith(b"+OK")
        assert raw.say(b"PASS two  words ").startswith(b"+OK")
        assert raw.say(b"USER joe") == b"-ERR already logged in\r\n"


def test_sasl_plain_works_with_and_without_an_initial_response(serve: Serve) -> None:
    """AUTH PLAIN with and without initial response, cancelled, unreadable, wrong. RFC 5034 §4."""
    with serve(passwords=Htpasswd({"joe": "secret"})) as running:
        raw = running.connect()
        assert raw.say(b"AUTH") + raw.body() == b"+OK mechanisms follow\r\nPLAIN\r\n.\r\n"
        assert raw.say(b"AUTH CRAM-MD5").startswith(b"-ERR")
        assert raw.say(b"AUTH PLAIN") == b"+ \r\n"
        assert raw.say(b"*") == b"-ERR cancelled\r\n"
        assert raw.say(b"AUTH PLAIN ***").startswith(b"-ERR the response cannot be read")
        assert raw.say(b"AUTH PLAIN =").startswith(b"-ERR the response cannot be read")
        assert raw.say(b"AUTH PLAIN " + plain("joe", "wrong")).startswith(b"-ERR [AUTH]")
        assert raw.say(b"auth plain") == b"+ \r\n"
        assert raw.say(plain("joe", "secret")).startswith(b"+OK 0 messages")
        again = running.connect()
        assert again.say(b"AUTH PLAIN " + plain("joe", "secret")).startswith(b"+OK")


def test_a_long_sasl_response_is_read_and_a_longer_one_refused(pop3: Running) -> None:
    """A response may have 12,288 octets. RFC 4954 §4."""
    raw = pop3.connect()
    assert raw.say(b"AUTH PLAIN") == b"+ \r\n"
    assert raw.say(b"A" * 13_000) == b"-ERR line too long\r\n"
    assert raw.say(b"AUTH PLAIN") == b"+ \r\n"
    assert raw.say(plain("u" * 4_000, "p" * 4_000)).startswith(b"+OK")


def test_apop_opens_an_inbox_by_its_own_password(serve: Serve) -> None:
    """A created inbox takes precedence over a user of the same name."""
    with serve(passwords=Htpasswd({"signup": "other"})) as running:
        now = datetime.now(UTC)
        running.store.create_inbox(StoredInbox(name="signup", messages=0, created_at=now, is_made=True, password="own"))
        client = poplib.POP3("127.0.0.1", running.port, timeout=PATIENCE)
        assert client.apop("signup", "own").startswith(b"+OK")
        client.close()
        client = poplib.POP3("127.0.0.1", running.port, timeout=PATIENCE)
        with pytest.raises(poplib.error_proto, match="AUTH"):
            client.apop("signup", "other")
        client.close()


def test_apop_is_offered_only_with_plain_text_passwords(serve: Serve) -> None:
    """The greeting has a timestamp when every password is in plain text. RFC 1939 §7."""
    with serve(passwords=Htpasswd({"joe": "tanstaaf"})) as running:
        client = poplib.POP3("127.0.0.1", running.port, timeout=PATIENCE)
        assert client.apop("joe", "tanstaaf").startswith(b"+OK")
        client.close()
        raw = running.connect()
        digest = hashlib.md5(b"<guessed>tanstaaf").hexdigest().encode()
        assert raw.say(b"APOP joe " + digest).startswith(b"-ERR [AUTH]")
        assert raw.say(b"APOP nobody " + digest).startswith(b"-ERR [AUTH]")
        assert raw.say(b"APOP joe").startswith(b"-ERR APOP takes")


def test_two_sessions_have_different_timestamps(serve: Serve) -> None:
    """A digest cannot be replayed. RFC 1939 §7."""
    with serve(passwords=Htpasswd({"joe": "x"})) as running:
        stamps = set()
        for _ in range(3):
            client = poplib.POP3("127.0.0.1", running.port, timeout=PATIENCE)
            found = re.search(rb"<[^>]+@[^>]+>", client.getwelcome())
            assert found is not None, client.getwelcome()
            stamps.add(found[0])
            client.close()
        assert len(stamps) == 3


def test_without_a_password_file_apop_is_not_offered(pop3: Running) -> None:
    """The greeting has no timestamp. RFC 1939 §7."""
    raw = pop3.connect()
    assert raw.say(b"APOP joe 0123") == b"-ERR APOP is not offered here or now\r\n"


# Web pages and guesses

ATTACK = b"USER a\r\nPASS b\r\nDELE 1\r\nQUIT\r\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "head",
    [
        b"POST / HTTP/1.1\r\nHost: localhost:1110\r\n\r\n",
        b"PROPPATCH /mail HTTP/1.1\r\nHost: localhost:1110\r\n\r\n",
        b"POST /" + b"a" * 600 + b" HTTP/1.1\r\nX: y\r\n\r\n",
        b"\r\nPOST / HTTP/1.1\r\n\r\n",
        b"",
    ],
    ids=["method", "unknown method", "long path", "empty line", "body alone"],
)
@pytest.mark.parametrize("is_slow", [False, True])
def test_a_web_page_cannot_delete_mail(pop3: Running, head: bytes, is_slow: bool) -> None:
    """A browser sends commands in the body of a request, in one segment or after the header section.

    The request line ends the session, as does a command that follows another before its response.
    """
    pop3.add(ONE)
    raw = pop3.connect()
    if is_slow and head:
        raw.socket.sendall(head)
        assert raw.line().startswith(b"-ERR")
        with contextlib.suppress(OSError):
            raw.socket.sendall(ATTACK)
    else:
        raw.socket.sendall(head + ATTACK)
    answers = []
    with contextlib.suppress(OSError):
        while line := raw.line():
            answers.append(line)
    assert not any(line.startswith(b"+OK") for line in answers), answers
    assert pop3.store.counts().messages == 1


def test_an_address_that_guesses_passwords_is_slowed_down(serve: Serve) -> None:
    """After thirty wrong passwords, in any number of sessions, even the right one has to wait. RFC 3206 §4."""
    with serve(passwords=Htpasswd({"joe": "secret"})) as running:
        for _ in range(3):
            raw = running.connect()
            for number in range(MAX_FAILURES // 3):
                raw.say(b"USER joe")
                assert raw.say(b"PASS guess%d" % number).startswith(b"-ERR [AUTH]")
        raw = running.connect()
        raw.say(b"USER joe")
        assert raw.say(b"PASS secret").startswith(b"-ERR [SYS/TEMP] too many wrong passwords")
        assert raw.say(b"STAT") == b"-ERR log in first\r\n"


# Tokens


def test_a_token_is_a_password_that_limits_the_session(serve: Serve) -> None:
    """Where a login is needed a token is one, with its inbox and scope; nothing else is."""
    now = datetime.now(UTC)
    with serve(needs_login=True) as running:
        running.add(ONE)
        tokens = running.store.tokens
        raw = running.connect()
        raw.say(b"USER anybody")
        assert raw.say(b"PASS anything").startswith(b"-ERR [AUTH]")
        raw.say(b"USER anybody")
        assert raw.say(b"PASS catcher_unknown").startswith(b"-ERR [AUTH]")
        raw.say(b"USER anybody")
        assert raw.say(b"PASS " + tokens.make("r", Scope.READ, now=now)[1].encode()).startswith(b"+OK 1 messages")
        assert raw.say(b"DELE 1") == b"-ERR this token may only read\r\n"
        bound = running.connect()
        secret = tokens.make("b", Scope.WRITE, now=now, inbox="other")[1]
        assert bound.say(b"AUTH PLAIN " + plain("anybody", secret)).startswith(b"+OK 0 messages")
        writer = running.connect()
        secret = tokens.make("w", Scope.WRITE, now=now)[1]
        assert writer.say(b"AUTH PLAIN " + plain("anybody", secret)).startswith(b"+OK 1 messages")
        assert writer.say(b"DELE 1").startswith(b"+OK")


def test_an_unknown_token_opens_nothing_where_any_password_does(pop3: Running) -> None:
    """Its sender wants no more than it allows."""
    raw = pop3.connect()
    raw.say(b"USER anybody")
    assert raw.say(b"PASS catcher_revoked").startswith(b"-ERR [AUTH]")


# Capabilities


def test_capabilities_are_listed_before_and_after_login(pop3: Running) -> None:
    """CAPA in both states. RFC 2449 §5."""
    client = poplib.POP3("127.0.0.1", pop3.port, timeout=PATIENCE)
    before = client.capa()
    client.user("x")
    client.pass_("y")
    after = client.capa()
    client.close()
    assert set(after) - set(before) == {"PIPELINING"}
    assert {"TOP", "USER", "SASL", "UIDL", "RESP-CODES", "AUTH-RESP-CODE"} <= set(before)
    assert before["SASL"] == ["PLAIN"]
    assert before["IMPLEMENTATION"][0] == "catcher"
    assert "STLS" not in before


def test_pipelined_commands_are_answered_in_order(pop3: Running) -> None:
    """PIPELINING: all after the login in one write, then the client closes its side. RFC 2449 §6.6."""
    ids = pop3.add(ONE, TWO)
    raw = pop3.session()
    raw.socket.sendall(b"STAT\r\nUIDL 2\r\nRETR 2\r\nDELE 1\r\nQUIT\r\n")
    raw.socket.shutdown(1)
    total = len(ONE) + len(TWO)
    assert raw.line() == f"+OK 2 {total}\r\n".encode()
    assert raw.line() == f"+OK 2 {ids[1]}\r\n".encode()
    assert raw.line() == f"+OK {len(TWO)} octets\r\n".encode()
    assert raw.body() == TWO + b".\r\n"
    assert raw.line() == b"+OK message 1 deleted\r\n"
    assert raw.line() == b"+OK bye\r\n"
    assert raw.line() == b""
    assert pop3.store.counts().messages == 1


# Transaction


def test_messages_are_numbered_from_the_oldest_and_named_by_store_id(pop3: Running) -> None:
    """LIST and UIDL list all messages, oldest first, with sizes in octets and persistent ids. RFC 1939 §5, §7."""
    ids = pop3.add(ONE, TWO, BARE)
    with pop3.client() as client:
        assert client.list()[1] == [f"{n} {len(m)}".encode() for n, m in enumerate((ONE, TWO, BARE), start=1)]
        assert client.uidl()[1] == [f"{n} {one}".encode() for n, one in enumerate(ids, start=1)]
        assert cast("bytes", client.list(2)) == f"+OK 2 {len(TWO)}".encode()
        assert client.uidl(3) == f"+OK 3 {ids[2]}".encode()


@pytest.mark.slow
def test_a_maildrop_of_several_pages_is_complete(pop3: Running) -> None:
    """The number of messages is not limited."""
    ids = pop3.add(*([TWO] * 4100))
    with pop3.client() as client:
        lines = client.uidl()[1]
    assert [line.split()[1].decode() for line in lines] == ids


def test_dots_at_the_beginning_of_lines_survive(pop3: Running) -> None:
    """RETR: dots that begin a line are stuffed, and unstuffed by the client. RFC 1939 §3, §5."""
    pop3.add(ONE)
    with pop3.client() as client:
        answer, lines, octets = client.retr(1)
    assert answer == f"+OK {len(ONE)} octets".encode()
    assert fetched(lines) == ONE
    assert octets == len(ONE)


def test_a_lone_dot_after_a_bare_line_feed_does_not_end_the_message(pop3: Running) -> None:
    """A message cannot end its response and forge others for a client that splits at LF."""
    pop3.add(BARE, TWO)
    raw = pop3.session()
    assert raw.say(b"RETR 1").startswith(b"+OK")
    assert raw.body() == b"Subject: bare\n\nline\n..\r\nmore without an end\r\n.\r\n"
    with pop3.client() as client:
        assert client.retr(1)[1] == [b"Subject: bare", b"", b"line", b".", b"more without an end"]
        assert fetched(client.retr(2)[1]) == TWO


def test_an_empty_message_is_an_empty_response(pop3: Running) -> None:
    """The response has no line."""
    pop3.add(b"")
    raw = pop3.session()
    assert raw.say(b"RETR 1") == b"+OK 0 octets\r\n"
    assert raw.body() == b".\r\n"


@pytest.mark.parametrize(
    ("body_lines", "expected"), [(0, b""), (1, b"l1\r\n"), (2, b"l1\r\nl2\r\n"), (99, b"l1\r\nl2\r\nl3\r\n")]
)
def test_top_sends_the_given_number_of_body_lines(pop3: Running, body_lines: int, expected: bytes) -> None:
    """TOP: header section, empty line, n lines. RFC 1939 §7."""
    pop3.add(TWO)
    with pop3.client() as client:
        assert fetched(client.top(1, body_lines)[1]) == b"Subject: two\r\n\r\n" + expected


def test_top_is_stuffed_too(pop3: Running) -> None:
    """As in every multi-line response. RFC 1939 §3."""
    pop3.add(ONE)
    raw = pop3.session()
    assert raw.say(b"TOP 1 1").startswith(b"+OK")
    assert raw.body() == b"Subject: one\r\n\r\n..starts with a dot\r\n.\r\n"


@pytest.mark.slow
def test_a_large_message_is_complete(pop3: Running) -> None:
    """A message of many pieces is unchanged."""
    large = b"Subject: large\r\n\r\n" + b"".join(b".%08d %s\r\n" % (n, b"x" * 60) for n in range(60_000))
    pop3.add(large)
    raw = pop3.session()
    assert raw.say(b"RETR 1").startswith(b"+OK")
    assert raw.body() == large.replace(b"\r\n.", b"\r\n..") + b".\r\n"
    assert raw.say(b"TOP 1 50000").startswith(b"+OK")
    lines = raw.body().split(b"\r\n")
    assert len(lines) == 2 + 50_000 + 2
    assert lines[-3].startswith(b"..00049999")


def test_deleted_messages_are_hidden_at_once_and_gone_after_quit(pop3: Running) -> None:
    """DELE: no other command sees the message, numbers stay, QUIT deletes. RFC 1939 §5, §6."""
    ids = pop3.add(ONE, TWO)
    with pop3.client() as client:
        client.dele(1)
        assert client.stat() == (1, len(TWO))
        assert client.list()[1] == [f"2 {len(TWO)}".encode()]
        assert client.uidl()[1] == [f"2 {ids[1]}".encode()]
        for command in (client.retr, client.dele, client.list, client.uidl, lambda n: client.top(n, 0)):
            with pytest.raises(poplib.error_proto, match="no such message"):
                command(1)
        assert pop3.store.counts().messages == 2
        assert client.quit().startswith(b"+OK")
    with pytest.raises(NotFound):
        pop3.store.summary(ids[0])
    assert pop3.store.summary(ids[1]).size == len(TWO)


def test_rset_takes_deletions_back(pop3: Running) -> None:
    """RSET unmarks every message. RFC 1939 §5."""
    pop3.add(ONE, TWO)
    with pop3.client() as client:
        client.dele(1)
        client.dele(2)
        assert client.stat() == (0, 0)
        assert client.list()[1] == []
        client.rset()
        assert client.stat() == (2, len(ONE) + len(TWO))
        client.quit()
    assert pop3.store.counts().messages == 2


def test_a_session_without_quit_deletes_nothing(pop3: Running) -> None:
    """Only QUIT enters the UPDATE state. RFC 1939 §6."""
    pop3.add(ONE)
    raw = pop3.session()
    assert raw.say(b"DELE 1").startswith(b"+OK")
    raw.socket.shutdown(1)
    assert raw.line() == b""
    assert pop3.store.counts().messages == 1


def test_a_message_deleted_by_another_is_an_error_and_the_session_goes_on(pop3: Running) -> None:
    """The maildrop is not locked: a deleted message is -ERR."""
    ids = pop3.add(ONE, TWO)
    with pop3.client() as client:
        pop3.store.delete(ByIds((ids[0],)))
        with pytest.raises(poplib.error_proto, match="deleted meanwhile"):
            client.retr(1)
        with pytest.raises(poplib.error_proto, match="deleted meanwhile"):
            client.top(1, 0)
        assert fetched(client.retr(2)[1]) == TWO
        client.dele(1)
        assert client.quit().startswith(b"+OK")


def test_new_messages_appear_in_the_next_session(pop3: Running) -> None:
    """The maildrop and its numbers stay the same after the login. RFC 1939 §4."""
    pop3.add(ONE)
    with pop3.client() as client:
        pop3.add(TWO)
        assert client.stat() == (1, len(ONE))
        assert client.noop() == b"+OK"
    with pop3.client() as client:
        assert client.stat() == (2, len(ONE) + len(TWO))


def test_two_sessions_read_at_the_same_time(pop3: Running) -> None:
    """There is no exclusive lock."""
    pop3.add(ONE)
    with pop3.client() as first, pop3.client() as second:
        assert first.retr(1) == second.retr(1)


# Bad input


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        b"RETR",
        b"RETR 0",
        b"RETR 2",
        b"RETR -1",
        b"RETR one",
        b"RETR 1 1",
        b"TOP 1",
        b"TOP 1 -1",
        b"TOP 9 1",
        b"LIST 7",
        b"DELE",
        b"DELE 18446744073709551617",
        b"STAT 1",
        b"NOOP x",
        b"UIDL x",
        b"BOGUS",
        b"",
        b"\xff\x00\xfe",
        b"STLS",
    ],
)
def test_a_bad_command_is_an_error_and_the_session_goes_on(pop3: Running, command: bytes) -> None:
    """Each is one -ERR line. RFC 1939 §3."""
    pop3.add(ONE)
    raw = pop3.session()
    assert raw.say(command).startswith(b"-ERR ")
    assert raw.say(b"STAT") == f"+OK 1 {len(ONE)}\r\n".encode()


def test_an_endless_line_costs_no_memory_and_is_one_error(pop3: Running) -> None:
    """A line that is too long is dropped to its end."""
    raw = pop3.session()
    assert raw.say(b"RETR " + b"1" * 3_000_000) == b"-ERR line too long\r\n"
    assert raw.say(b"STAT") == b"+OK 0 0\r\n"


def test_a_client_with_too_many_errors_is_disconnected(serve: Serve) -> None:
    """Wrong passwords count, too."""
    with serve(max_errors=3) as running:
        raw = running.connect()
        for _ in range(3):
            assert raw.say(b"BOGUS") == b"-ERR unknown command\r\n"
        assert raw.line() == b"-ERR too many errors\r\n"
        assert raw.line() == b""


def test_an_idle_client_is_disconnected_without_deletions(serve: Serve) -> None:
    """The autologout timer closes the connection and enters no UPDATE state. RFC 1939 §3."""
    with serve(idle_seconds=0.2) as running:
        running.add(ONE)
        raw = running.session()
        assert raw.say(b"DELE 1").startswith(b"+OK")
        assert raw.line() == b""
        assert running.store.counts().messages == 1


@pytest.mark.slow
def test_a_client_that_does_not_read_is_disconnected(serve: Serve) -> None:
    """Only a part of the message is in memory."""
    with serve(idle_seconds=0.5) as running:
        running.add(b"Subject: large\r\n\r\n" + b"x" * 70 * 1024 * 1024)
        raw = running.session()
        assert raw.say(b"RETR 1").startswith(b"+OK")
        # Nothing is read: the server's patience ends, the others are served all the while.
        other = running.session()
        assert other.say(b"NOOP") == b"+OK\r\n"
        assert other.line() == b""  # after as long a pause, its own
        running.call(running.server.stop(grace=2))
        got = 0
        with contextlib.suppress(ConnectionResetError):
            while piece := raw.socket.recv(1 << 20):
                got += len(piece)
        assert got < 70 * 1024 * 1024


def test_a_closed_store_is_a_temporary_error(pop3: Running) -> None:
    """The response has RFC 3206's code, and the session goes on."""
    pop3.add(ONE)
    raw = pop3.session()
    assert raw.say(b"DELE 1").startswith(b"+OK")
    pop3.store.close()
    assert raw.say(b"RETR 1") == b"-ERR no such message\r\n"
    assert raw.say(b"NOOP") == b"+OK\r\n"
    assert raw.say(b"QUIT") == b"-ERR [SYS/TEMP] deleted messages were not removed\r\n"


def test_too_many_connections_are_rejected(serve: Serve) -> None:
    """Another one is accepted once a session has ended."""
    with serve(max_connections=2) as running:
        first, _second = running.connect(), running.connect()
        third = Raw(running.port)
        running.opened.append(third)
        assert third.line() == b"-ERR [SYS/TEMP] too many connections\r\n"
        assert third.line() == b""
        assert first.say(b"QUIT").startswith(b"+OK")
        assert first.line() == b""
        # The place is free a moment after the connection's end: whoever comes too early is told so, and asks again.
        for _ in range(1000):
            later = Raw(running.port)
            running.opened.append(later)
            if later.line().startswith(b"+OK"):
                break
        else:
            pytest.fail("the place of a session that ended is not given again")


def test_stopping_ends_idle_sessions(serve: Serve) -> None:
    """A stop does not wait for them."""
    with serve() as running:
        raw = running.session()
        done = threading.Event()

        def stop() -> None:
            running.call(running.server.stop(grace=5))
            done.set()

        threading.Thread(target=stop).start()
        assert raw.line() == b""
        assert done.wait(PATIENCE)


@pytest.mark.parametrize("options", [{"label": "a\nb"}, {"idle_seconds": 0}, {"implicit_tls": True}])
def test_contradictory_options_are_refused(options: dict[str, object]) -> None:
    """A wrong setting stops the start."""
    with pytest.raises(ValueError, match="expected"):
        Pop3Options(**options)  # type: ignore[arg-type]
