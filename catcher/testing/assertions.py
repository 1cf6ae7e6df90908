"""Assertions on mail for test suites: functions that raise AssertionError, with a readable copy of the mail.

They take a message of `catcher.client` or of an inbox, a message of Django or of `email`, or its octets.
"""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from catcher import testing
from catcher.assertions import (
    ChecksPass,
    HasAttachment,
    HtmlContains,
    LinksTo,
    Mail,
    NoTemplateVariables,
    Plain,
    RecipientsAre,
    SubjectIs,
    TextContains,
    TextIsHtml,
    UnsubscribeIsValid,
    difference,
    excerpt,
    normalised,
)
from catcher.mime import parse_addresses

UPDATE = "CATCHER_UPDATE_SNAPSHOTS"
"""Environment variable that makes assertions write snapshots instead of comparing."""

__tracebackhide__ = True


def assert_recipients(message: Any, *exactly: str) -> None:
    """Assert that it was sent to exactly these addresses, Bcc included, in any order."""
    _assert(message, RecipientsAre(exactly=exactly))


def assert_subject(message: Any, expected: "str | re.Pattern[str]") -> None:
    """Assert that the subject equals this text, or that this pattern is found in it."""
    if isinstance(expected, str):
        _assert(message, SubjectIs(equals=expected))
    else:
        mail = mail_of(message)
        _require(mail, expected.search(mail.subject), f"the subject {mail.subject!r} does not match {expected.pattern}")


def assert_text_contains(message: Any, *texts: str) -> None:
    """Assert that the plain text contains all of these; without plain text, that the visible text of the HTML does."""
    mail = mail_of(message)
    for text in texts:
        _assert(mail, TextContains(contains=text))


def assert_html_contains(message: Any, *texts: str) -> None:
    """Assert that the visible text of the HTML contains all of these."""
    mail = mail_of(message)
    for text in texts:
        _assert(mail, HtmlContains(contains=text))


def assert_links_to(message: Any, target: str = "", *, contains: str = "", host: str = "") -> str:
    """Assert that a link leads to this target and contains this text; return its URL.

    target: a host, where ".example.com" matches subdomains as well, or a URL; the query and the fragment of the link
    count only if the URL has them. host: a host.
    """
    mail = mail_of(message)
    target = target or host
    is_url = "://" in target
    wanted = LinksTo(url=target if is_url else "", host="" if is_url else target, contains=contains)
    _assert(mail, wanted)
    return next(url for url in mail.links if wanted.is_meant(url))


def assert_attachment(message: Any, name: str = "", *, type: str = "", sha256: str = "") -> None:
    """Assert that an attachment has this name, media type (such as application/pdf) and SHA-256 (in hex), if given."""
    _assert(message, HasAttachment(name=name, type=type, sha256=sha256))


def assert_no_template_variables(message: Any, *, ignore: Iterable[str] = ()) -> None:
    """Assert that no template variable was left unfilled and no value is missing. ignore: texts that are intended."""
    _assert(message, NoTemplateVariables(ignore=tuple(ignore)))


def assert_text_is_html(message: Any, *, alike: float | None = None) -> None:
    """Assert that plain text and HTML say the same. alike: the share of common words, one half by default."""
    _assert(message, TextIsHtml() if alike is None else TextIsHtml(alike=alike))


def assert_list_unsubscribe(message: Any, *, one_click: bool = False) -> None:
    """Assert that List-Unsubscribe is present and valid; with `one_click` for one-click too (RFC 8058)."""
    _assert(message, UnsubscribeIsValid(one_click=one_click))


def assert_checks(
    message: Any,
    *,
    min_score: float | None = None,
    fail_on: Literal["error", "warning", "info"] | None = None,
    ignore: Iterable[str] = (),
) -> None:
    """Assert that the checks that need no network find nothing as bad as `fail_on` and reach `min_score`.

    See `ChecksPass`.
    """
    mail = mail_of(message)
    failure = testing.checks_failure(ChecksPass(min_score=min_score, fail_on=fail_on, ignore=tuple(ignore)), mail)
    _require(mail, not failure, failure.replace("; ", "\n  "))


def assert_matches_snapshot(
    message: Any, file: str | os.PathLike[str], *, mask: Mapping[str, str] | None = None, update: bool | None = None
) -> None:
    """Assert that it equals the snapshot in the file, except for dates, ids, tokens and codes; see `normalised`.

    mask: further texts that differ each time, with their placeholders in the file. update: write the file instead of
    comparing; by default as `CATCHER_UPDATE_SNAPSHOTS` says.
    """
    mail, path = mail_of(message), Path(file)
    now = normalised(mail, mask=mask)
    if os.environ.get(UPDATE, "") not in ("", "0") if update is None else update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(now, "utf-8", newline="\n")
        return
    how = f"pytest --catcher-update-snapshots (or {UPDATE}=1) writes it"
    _require(mail, path.exists(), f"there is no snapshot {path.name}; {how}")
    changes = difference(path.read_text("utf-8"), now, name=path.name)
    if changes:
        raise AssertionError(f"the mail differs from the snapshot {path.name}; {how}\n{changes}")


def mail_of(message: Any) -> Mail:
    """Return any message in the form that assertions take. Raises TypeError for other objects."""
    if isinstance(message, Mail):
        return message
    if isinstance(message, bytes | bytearray | memoryview):
        return Mail.of(bytes(message))
    if callable(getattr(message, "message", None)):  # Django's, and the library's
        named = (address for each in message.recipients() for address in parse_addresses(str(each)))
        return Mail.of(message.message().as_bytes(), recipients=[address.addr_spec for address in named])
    if callable(getattr(message, "as_bytes", None)):
        return Mail.of(message.as_bytes())
    if isinstance(octets := getattr(message, "raw", None), bytes):
        return Mail.of(octets, recipients=getattr(message, "recipients", ()))
    raise TypeError(f"expected a message, not {type(message).__name__}")


def mail_excerpt(message: Any) -> str:
    """Return the header fields and texts of any message, shortened for a test report."""
    return excerpt(mail_of(message))


def _assert(message: Any, wanted: Plain) -> None:
    mail = mail_of(message)
    fault = wanted.fault(mail)
    _require(mail, not fault, fault)


def _require(mail: Mail, holds: object, fault: str) -> None:
    if not holds:
        raise AssertionError(f"{fault}\n\n{excerpt(mail)}")
