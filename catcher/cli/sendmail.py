"""`catcher sendmail`: replaces /usr/sbin/sendmail for programs that send their mail with it."""

import getpass
import os
import smtplib
import socket
import sys
import threading
from typing import Any, BinaryIO, NoReturn

import click

from catcher.cli.options import Command
from catcher.cli.submission import ADDRESS_VARIABLES, Submission, connect, server_address
from catcher.conf.addresses import SocketAddress
from catcher.errors import SettingError
from catcher.mail.header import bare_address
from catcher.transfer import header_recipients, remove_bcc

USAGE, DATA_ERROR, NO_USER, NO_HOST, UNAVAILABLE, TEMPORARY_FAILURE = 64, 65, 67, 68, 69, 75
"""Exit codes of sysexits(3)."""

MAX_OCTETS = 1024 * 1024 * 1024
"""Maximum size of a message."""

_IGNORED_FLAGS = ("-i", "-n", "-U", "-G", "-v", "-m")
_IGNORED_VALUES = ("-o", "-B", "-e", "-F", "-N", "-R", "-V", "-h", "-O", "-L", "-X", "-C", "-p", "-q")


class _WrongUsage(click.UsageError):
    exit_code = USAGE


class _Sendmail(Command):
    """A command whose usage errors have the exit code that callers of sendmail expect."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise _WrongUsage(error.message, ctx) from None


def _ignored(function: Any) -> Any:
    """Accept and ignore options of other sendmails."""
    for number, name in enumerate(_IGNORED_VALUES):
        function = click.option(name, f"ignored_value_{number}", multiple=True, expose_value=False, hidden=True)(
            function
        )
    for number, name in enumerate(_IGNORED_FLAGS):
        function = click.option(name, f"ignored_{number}", is_flag=True, expose_value=False, hidden=True)(function)
    return function


@click.command("sendmail", cls=_Sendmail)
@click.option(
    "-S",
    "--smtp-addr",
    metavar="HOST:PORT",
    default="localhost:1025",
    show_default=True,
    envvar=ADDRESS_VARIABLES,
    help="Address of the SMTP server; also unix:PATH. The default is that of the server's settings in the environment.",
)
@click.option(
    "-f",
    "-r",
    "--from",
    "sender",
    metavar="ADDRESS",
    default=None,
    envvar=["CATCHER_SENDMAIL_FROM", "MP_SENDMAIL_FROM"],
    help="Sender of the envelope. The default is user@host.",
)
@click.option("-t", "is_listed", is_flag=True, help="Read the recipients from To, Cc and Bcc, and remove Bcc.")
@click.option("-b", "mode", metavar="MODE", default="m", help="s: SMTP on standard input and output; m: one message.")
@_ignored
@click.argument("recipients", nargs=-1)
def command(smtp_addr: str, sender: str | None, *, is_listed: bool, mode: str, recipients: tuple[str, ...]) -> None:
    """Send a message from standard input to a catcher.

    For PHP: sendmail_path = "catcher sendmail -t -i". Options of other sendmails (-i, -o…, -F, -B, -e, -v, …) are
    ignored; a line with a single dot does not end the message. Without RECIPIENTS the message is sent to those of its
    header section, as with -t. Exit codes are those of sysexits.
    """
    try:
        address = server_address(smtp_addr)
    except SettingError as error:
        _fail(USAGE, str(error))
    if mode == "s":
        _pipe(address)
    elif mode == "m":
        _send(address, sender, recipients, is_listed=is_listed)
    else:
        _fail(USAGE, f"-b{mode}: expected -bs or -bm")


def _send(address: SocketAddress, sender: str | None, recipients: tuple[str, ...], *, is_listed: bool) -> None:
    octets = sys.stdin.buffer.read(MAX_OCTETS + 1)
    if len(octets) > MAX_OCTETS:
        _fail(DATA_ERROR, f"the message has more than {MAX_OCTETS:,} octets")
    forward_paths = [_addr_spec(recipient) for recipient in recipients]
    if is_listed or not recipients:
        forward_paths.extend(header_recipients(octets))
        octets = remove_bcc(octets)
    if not forward_paths:
        _fail(DATA_ERROR, "no recipients: neither on the command line nor in To, Cc or Bcc")
    reverse_path = _addr_spec(sender) if sender is not None else _default_sender()
    submission = Submission(address)
    try:
        refused = submission.submit(reverse_path, list(dict.fromkeys(forward_paths)), octets)
    except (OSError, ValueError) as error:
        _fail(*_failure(error, address))
    finally:
        submission.close()
    if refused:
        _fail(_exit_code(refused), _refusals(refused))


def _default_sender() -> str:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        user = "nobody"
    return f"{user}@{socket.gethostname()}"


def _addr_spec(text: str) -> str:
    """Return the addr-spec of "a@b.c", "Name <a@b.c>" or "<>"; a word without "@" is a user of this machine."""
    if text.strip() in {"", "<>"}:
        return ""
    try:
        addr_spec = bare_address(text) if "@" in text else text
    except ValueError:
        addr_spec = ""
    if not addr_spec or " " in addr_spec or not addr_spec.isprintable():
        _fail(USAGE, f"{text!r}: expected an address")
    return addr_spec


def _failure(error: Exception, address: SocketAddress) -> tuple[int, str]:
    """Return the exit code and the text for an error."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _exit_code(error.recipients), _refusals(error.recipients)
    if isinstance(error, smtplib.SMTPResponseException):
        code = TEMPORARY_FAILURE if 400 <= error.smtp_code < 500 else UNAVAILABLE
        return code, f"{address}: {error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, socket.gaierror):
        return NO_HOST, f"{address}: {error.strerror or error}"
    if isinstance(error, OSError):
        return TEMPORARY_FAILURE, f"{address}: {error.strerror or error}"
    return DATA_ERROR, str(error)


def _exit_code(refused: dict[str, tuple[int, bytes]]) -> int:
    return NO_USER if any(code >= 500 for code, _ in refused.values()) else TEMPORARY_FAILURE


def _refusals(refused: dict[str, tuple[int, bytes]]) -> str:
    return "; ".join(f"{recipient}: {code} {_text(text)}" for recipient, (code, text) in refused.items())


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply


def _pipe(address: SocketAddress) -> None:
    """Connect standard input and output with the server until it hangs up."""
    try:
        server = connect(address)
    except OSError as error:
        _fail(*_failure(error, address))
    with server:
        threading.Thread(target=_to_server, args=(sys.stdin.fileno(), server), daemon=True).start()
        _from_server(server, sys.stdout.buffer, address)


def _to_server(source: int, server: socket.socket) -> None:
    try:
        while octets := os.read(source, 65_536):
            server.sendall(octets)
        server.shutdown(socket.SHUT_WR)
    except OSError:
        return  # the server hung up; the other direction reports it


def _from_server(server: socket.socket, target: BinaryIO, address: SocketAddress) -> None:
    server.settimeout(None)  # the server limits the session
    try:
        while octets := server.recv(65_536):
            target.write(octets)
            target.flush()
    except OSError as error:
        _fail(*_failure(error, address))


def _fail(code: int, text: str) -> NoReturn:
    click.echo(f"sendmail: {text}", err=True)
    sys.exit(code)
