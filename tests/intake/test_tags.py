"""Tests of tag rules: over SMTP, from every setting that gives them. Mailpit compatibility: Tags."""

import smtplib
from pathlib import Path

import pytest

from catcher.errors import SettingError
from catcher.testing import RunningCatcher, running_catcher

MAIL = (
    b"From: Ann <ann@example.com>\r\nTo: bob+news@example.com\r\nSubject: Your order 42\r\nX-Tags: from header\r\n\r\n"
    b"Pay NOW or never\r\n"
)


def tags(catcher: RunningCatcher, mail: bytes = MAIL, *, user: str = "") -> tuple[str, ...]:
    """The tags that a message gets from intake."""
    with smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=30) as client:
        if user:
            client.login(user, "x")
        client.sendmail("bounce@example.com", ["bob+news@example.com"], mail)
    return catcher.store.latest().tags


def test_rules_of_one_line_tag_by_search_and_by_text() -> None:
    """`--tag`: a search query, or text in the octets in any letter case; several tags, quotation marks."""
    rules = (
        '''shop,"Order mail"="subject:order from:ann@example.com" loud="pay now" never=to:nobody raw="x-tags: FROM"'''
    )
    with running_catcher(tag=rules, tags_disable="x-tags plus-addresses") as catcher:
        assert tags(catcher) == ("loud", "Order mail", "raw", "shop")
        assert tags(catcher, b"Subject: else\r\n\r\nx\r\n") == ()


def test_rules_come_from_tables_and_from_mailpits_file(tmp_path: Path) -> None:
    """[[tag_rules]] and --tags-config are combined; tag names may be Unicode."""
    file = tmp_path / "tags.yml"
    file.write_text('filters:\n  - match: "larger:10 -is:tagged"\n    tags: "Größe, two"\n')
    rules = '[{"match": "user:ann", "tags": ["by ann"]}]'
    with running_catcher(tag_rules=rules, tags_config=str(file), tags_disable="xtags, plus-addressing") as catcher:
        assert tags(catcher) == ("Größe", "two")
        assert tags(catcher, user="ann") == ("by ann", "Größe", "two")


def test_sources_are_switched_off_and_put_into_title_case() -> None:
    """--tags-disable, --tags-username, --tags-title-case; the last for tags of the message only."""
    with running_catcher() as catcher:
        assert tags(catcher) == ("from header", "news")
    with running_catcher(tags_disable="x-tags", tags_username=True) as catcher:
        assert tags(catcher, user="sTaging") == ("news", "sTaging")
    with running_catcher(tags_title_case=True, tag='"as is"=order') as catcher:
        assert tags(catcher) == ("as is", "From Header", "News")


def test_a_large_mail_is_tagged_too() -> None:
    """Its octets are in a mapped file; the text may be anywhere in it."""
    body = b"a line of words\r\n" * 200_000
    with running_catcher(tag="deep=needle-in-it") as catcher:
        assert tags(catcher, b"Subject: large\r\n\r\n" + body + b"NEEDLE-in-it\r\n") == ("deep", "news")


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"tag": "justatag"}, "tag"),
        ({"tag": "=match"}, "tag"),
        ({"tag": 'a="open'}, "tag"),
        ({"tag": "a=before:x"}, "before"),
        ({"tag_rules": '[{"match": "x"}]'}, "tag-rules"),
        ({"tags_disable": "everything"}, "tags-disable"),
        ({"tags_config": "/nowhere/tags.yml"}, "tags-config"),
    ],
)
def test_invalid_rules_stop_the_start(settings: dict[str, str], text: str) -> None:
    """The error is one line that names the setting."""
    with pytest.raises(SettingError, match=text), running_catcher(**settings):
        pass


@pytest.mark.parametrize(
    "content", ["a: b", "filters: x", "filters:\n- match: x", "filters:\n- x", "{", "filters: [{match: '', tags: a}]"]
)
def test_a_file_without_rules_stops_the_start(tmp_path: Path, content: str) -> None:
    """A missing `filters` is an error; so is an entry without its two keys. Mailpit compatibility: Tags."""
    file = tmp_path / "tags.yml"
    file.write_text(content)
    with pytest.raises(SettingError, match="tags-config"), running_catcher(tags_config=str(file)):
        pass
