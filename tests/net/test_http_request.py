"""Tests of catcher.net.http_request."""

import pytest

from catcher.net.http_request import is_http


@pytest.mark.parametrize(
    "line",
    [b"POST / HTTP/1.1", b"post /x HTTP/1.0\r", b"GET /", b"PRI * HTTP/2.0", b"QUIT / HTTP/1.1", b"Host: a.test:1110"],
)
def test_lines_of_a_request_are_recognized(line: bytes) -> None:
    """A browser sends any method without spaces, among them verbs of this protocol, and always a version or a Host."""
    assert is_http(line)


@pytest.mark.parametrize(
    "line", [b"", b" ", b"USER post", b"PASS GET / HTTP", b"HELO host", b"EHLO HTTP/1.1.test", b"MAIL FROM:<http/1@a>"]
)
def test_commands_of_mail_protocols_are_not(line: bytes) -> None:
    """Arguments may be anything but the version at the end."""
    assert not is_http(line)
