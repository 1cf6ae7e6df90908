"""The server's replies: reply code, enhanced status code, text. RFC 5321 §4.2, RFC 3463, RFC 2034.

They are octets ready to send, so that the usual ones need not be built.
"""

from enum import Enum


class Reply(bytes, Enum):
    """The constant replies."""

    OK = b"250 2.0.0 Ok\r\n"
    QUEUED = b"250 2.0.0 Ok: queued\r\n"
    SENDER_OK = b"250 2.1.0 Ok\r\n"
    RECIPIENT_OK = b"250 2.1.5 Ok\r\n"
    START_MAIL = b"354 Start mail input; end with <CR><LF>.<CR><LF>\r\n"
    CANNOT_VERIFY = b"252 2.5.0 Cannot VRFY user, but will accept message and attempt delivery\r\n"
    START_TLS = b"220 2.0.0 Ready to start TLS\r\n"
    AUTHENTICATED = b"235 2.7.0 Authentication successful\r\n"

    NO_SPACE = b"452 4.3.1 Requested action not taken: insufficient system storage\r\n"
    TOO_MANY_RECIPIENTS = b"452 4.5.3 Too many recipients\r\n"
    LOCAL_ERROR = b"451 4.3.0 Requested action aborted: local error in processing\r\n"
    CANNOT_PROCESS = b"451 4.3.5 Unable to process mail\r\n"
    AUTH_UNAVAILABLE = b"454 4.7.0 Temporary authentication failure\r\n"

    UNKNOWN_COMMAND = b"500 5.5.2 Syntax error, command unrecognized\r\n"
    LINE_TOO_LONG = b"500 5.5.2 Line too long\r\n"
    NO_PARAMETERS = b"501 5.5.2 Syntax error (no parameters allowed)\r\n"
    BAD_FROM = b"501 5.5.4 Syntax error in parameters or arguments (invalid FROM parameter)\r\n"
    BAD_TO = b"501 5.5.4 Syntax error in parameters or arguments (invalid TO parameter)\r\n"
    BAD_SIZE = b"501 5.5.4 Syntax error in parameters or arguments (invalid SIZE parameter)\r\n"
    BAD_BODY = b"501 5.5.4 Syntax error in parameters or arguments (invalid BODY parameter)\r\n"
    BAD_PARAMETER = b"501 5.5.4 Syntax error in parameters or arguments\r\n"
    BAD_CHUNK = b"501 5.5.4 Syntax error in parameters or arguments (BDAT needs a size, and LAST or nothing)\r\n"
    BAD_ADDRESS = b"553 5.1.3 The address is not a valid RFC 5321 address\r\n"
    UNAVAILABLE_MAILBOX = b"550 5.1.0 Requested action not taken: mailbox unavailable\r\n"
    ADDRESS_TOO_LONG = b"553 5.1.3 The address is too long\r\n"
    NOT_IMPLEMENTED = b"502 5.5.1 Command not implemented\r\n"

    HELLO_FIRST = b"503 5.5.1 Bad sequence of commands (HELO/EHLO required before MAIL)\r\n"
    RESET_FIRST = b"503 5.5.1 Bad sequence of commands (RSET/HELO/EHLO required before MAIL)\r\n"
    MAIL_FIRST = b"503 5.5.1 Bad sequence of commands (MAIL required before RCPT)\r\n"
    RECIPIENT_FIRST = b"503 5.5.1 Bad sequence of commands (MAIL & RCPT required before DATA)\r\n"
    CHUNKS_BEGUN = b"503 5.5.1 Bad sequence of commands (only BDAT or RSET after BDAT)\r\n"
    CHUNKS_NEEDED = b"503 5.5.1 Bad sequence of commands (BODY=BINARYMIME needs BDAT)\r\n"
    ALREADY_SECURE = b"503 5.5.1 Bad sequence of commands (TLS already in use)\r\n"
    ALREADY_AUTHENTICATED = b"503 5.5.1 Bad sequence of commands (already authenticated for this session)\r\n"
    AUTH_IN_MAIL = b"503 5.5.1 Bad sequence of commands (AUTH not permitted during mail transaction)\r\n"
    AUTH_AFTER_EHLO = b"503 5.5.1 Bad sequence of commands (EHLO required before AUTH)\r\n"

    AUTH_NEEDS_ARGUMENT = b"501 5.5.4 Malformed AUTH input (argument required)\r\n"
    AUTH_NOT_BASE64 = b"501 5.5.2 Syntax error (unable to decode)\r\n"
    AUTH_UNREADABLE = b"501 5.5.2 Syntax error (unable to parse)\r\n"
    AUTH_CANCELLED = b"501 5.7.0 Authentication cancelled\r\n"
    AUTH_UNKNOWN = b"504 5.5.4 Unrecognized authentication type\r\n"
    AUTH_REQUIRED = b"530 5.7.0 Authentication required\r\n"
    AUTH_INVALID = b"535 5.7.8 Authentication credentials invalid\r\n"
    AUTH_NEEDS_TLS = b"538 5.7.11 Encryption required for requested authentication mechanism\r\n"
    TLS_FIRST = b"530 5.7.0 Must issue a STARTTLS command first\r\n"

    TOO_MANY_CONNECTIONS = b"421 4.7.0 Too many connections, try again later\r\n"
    TOO_MANY_ERRORS = b"421 4.7.0 Too many errors, closing transmission channel\r\n"
    NOT_A_BROWSER = b"421 4.7.0 This is SMTP, not HTTP\r\n"
    STOPPING = b"421 4.3.2 Service shutting down, closing transmission channel\r\n"


def reply(code: int, status: str, text: str) -> bytes:
    """Return a one-line reply. status: the enhanced status code, "" for none.

    In the text unprintable characters become "?", and it is cut at 400 characters (RFC 5321 §4.5.3.1.5 allows 512
    octets); other characters are sent as UTF-8.
    """
    words = f"{code} {status} {printable(text)}" if status else f"{code} {printable(text)}"
    return words.encode() + b"\r\n"


def too_large(limit: int) -> bytes:
    """Return the refusal of content over the limit, in octets. RFC 1870 §6.1, §6.3."""
    return b"552 5.3.4 Requested mail action aborted: exceeded storage allocation (%d)\r\n" % limit


def hello(hostname: str, argument: str, keywords: tuple[str, ...] = ()) -> bytes:
    """Return the reply to HELO (no keywords), EHLO or LHLO. RFC 5321 §4.1.1.1."""
    lines = [f"{hostname} greets {printable(argument, limit=255)}".rstrip(), *keywords]
    marks = ["250-"] * (len(lines) - 1) + ["250 "]
    return "".join(f"{mark}{line}\r\n" for mark, line in zip(marks, lines, strict=True)).encode()


def printable(text: str, *, limit: int = 400) -> str:
    """Return the text with unprintable characters as "?", cut at `limit` characters."""
    return "".join(character if character.isprintable() else "?" for character in text[:limit])
