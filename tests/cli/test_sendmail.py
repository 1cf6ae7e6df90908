"""Tests of `catcher sendmail` with real servers."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from catcher.store import Store
from catcher.testing import RunningCatcher
from tests.cli.conftest import Run
from tests.served import command

MAIL = b"From: f@x.y\nTo: A <a@x.y>\nBcc: secret@x.y\nSubject: hi\n\n.dot\n.\nlast, no end"


def server(catcher: RunningCatcher) -> str:
    return f"{catcher.smtp_host}:{catcher.smtp_port}"


def caught(catcher: RunningCatcher) -> tuple[str, tuple[str, ...], bytes]:
    """Reverse-path, recipients and octets of the only message."""
    page = catcher.store.page()
    assert len(page.messages) == 1, page
    store_id = page.messages[0].store_id
    envelope = catcher.store.get(store_id).envelope
    return envelope.reverse_path, envelope.recipients, catcher.store.raw(store_id)


@contextlib.contextmanager
def answering(*replies: bytes) -> Iterator[str]:
    """The address of a server that sends these replies, one per command, then hangs up."""

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            for reply in replies:
                connection.sendall(reply + b"\r\n")
                if not lines.readline():
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join(timeout=30)


def test_recipients_on_the_command_line_receive_the_message_unchanged(catcher: RunningCatcher, run: Run) -> None:
    """Only line ends change; a single dot does not end the message; without -t the Bcc field stays."""
    done = run("sendmail", "-S", server(catcher), "-f", "me@x.y", "-i", "one@x.y", "Two <two@x.y>", octets=MAIL)
    assert (done.returncode, done.stderr) == (0, b"")
    assert caught(catcher) == ("me@x.y", ("one@x.y", "two@x.y"), MAIL.replace(b"\n", b"\r\n") + b"\r\n")


@pytest.mark.parametrize("options", [("-t", "-i"), ("-ti",), ()])
def test_recipients_of_the_header_section_receive_it_without_bcc(
    catcher: RunningCatcher, run: Run, options: tuple[str, ...]
) -> None:
    """-t, as in PHP's sendmail_path, reads To, Cc and Bcc, and removes Bcc."""
    done = run("sendmail", *options, env={"CATCHER_SENDMAIL_SMTP_ADDR": server(catcher)}, octets=MAIL)
    assert done.returncode == 0, done.stderr
    reverse_path, recipients, octets = caught(catcher)
    assert reverse_path.endswith(f"@{socket.gethostname()}")
    assert recipients == ("a@x.y", "secret@x.y")
    assert b"Bcc" not in octets


def test_options_of_other_sendmails_are_ignored(catcher: RunningCatcher, run: Run) -> None:
    """Attached and separate forms of the options of Postfix and Sendmail have no effect."""
    options = ["-oi", "-oem", "-odb", "-FJoe Doe", "-B8BITMIME", "-em", "-v", "-N", "never", "-bm", "-fme@x.y", "--"]
    done = run("sendmail", "-S", server(catcher), *options, "one@x.y", octets=MAIL)
    assert done.returncode == 0, done.stderr
    assert caught(catcher)[:2] == ("me@x.y", ("one@x.y",))


def test_the_null_reverse_path_and_non_ascii_addresses_are_sent(catcher: RunningCatcher, run: Run) -> None:
    """-f "<>" for bounces; SMTPUTF8 where an address needs it. RFC 5321 §4.5.5, RFC 6531."""
    mail = "Subject: grüße\n\nhé\n".encode()
    done = run("sendmail", "-S", server(catcher), "-f", "<>", "jörg@exämple.com", octets=mail)
    assert done.returncode == 0, done.stderr
    assert caught(catcher) == ("", ("jörg@exämple.com",), mail.replace(b"\n", b"\r\n"))


def test_a_link_named_sendmail_runs_the_command(catcher: RunningCatcher, tmp_path: Path) -> None:
    """A link named sendmail needs no command name before the options."""
    link = tmp_path / "sendmail"
    link.write_text(f"#!{sys.executable}\nfrom catcher.cli import main\nmain()\n")
    link.chmod(0o755)
    env = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        [link, "-S", server(catcher), "-t"], input=MAIL, env=env, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert caught(catcher)[1] == ("a@x.y", "secret@x.y")


@pytest.mark.slow
def test_the_server_can_be_on_a_unix_socket(tmp_path: Path, run: Run) -> None:
    """The server address may be unix:PATH."""
    path, database = tmp_path / "smtp.sock", tmp_path / "mail.db"
    listening = ("--smtp", f"unix:{path}", "--listen", "127.0.0.1:0", "--database", str(database))
    with subprocess.Popen(command("serve", *listening), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        try:
            assert server.stdout is not None
            while b"Ctrl-C" not in (line := server.stdout.readline()):
                assert line, "catcher serve did not start"
            done = run("sendmail", "-S", f"unix:{path}", "-f", "me@x.y", "one@x.y", octets=MAIL)
            assert done.returncode == 0, done.stderr
            with Store.open(f"sqlite:///{database}") as store:
                envelope = store.get(store.latest().store_id).envelope
            assert (envelope.reverse_path, envelope.recipients) == ("me@x.y", ("one@x.y",))
        finally:
            server.terminate()


def test_smtp_on_standard_input_reaches_the_server(catcher: RunningCatcher, run_process: Run) -> None:
    """-bs connects standard input and output with the server until it hangs up."""
    dialogue = b"EHLO x\r\nMAIL FROM:<a@x.y>\r\nRCPT TO:<b@x.y>\r\nDATA\r\nS: x\r\n\r\nbody\r\n.\r\nQUIT\r\n"
    done = run_process("sendmail", "-S", server(catcher), "-bs", octets=dialogue)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"220 ")
    assert b"\r\n221 " in done.stdout
    assert caught(catcher) == ("a@x.y", ("b@x.y",), b"S: x\r\n\r\nbody\r\n")


@pytest.mark.parametrize(
    ("arguments", "octets", "code"),
    [
        (["-t"], b"Subject: for nobody\n\nx\n", 65),
        (["--no-such-option", "a@x.y"], MAIL, 64),
        (["-bp"], b"", 64),
        (["not an address"], MAIL, 64),
        (["-S", "host:99999", "a@x.y"], MAIL, 64),
    ],
)
def test_wrong_usage_and_wrong_data_have_exit_codes_of_their_own(
    run: Run, arguments: list[str], octets: bytes, code: int
) -> None:
    """EX_USAGE and EX_DATAERR, with one line on standard error. Source: sysexits(3)."""
    done = run("sendmail", *arguments, octets=octets)
    assert done.returncode == code, done.stderr
    assert done.stderr
    assert b"Traceback" not in done.stderr


def test_an_unreachable_server_is_a_temporary_failure(run: Run) -> None:
    """EX_TEMPFAIL. Source: sysexits(3)."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        address = f"127.0.0.1:{one.getsockname()[1]}"
    done = run("sendmail", "-S", address, "a@x.y", octets=MAIL)
    assert done.returncode == 75, done.stderr
    assert address.encode() in done.stderr


@pytest.mark.parametrize(
    ("replies", "code"),
    [
        ([b"220 x", b"250 x", b"550 no", b"250 x", b"221 x"], 69),
        ([b"220 x", b"250 x", b"250 x", b"550 no such user", b"250 x", b"221 x"], 67),
        ([b"220 x", b"250 x", b"250 x", b"450 later", b"250 x", b"221 x"], 75),
        ([b"220 x", b"250 x", b"250 x", b"250 x", b"451 later", b"250 x", b"221 x"], 75),
        ([b"220 x", b"250 x"], 75),
    ],
)
def test_the_servers_reply_sets_the_exit_code(run: Run, replies: list[bytes], code: int) -> None:
    """EX_UNAVAILABLE, EX_NOUSER, EX_TEMPFAIL. Source: sysexits(3)."""
    with answering(*replies) as address:
        done = run("sendmail", "-S", address, "-f", "me@x.y", "a@x.y", octets=MAIL)
    assert done.returncode == code, done.stderr
    assert done.stderr.startswith(b"sendmail: ")
