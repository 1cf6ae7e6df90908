"""Assertions on mail for test suites: functions that raise AssertionError with the mail in it, readably.

They take a message of `catcher.client` or of an inbox, a message of Django or of `email`, or its octets.
"""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from catcher.assertions import Mail, Plain

UPDATE = "CATCHER_UPDATE_SNAPSHOTS"
"""Environment variable that lets snapshots be written."""

__tracebackhide__ = True


def assert_recipients(message: Any, *exactly: str) -> None:
    """It went to exactly these addresses, in any order, those of hidden copies included."""
    from catcher.assertions import RecipientsAre

    _assert(message, RecipientsAre(exactly=exactly))


def assert_subject(message: Any, expected: "str | re.Pattern[str]") -> None:
    """Its subject is this text, or one that this pattern finds something in."""
    from catcher.assertions import SubjectIs

    if isinstance(expected, str):
        _assert(message, SubjectIs(equals=expected))
    else:
        mail = mail_of(message)
        _require(mail, expected.search(mail.subject), f"the subject {mail.subject!r} does not match {expected.pattern}")


def assert_text_contains(message: Any, *texts: str) -> None:
    """Its plain text contains all of these; of a message without one, what is seen of its HTML does."""
    from catcher.assertions import TextContains

    mail = mail_of(message)
    for text in texts:
        _assert(mail, TextContains(contains=text))


def assert_html_contains(message: Any, *texts: str) -> None:
    """What a reader sees of its HTML contains all of these."""
    from catcher.assertions import HtmlContains

    mail = mail_of(message)
    for text in texts:
        _assert(mail, HtmlContains(contains=text))


def assert_links_to(message: Any, host: str = "", *, contains: str = "") -> str:
    """It links to this host, or below it when it begins with a dot, at an address that contains this; the address."""
    from catcher.assertions import LinksTo

    mail = mail_of(message)
    wanted = LinksTo(host=host, contains=contains)
    _assert(mail, wanted)
    return next(url for url in mail.links if wanted.is_meant(url))


def assert_attachment(message: Any, name: str = "", *, type: str = "", sha256: str = "") -> None:
    """It has a file with all of these that are given. type: such as application/pdf; sha256: in hex."""
    from catcher.assertions import HasAttachment

    _assert(message, HasAttachment(name=name, type=type, sha256=sha256))


def assert_no_template_variables(message: Any, *, ignore: Iterable[str] = ()) -> None:
    """No variable is left unfilled and no value missing; `ignore` has texts that are meant so."""
    from catcher.assertions import NoTemplateVariables

    _assert(message, NoTemplateVariables(ignore=tuple(ignore)))


def assert_text_is_html(message: Any, *, alike: float | None = None) -> None:
    """Text and HTML say the same: they share this part of their words, half of them unless it is given."""
    from catcher.assertions import TextIsHtml

    _assert(message, TextIsHtml() if alike is None else TextIsHtml(alike=alike))


def assert_list_unsubscribe(message: Any, *, one_click: bool = False) -> None:
    """List-Unsubscribe is there and valid; with `one_click` also for one click (RFC 8058)."""
    from catcher.assertions import UnsubscribeIsValid

    _assert(message, UnsubscribeIsValid(one_click=one_click))


def assert_checks(
    message: Any,
    *,
    min_score: float | None = None,
    fail_on: Literal["error", "warning", "info"] | None = None,
    ignore: Iterable[str] = (),
) -> None:
    """The checks that ask nobody find nothing as bad as `fail_on`, and give at least `min_score`; see `ChecksPass`."""
    from catcher.assertions import ChecksPass
    from catcher.testing.checks import fault_of_checks

    mail = mail_of(message)
    wanted = ChecksPass(min_score=min_score, fail_on=fail_on, ignore=tuple(ignore))
    fault = fault_of_checks(wanted, mail)
    _require(mail, not fault, fault.replace("; ", "\n  "))


def assert_matches_snapshot(
    message: Any, file: str | os.PathLike[str], *, mask: Mapping[str, str] | None = None, update: bool | None = None
) -> None:
    """It is what the file keeps, dates, ids, tokens and codes aside; see `normalised`.

    mask: further texts that differ each time, with what stands for them in the file. update: write the file instead;
    without it, as `CATCHER_UPDATE_SNAPSHOTS` says.
    """
    from catcher.assertions.snapshot import difference, normalised

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
        raise AssertionError(f"the mail is not what {path.name} keeps; {how}\n{changes}")


def mail_of(message: Any) -> "Mail":
    """Any message as assertions see it. Raises TypeError for what is none."""
    from catcher.assertions import Mail

    if isinstance(message, Mail):
        return message
    if isinstance(message, bytes | bytearray | memoryview):
        return Mail.of(bytes(message))
    if callable(getattr(message, "message", None)):  # Django's, and the library's
        from catcher.mime import parse_addresses

        named = (address for each in message.recipients() for address in parse_addresses(str(each)))
        return Mail.of(message.message().as_bytes(), recipients=[address.addr_spec for address in named])
    if callable(getattr(message, "as_bytes", None)):
        return Mail.of(message.as_bytes())
    if isinstance(octets := getattr(message, "raw", None), bytes):
        return Mail.of(octets, recipients=getattr(message, "recipients", ()))
    raise TypeError(f"expected a message, not {type(message).__name__}")


def _assert(message: Any, wanted: "Plain") -> None:
    mail = mail_of(message)
    fault = wanted.fault(mail)
    _require(mail, not fault, fault)


def _require(mail: "Mail", holds: object, fault: str) -> None:
    if not holds:
        from catcher.assertions import excerpt

        raise AssertionError(f"{fault}\n\n{excerpt(mail)}")
