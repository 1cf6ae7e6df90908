"""Content-Type and Content-Disposition, well-formed and not."""

import pytest

from catcher import mime
from catcher.mime.fields.parameters import disposition_of, media_type_of


@pytest.mark.parametrize(
    ("body", "media_type", "parameters"),
    [
        ("text/plain; charset=utf-8", "text/plain", {"charset": "utf-8"}),
        ('TEXT/HTML;Charset="UTF-8"', "text/html", {"charset": "UTF-8"}),
        ("text/plain charset=utf-8", "text/plain", {"charset": "utf-8"}),
        ('multipart/mixed\tboundary="b"', "multipart/mixed", {"boundary": "b"}),
        ("text/html;iso-8859-1", "text/html", {}),
        ("text/plain (c) ; (d) charset=utf-8", "text/plain", {"charset": "utf-8"}),
        ("text", "text", {}),
        ("", "text/plain", {}),
        ("/plain", "application/octet-stream", {}),
        ("application/x; name=a b c.txt; x=y", "application/x", {"name": "a b c.txt", "x": "y"}),
        ('application/x; name="a\\"b\\\\c\\d;e"; x=y', "application/x", {"name": 'a"b\\c\\d;e', "x": "y"}),
        ('application/x; name="a""b"; x=y', "application/x", {"name": "a", "x": "y"}),
        ('application/x; name="a"b; x=y', "application/x", {"name": "a", "x": "y"}),
        ("application/x; name*=utf-8''a; name*1=b", "application/x", {"name": "ab"}),
        ('multipart/mixed; boundary="=?utf-8?q?x?="', "multipart/mixed", {"boundary": "=?utf-8?q?x?="}),
        ('application/x; name="unclosed', "application/x", {"name": "unclosed"}),
        ("application/x; name*=utf-8'en'a%20b%C3%A9", "application/x", {"name": "a bé"}),
        ("application/x; name*1=b; name*0=a", "application/x", {"name": "ab"}),
        ("application/x; name*0*=utf-8''%C3; name*1*=%A9; name*2=c", "application/x", {"name": "éc"}),
        ('application/x; name="=?utf-8?q?=C3=A9?=.txt"', "application/x", {"name": "é.txt"}),
        ('application/x; name*0="=?utf-8?q?a"; name*1="b?="', "application/x", {"name": "ab"}),
        ("text/plain; charset=utf-8; charset=latin1", "text/plain", {"charset": "utf-8"}),
        ("text/plain;;; =x; charset = utf-8 ;", "text/plain", {"charset": "utf-8"}),
        ("multipart/mixed; boundary=a=b=?c", "multipart/mixed", {"boundary": "a=b=?c"}),
    ],
)
def test_content_type_is_read(body: str, media_type: str, parameters: dict[str, str]) -> None:
    """Parameters in sections, charsets and quotes; forgotten semicolons. RFC 2045 §5.1, RFC 2231 §3, §4."""
    assert media_type_of(body) == (media_type, tuple(parameters.items()))


@pytest.mark.parametrize(
    ("body", "disposition"),
    [
        ("inline", "inline"),
        ("ATTACHMENT; filename=x", "attachment"),
        ("x-other", "attachment"),
        ('; filename="x"', ""),
        ('filename="x"', ""),
        ("form-data; name=a", ""),
        ("form-data; name=a; filename=b", "attachment"),
        ("", ""),
    ],
)
def test_disposition_is_read(body: str, disposition: str) -> None:
    """Unknown words count as attachment, a parameter alone as none. RFC 2183 §2.8."""
    assert disposition_of(body)[0] == disposition


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ('Content-Disposition: attachment; filename="a.txt"\r\nContent-Type: text/x; name=b.txt', "a.txt"),
        ("Content-Type: text/x; name=b.txt", "b.txt"),
        ('Content-Disposition: attachment; filename="../../etc/passwd"', "passwd"),
        ('Content-Disposition: attachment; filename="C:\\\\temp\\\\x.txt"', "x.txt"),
        ("Content-Disposition: attachment; filename*=utf-8''a%0D%0AX-Evil:%20b%00", "a  X-Evil: b"),
        ("Content-Disposition: attachment; filename*=utf-8''gpj%E2%80%AEexe", "gpjexe"),
        ("Content-Disposition: attachment; filename=..", ""),
        (f"Content-Disposition: attachment; filename={'x' * 9999}.pdf", f"{'x' * 996}.pdf"),
    ],
)
def test_file_names_are_safe_to_show(fields: str, name: str) -> None:
    """No directories, control characters or direction overrides come through. CWE-22, CWE-93."""
    assert mime.parse(f"{fields}\r\n\r\nx".encode()).parts[0].file_name == name


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", '; charset="UTF-8"', "; charset=us-ascii"])
@pytest.mark.parametrize("media_type", ["text/plain", "text/html"])
def test_usual_content_types_are_parsed_like_all_others(media_type: str, charset: str) -> None:
    """The table of usual bodies agrees with the parser, which a leading space calls."""
    assert media_type_of(f"{media_type}{charset}") == media_type_of(f" {media_type}{charset}")
