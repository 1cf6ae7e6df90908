"""Tests of `catcher ingest`, `dump` and `reindex` with real files and databases."""

import contextlib
import json
import mailbox
import os
import threading
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, create_engine, text

from catcher.envelope import Client, Envelope, ForwardPath
from catcher.intake import deliver_now
from catcher.mail import EmailMessage, get_connection
from catcher.store import ByIds, Store
from catcher.store.search import parse
from catcher.testing import running_catcher
from catcher.transfer import MessageCopy, StoreSource, stream_mbox, stream_zip
from tests.cli.conftest import Run
from tests.waiting import wait_until

ONE = (
    b"Return-Path: <r@x.y>\r\nFrom: f@x.y\r\nTo: a@x.y\r\n"
    b"Date: Mon, 4 May 2026 05:02:01 +0200\r\nSubject: one\r\n\r\nx\r\n"
)
MOMENT = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
TWO = b"From: f@x.y\nTo: b@x.y\nSubject: two\n\nFrom here on\n\xff\xfe\n"


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{path}") as store:
        yield store


def contents(path: Path) -> list[bytes]:
    """The octets of all messages, oldest first."""
    with opened(path) as store:
        return [store.raw(one.store_id) for one in store.page(limit=1000).messages][::-1]


def fill(run: Run, tmp_path: Path, *mails: bytes) -> Path:
    """A database with these messages."""
    folder, database = tmp_path / "mails", tmp_path / "mail.db"
    folder.mkdir()
    for number, mail in enumerate(mails):
        (folder / f"{number:03d}.eml").write_bytes(mail)
    done = run("ingest", "-d", database, folder)
    assert done.returncode == 0, done.stderr
    return database


# ingest


def test_files_are_imported_octet_for_octet(run: Run, tmp_path: Path) -> None:
    """An .eml file is stored unchanged; the envelope comes from Return-Path or From, and from To."""
    database = fill(run, tmp_path, ONE, TWO)
    assert contents(database) == [ONE, TWO]
    with opened(database) as store:
        two, one = [store.get(summary.store_id).envelope for summary in store.page().messages]
    assert (one.reverse_path, one.recipients) == ("r@x.y", ("a@x.y",))
    assert (two.reverse_path, two.recipients) == ("f@x.y", ("b@x.y",))


def test_the_date_field_can_be_the_time_of_receipt(run: Run, tmp_path: Path) -> None:
    """--use-message-dates; without the option or a Date field it is now."""
    (tmp_path / "a.eml").write_bytes(ONE)
    (tmp_path / "b.eml").write_bytes(TWO)
    done = run("ingest", "-d", tmp_path / "m.db", "--use-message-dates", tmp_path / "a.eml", tmp_path / "b.eml")
    assert (done.returncode, done.stdout) == (0, b"2 messages imported\n")
    with opened(tmp_path / "m.db") as store:
        two, one = store.page().messages
    assert one.received_at == datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    assert abs((datetime.now(UTC) - two.received_at).total_seconds()) < 600


def test_an_mbox_of_the_standard_library_is_imported(run: Run, tmp_path: Path) -> None:
    """It has quoted "From " lines and the system's line ends."""
    box = mailbox.mbox(tmp_path / "box", create=True)
    for mail in (ONE.replace(b"\r\n", b"\n"), TWO):
        box.add(mail)
    box.close()
    done = run("ingest", "-d", tmp_path / "m.db", tmp_path / "box")
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "m.db") == [ONE, TWO.replace(b"\n", b"\r\n")]


def test_a_maildir_is_imported_with_its_read_marks(run: Run, tmp_path: Path) -> None:
    """Maildir: new and cur of every folder, not tmp; the flag S means read."""
    box = mailbox.Maildir(tmp_path / "box", create=True)
    box.add(ONE.replace(b"\r\n", b"\n"))
    seen = mailbox.MaildirMessage(b"From: f@x.y\nSubject: seen\n\nx\n")
    seen.set_subdir("cur")
    seen.add_flag("S")
    box.add_folder("sub").add(seen)
    (tmp_path / "box" / "tmp" / "half").write_bytes(b"Subject: half")
    done = run("ingest", "-d", tmp_path / "m.db", tmp_path / "box")
    assert done.returncode == 0, done.stderr
    with opened(tmp_path / "m.db") as store:
        assert {one.subject: one.is_read for one in store.page().messages} == {"one": False, "seen": True}


def test_logs_of_the_file_based_backend_are_imported(run: Run, tmp_path: Path) -> None:
    """The messages of `filebased.EmailBackend` are read back."""
    folder = tmp_path / "logs"
    with get_connection("catcher.mail.backends.filebased.EmailBackend", file_path=folder) as connection:
        for number in range(3):
            EmailMessage(f"number {number}", "-" * 79 + "\nbody", "f@x.y", ["a@x.y"], connection=connection).send()
    done = run("ingest", "-d", tmp_path / "m.db", folder)
    assert (done.returncode, done.stdout) == (0, b"3 messages imported\n"), done.stderr
    with opened(tmp_path / "m.db") as store:
        assert [one.subject for one in store.page().messages] == ["number 2", "number 1", "number 0"]


def test_files_without_mail_are_listed_and_the_rest_is_imported(run: Run, tmp_path: Path) -> None:
    """Exit code 1, one line for each; hidden files, and old ones with --recent, are left out silently."""
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "good.eml").write_bytes(ONE)
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "large.eml").write_bytes(ONE + b"x" * 1_100_000)
    (folder / ".hidden").write_bytes(ONE)
    (folder / "old.eml").write_bytes(TWO)
    os.utime(folder / "old.eml", (0, 0))
    done = run("ingest", "-d", tmp_path / "m.db", "--recent", "2", "--max-message-size", "1", folder, tmp_path / "none")
    assert (done.returncode, done.stdout) == (1, b"1 message imported\n")
    told = done.stderr.decode()
    for name in ("picture.png: not a message", "large.eml: more than", "none: does not exist"):
        assert name in told
    assert contents(tmp_path / "m.db") == [ONE]


@pytest.mark.slow
def test_many_messages_are_imported_in_batches(run: Run, tmp_path: Path) -> None:
    """More than one batch, in the order of the file names."""
    mails = [b"To: a@x.y\r\nSubject: %d\r\n\r\n" % number for number in range(450)]
    assert contents(fill(run, tmp_path, *mails)) == mails


def test_mail_can_be_sent_to_a_server_instead(run: Run, tmp_path: Path) -> None:
    """-S uses one SMTP session; messages without recipients are skipped."""
    (tmp_path / "1.eml").write_bytes(ONE)
    (tmp_path / "2.eml").write_bytes(TWO)
    (tmp_path / "3.eml").write_bytes(b"Subject: nobody\n\n")
    with running_catcher() as catcher:
        files = [tmp_path / f"{number}.eml" for number in (1, 2, 3)]
        done = run("ingest", "-S", f"{catcher.smtp_host}:{catcher.smtp_port}", *files)
        assert (done.returncode, done.stdout) == (1, b"2 messages imported\n"), done.stderr
        assert b"3.eml: has no recipients" in done.stderr
        two, one = catcher.store.page().messages
        assert catcher.store.raw(one.store_id) == ONE
        assert catcher.store.raw(two.store_id) == TWO.replace(b"\n", b"\r\n")
        assert catcher.store.get(one.store_id).envelope.reverse_path == "r@x.y"


@pytest.mark.slow
def test_a_running_server_sees_imported_messages(run_process: Run, tmp_path: Path) -> None:
    """Messages imported by another process are visible at once."""
    (tmp_path / "1.eml").write_bytes(ONE)
    with running_catcher(database=str(tmp_path / "m.db")) as catcher:
        assert run_process("ingest", "-d", tmp_path / "m.db", tmp_path / "1.eml").returncode == 0
        assert catcher.store.counts().messages == 1


# dump


def test_a_folder_is_filled_and_completed(run: Run, tmp_path: Path) -> None:
    """A file per message, named by its id, dated with the time of receipt; existing files stay."""
    database = fill(run, tmp_path, ONE, TWO)
    done = run("dump", "-d", database, tmp_path / "out")
    assert (done.returncode, done.stdout) == (0, b"2 messages written\n"), done.stderr
    with opened(database) as store:
        two, one = store.page().messages
    file = tmp_path / "out" / f"{one.store_id}.eml"
    assert file.read_bytes() == ONE
    assert abs(file.stat().st_mtime - one.received_at.timestamp()) < 0.01
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_bytes(b"mine")
    (tmp_path / "out" / f"{two.store_id}.eml").unlink()
    done = run("dump", "-d", database, tmp_path / "out")
    assert done.stdout == b"1 message written, 1 already present\n"
    assert file.read_bytes() == b"mine"
    assert (tmp_path / "out" / f"{two.store_id}.eml").read_bytes() == TWO
    assert len(list((tmp_path / "out").glob("*.eml"))) == 2


ODD = (
    ONE,
    b"Subject: bare\r\n\r\nFrom here\r\n>From there\r\n.\r\n",
    b"To: a@x.y\r\n\r\n",
    b"From: f@x.y\nSubject: line feeds\n\nno end",
    b"\r\nno header section at all",
    b"\x89PNG\r\n\x1a\n\0\0",
    b"",
    b"lone\rCR\nand LF\r\n\r\n",
    b"From x@y Mon May  4 03:02:01 2026\r\nX-Catcher-Envelope: {}\r\n\r\n",
    b"S: x\r\n\r\n" + b"x" * 70_000,
)
ENVELOPES = (
    Envelope(reverse_path="", forward_paths=(ForwardPath(addr_spec="a@x.y"),), received_at=MOMENT),
    Envelope(reverse_path="grüße@例え.jp", forward_paths=(), received_at=MOMENT.replace(year=1971)),
    Envelope(
        reverse_path="f@x.y",
        forward_paths=tuple(ForwardPath(addr_spec=f"r{number}@x.y") for number in range(1000)),
        received_at=MOMENT.replace(microsecond=7000),
    ),
    Envelope(
        reverse_path='"odd \\"one"@x.y',
        forward_paths=(
            ForwardPath(addr_spec="A+tag@X.y", parameters=(("NOTIFY", "SUCCESS,DELAY"), ("ORCPT", "rfc822;a+2Bb@c"))),
            ForwardPath(addr_spec="A+tag@X.y", parameters=(("FLAG", None),)),
        ),
        received_at=MOMENT,
        client=Client(
            address="::1", port=25, helo="[::1]", protocol="ESMTPSA", user="ann", mechanism="PLAIN", tls="TLSv1.3"
        ),
        parameters=(("BODY", "8BITMIME"), ("SMTPUTF8", None)),
        notes=("a note",),
        transcript="S: 220 hello\nC: EHLO  x\n",
    ),
)


def filled(path: Path) -> list[tuple[bytes, Envelope, tuple[str, ...], tuple[str, ...], bool, bool]]:
    """Store each odd message with each envelope, some with tags, inboxes and marks; return what is stored."""
    with opened(path) as store:
        for content in ODD:
            deliver_now(store, [(envelope, content) for envelope in ENVELOPES])
        ids = [one.store_id for one in store.page(limit=1000).messages]
        store.set_tags(ids[1::2], ["Ünï code", "two"])
        store.mark(ByIds(tuple(ids[::3])), is_read=True)
        store.pin(ByIds(tuple(ids[::5])), is_pinned=True)
    return stored(path)


def stored(path: Path) -> list[tuple[bytes, Envelope, tuple[str, ...], tuple[str, ...], bool, bool]]:
    """The octets, envelopes, tags, inboxes and marks of all messages, in an order that does not depend on ids."""
    with opened(path) as store:
        found = [
            (
                octets,
                store.get(one.store_id).envelope,
                one.tags,
                one.inboxes,
                one.is_read,
                one.is_pinned,
            )
            for one in store.page(limit=1000).messages
            for octets in [store.raw(one.store_id)]
        ]
    return sorted(found, key=repr)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["out.mbox", "maildir", "out.zip", "folder", "unpacked", "moved"])
def test_what_dump_writes_comes_back_in_full(run: Run, tmp_path: Path, name: str) -> None:
    """Octets, envelope, tags, inboxes and marks, from every format, from an unpacked zip file and a moved Maildir."""
    before = filled(tmp_path / "m.db")
    target = tmp_path / ("out.zip" if name == "unpacked" else name)
    kind = ["-F", "maildir"] if name in {"maildir", "moved"} else []
    done = run("dump", "-d", tmp_path / "m.db", *kind, target)
    assert done.returncode == 0, done.stderr
    if name == "unpacked":
        with zipfile.ZipFile(target) as packed:
            assert packed.testzip() is None
            packed.extractall(tmp_path / "unpacked")
        target = tmp_path / "unpacked"
    if name == "moved":
        for file in (target / "new").iterdir():
            file.rename(target / "cur" / f"{file.name}:2,")
    done = run("ingest", "-d", tmp_path / "again.db", target)
    assert (done.returncode, done.stderr) == (0, b"")
    assert stored(tmp_path / "again.db") == before


@pytest.mark.slow
def test_downloads_of_the_pages_come_back_in_full(run: Run, tmp_path: Path) -> None:
    """The archives that the web interface offers have the same records."""
    before = filled(tmp_path / "m.db")
    with opened(tmp_path / "m.db") as store:
        for name, stream in (("d.zip", stream_zip), ("d.mbox", stream_mbox)):
            copies = (one for one in StoreSource(store) if isinstance(one, MessageCopy))
            (tmp_path / name).write_bytes(b"".join(stream(copies)))
            done = run("ingest", "-d", tmp_path / f"{name}.db", tmp_path / name)
            assert (done.returncode, done.stderr) == (0, b"")
            assert stored(tmp_path / f"{name}.db") == before


@pytest.mark.slow
def test_a_dump_over_http_has_the_envelopes(run: Run, tmp_path: Path) -> None:
    """All of the envelope that the API has, and the messages stay unread."""
    filled(tmp_path / "m.db")
    with running_catcher(database=str(tmp_path / "m.db")) as catcher:
        unread = catcher.store.counts().unread
        done = run("dump", "--http", catcher.url, tmp_path / "out.zip")
        assert done.returncode == 0, done.stderr
        assert catcher.store.counts().unread == unread
    assert run("ingest", "-d", tmp_path / "again.db", tmp_path / "out.zip").returncode == 0

    def shown(path: Path) -> list[str]:
        bare = [
            (octets, replace(one, transcript="", client=replace(one.client, port=0, mechanism="")), tags, is_read)
            for octets, one, tags, _, is_read, _ in stored(path)
        ]
        return sorted(map(repr, bare))

    assert shown(tmp_path / "again.db") == shown(tmp_path / "m.db")


def test_an_archive_sent_to_a_server_has_its_envelopes(run: Run, tmp_path: Path) -> None:
    """Reverse-path, recipients and the parameters of delivery reports; RFC 3461 §4."""
    envelope = replace(
        ENVELOPES[3], reverse_path="", parameters=(("RET", "HDRS"), ("ENVID", "x+20y"), ("HOLDFOR", "5"))
    )
    with opened(tmp_path / "m.db") as store:
        deliver_now(store, [(envelope, ONE), (ENVELOPES[2], TWO)])
    assert run("dump", "-d", tmp_path / "m.db", tmp_path / "out.mbox").returncode == 0
    with running_catcher() as catcher:
        done = run("ingest", "-S", f"{catcher.smtp_host}:{catcher.smtp_port}", tmp_path / "out.mbox")
        assert (done.returncode, done.stdout) == (0, b"2 messages imported\n"), done.stderr
        two, one = [catcher.store.get(summary.store_id).envelope for summary in catcher.store.page().messages]
    assert (one.reverse_path, one.recipients) == ("", envelope.recipients)
    assert one.forward_paths[0].parameters == envelope.forward_paths[0].parameters
    assert {("RET", "HDRS"), ("ENVID", "x+20y")} <= set(one.parameters)
    assert "HOLDFOR" not in dict(one.parameters)
    assert two.recipients == ENVELOPES[2].recipients


VALID = b'{"file":"1.eml","envelope":{"reverse_path":"a@b.c","forward_paths":[],"received_at":"2026-01-01T00:00:00Z"}}'


@pytest.mark.parametrize(
    "line",
    [
        VALID,
        b"nonsense",
        b'{"file":"1.eml"}',
        VALID.replace(b"a@b.c", b"a\\nX: y"),
        VALID.replace(b"2026-01-01T00:00:00Z", b"0001-01-01T00:00:00+23:00"),
    ],
)
def test_a_record_that_is_none_is_reported_or_replaced(run: Run, tmp_path: Path, line: bytes) -> None:
    """An envelope from anywhere has no line ends in its addresses; without a usable one it is inferred."""
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "1.eml").write_bytes(ONE)
    (tmp_path / "mails" / ".catcher-envelopes.jsonl").write_bytes(line + b"\n")
    done = run("ingest", "-d", tmp_path / "m.db", tmp_path / "mails")
    assert done.stdout == b"1 message imported\n"
    assert (b"line 1: not the envelope" in done.stderr) == (line == b"nonsense")
    with opened(tmp_path / "m.db") as store:
        assert store.get(store.latest().store_id).envelope.reverse_path == ("a@b.c" if line == VALID else "r@x.y")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "octets", "reason"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * 99, "a PNG image"),
        ("a.eml", b"%PDF-1.7\nSubject: x\n", "a PDF document"),
        ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "an Outlook message"),
        ("a.bin", bytes(range(256)) * 9, "no header section"),
        ("a.yml", b"version: 2\nservices:\n  to: x\n", "no header section"),
        ("a.ics", b"BEGIN:VCALENDAR\nVERSION:2.0\n", "no header section"),
        ("a.txt", b"Hello,\nSubject: x\n", "no header section"),
        ("a.eml", b"", "no header section"),
        ("a.zip", b"PK\x03\x04damaged", "zip file"),
        ("a.db", b"SQLite format 3\0", "a database"),
    ],
)
@pytest.mark.parametrize("place", ["named", "folder", "zip"])
def test_what_is_no_mail_is_refused_by_name(
    run: Run, tmp_path: Path, name: str, octets: bytes, reason: str, place: str
) -> None:
    """A file on the command line, in a folder and in a zip file alike; the message beside it is taken."""
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "good.eml").write_bytes(b"\xef\xbb\xbf" + ONE)
    (folder / name).write_bytes(octets)
    paths = [folder / "good.eml", folder / name] if place == "named" else [folder]
    if place == "zip":
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
            for file in folder.iterdir():
                packed.write(file, f"some/{file.name}")
        paths = [tmp_path / "all.zip"]
    done = run("ingest", "-d", tmp_path / "m.db", *paths)
    assert (done.returncode, done.stdout) == (1, b"1 message imported\n")
    (line,) = done.stderr.decode().splitlines()
    assert name in line
    assert reason in line


def test_a_zip_file_of_any_kinds_of_mail_is_read(run: Run, tmp_path: Path) -> None:
    """Messages, an mbox file, a Maildir and a log; hidden files are left out; a damaged entry is reported."""
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        packed.writestr("one.eml", ONE)
        packed.writestr("box", b"From a@b.c Mon May  4 03:02:01 2026\nSubject: m\n\nx\n")
        packed.writestr("dir/cur/1.a.b:2,S", b"Subject: seen\n\nx\n")
        packed.writestr("my.log", b"Subject: l\n\nx\n" + b"-" * 79 + b"\n")
        packed.writestr("__MACOSX/._one.eml", ONE)
        packed.writestr("broken.eml", ONE * 9)
    octets = (tmp_path / "all.zip").read_bytes()
    place = octets.index(ONE * 9)
    (tmp_path / "all.zip").write_bytes(octets[:place] + b"X" + octets[place + 1 :])
    done = run("ingest", "-d", tmp_path / "m.db", tmp_path / "all.zip")
    assert (done.returncode, done.stdout) == (1, b"4 messages imported\n"), done.stderr
    assert b"broken.eml: is damaged" in done.stderr
    with opened(tmp_path / "m.db") as store:
        assert {one.subject: one.is_read for one in store.page().messages} == {
            "one": False,
            "m": False,
            "seen": True,
            "l": False,
        }


def test_a_zip_bomb_is_skipped(run: Run, tmp_path: Path) -> None:
    """An entry larger than the limit is not read, whatever its packed size."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.eml", ONE + b"x" * 1_100_000)
    done = run("ingest", "-d", tmp_path / "m.db", "--max-message-size", "1", tmp_path / "a.zip")
    assert (done.returncode, done.stdout) == (1, b"0 messages imported\n")
    assert b"a.eml: more than 1,048,576 octets" in done.stderr


def test_sizes_may_be_unlimited_and_limited(run: Run, tmp_path: Path) -> None:
    """--max-message-size of Mailpit's commands: 0 for no limit."""
    (tmp_path / "a.eml").write_bytes(ONE + b"x" * 1_100_000)
    assert run("ingest", "-d", tmp_path / "m.db", "--max-message-size", "0", tmp_path / "a.eml").returncode == 0
    done = run("dump", "-d", tmp_path / "m.db", "--max-message-size", "1", tmp_path / "out")
    assert (done.returncode, done.stdout) == (1, b"0 messages written\n")
    assert b"more than 1,048,576 octets" in done.stderr
    with opened(tmp_path / "m.db") as store:
        store_id = store.latest().store_id
    done = run("dump", "-d", tmp_path / "m.db", "-v", "--max-message-size", "0", tmp_path / "out")
    assert done.stdout.decode() == f"{store_id}\n1 message written\n"


def test_mail_goes_to_the_running_server_by_default(run: Run, tmp_path: Path) -> None:
    """At the address that `sendmail` uses, too; the local database is not touched."""
    (tmp_path / "1.eml").write_bytes(ONE)
    with running_catcher() as catcher:
        env = {"CATCHER_SMTP": f"{catcher.smtp_host}:{catcher.smtp_port}", "CATCHER_DATABASE": str(tmp_path / "no.db")}
        done = run("ingest", tmp_path / "1.eml", env=env)
        assert (done.returncode, done.stdout) == (0, b"1 message imported\n"), done.stderr
        assert catcher.store.counts().messages == 1
    assert not (tmp_path / "no.db").exists()


def test_without_a_server_one_line_names_both_ways(run: Run, tmp_path: Path) -> None:
    """--smtp-addr and --database."""
    (tmp_path / "1.eml").write_bytes(ONE)
    done = run("ingest", tmp_path / "1.eml", env={"MP_SMTP_BIND_ADDR": f"unix:{tmp_path}/none"})
    assert done.returncode == 1
    (line,) = done.stderr.decode().splitlines()
    assert "--smtp-addr" in line
    assert "--database" in line


@pytest.mark.parametrize("more", [["-S", "localhost:1"], []])
def test_options_that_exclude_each_other_are_refused(run: Run, tmp_path: Path, more: list[str]) -> None:
    """--database with --smtp-addr, and --use-message-dates without --database."""
    database = ["-d", tmp_path / "m.db"] if more else ["--use-message-dates"]
    assert run("ingest", *database, *more, tmp_path).returncode == 2


def test_other_programs_read_dumped_messages(run: Run, tmp_path: Path) -> None:
    """The standard library opens the mbox file and the Maildir, with the read mark."""
    database = fill(run, tmp_path, ONE, TWO)
    with opened(database) as store:
        store.mark(ByIds((store.latest().store_id,)), is_read=True)
    assert run("dump", "-d", database, tmp_path / "out.mbox").returncode == 0
    assert run("dump", "-d", database, "-F", "maildir", tmp_path / "dir").returncode == 0
    box = mailbox.mbox(tmp_path / "out.mbox")
    assert [one["subject"] for one in box] == ["one", "two"]
    assert next(iter(box)).get_from().startswith("r@x.y ")
    box.close()
    flags = {one["subject"]: (one.get_subdir(), one.get_flags()) for one in mailbox.Maildir(tmp_path / "dir")}
    assert flags == {"one": ("new", ""), "two": ("cur", "S")}
    done = run("dump", "-d", database, "-F", "maildir", tmp_path / "dir")
    assert done.stdout == b"0 messages written, 2 already present\n"


def test_a_query_selects_the_messages_to_dump(run: Run, tmp_path: Path) -> None:
    """In the search language of the web interface; with an invalid term nothing is written."""
    database = fill(run, tmp_path, ONE, TWO)
    assert run("dump", "-d", database, "-q", "subject:two", tmp_path / "out").stdout == b"1 message written\n"
    done = run("dump", "-d", database, "-q", "larger:many", tmp_path / "other")
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "other").exists()


@pytest.mark.sqlite
def test_an_existing_file_and_a_missing_database_are_errors(run: Run, tmp_path: Path) -> None:
    """Nothing is overwritten, and no empty database is created."""
    database = fill(run, tmp_path, ONE)
    (tmp_path / "out.mbox").write_bytes(b"mine")
    done = run("dump", "-d", database, tmp_path / "out.mbox")
    assert done.returncode == 1
    assert b"exists" in done.stderr
    assert (tmp_path / "out.mbox").read_bytes() == b"mine"
    done = run("dump", "-d", tmp_path / "none.db", tmp_path / "out")
    assert done.returncode == 1
    assert b"does not exist" in done.stderr
    assert not (tmp_path / "none.db").exists()


@pytest.mark.slow
def test_a_running_catcher_is_dumped_over_http(run: Run, tmp_path: Path) -> None:
    """--http covers several pages, a query and the time of receipt."""
    mails = [b"To: a@x.y\r\nSubject: n%04d\r\n\r\n" % number for number in range(520)]
    database = fill(run, tmp_path, *mails)
    with running_catcher(database=str(database), webroot="/mail") as catcher:
        done = run("dump", "--http", catcher.url, tmp_path / "out")
        assert (done.returncode, done.stdout) == (0, b"520 messages written\n"), done.stderr
        assert sorted(file.read_bytes() for file in (tmp_path / "out").glob("*.eml")) == mails
        one = catcher.store.latest()
        assert abs((tmp_path / "out" / f"{one.store_id}.eml").stat().st_mtime - one.received_at.timestamp()) < 0.01
        done = run("dump", "--http", catcher.url, "-q", "subject:n0007", tmp_path / "few")
        assert done.stdout == b"1 message written\n"


class Hostile(BaseHTTPRequestHandler):
    """A server whose message ids are paths."""

    def do_GET(self) -> None:
        ids = ["../../escaped", "/etc/escaped", "ok1", "..", "a/b", "a\u0000b", "x" * 300]
        listed = json.dumps({"messages": [{"ID": one, "Created": "nonsense"} for one in ids]}).encode()
        body = b"Subject: x\r\n\r\n" if self.path.endswith("/raw") else listed
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.slow
def test_hostile_ids_cannot_leave_the_folder(run_process: Run, tmp_path: Path) -> None:
    """A message whose id is a path is skipped and listed."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        out = tmp_path / "deep" / "er" / "out"
        done = run_process("dump", "--http", f"http://127.0.0.1:{server.server_port}/", out)
    finally:
        server.shutdown()
        server.server_close()
    assert done.returncode == 1
    assert done.stdout == b"1 message written\n"
    assert done.stderr.count(b"not usable as a file name") == 6
    assert [file.relative_to(tmp_path) for file in tmp_path.rglob("*") if file.is_file()] == [
        Path("deep/er/out/ok1.eml")
    ]


@pytest.mark.parametrize("url", ["ftp://localhost/", "localhost:8025", "http://127.0.0.1:1/", "file:///etc/passwd"])
def test_an_unusable_server_is_one_clear_line(run: Run, tmp_path: Path, url: str) -> None:
    """Other schemes are refused, and nothing is created."""
    done = run("dump", "--http", url, tmp_path / "out")
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


# reindex


@pytest.mark.slow
@pytest.mark.sqlite
def test_reindex_rebuilds_messages_of_an_older_version(run: Run, run_process: Run, tmp_path: Path) -> None:
    """Subject, snippet, tree and search texts are rebuilt, indexed or not; marks and tags stay."""
    mails = [b"To: a@x.y\r\nSubject: needle%03d\r\n\r\nhaystack%03d\r\n" % (n, n) for n in range(120)]
    database = fill(run, tmp_path, *mails)
    with opened(database) as store:
        newest = store.latest().store_id
        store.set_tags([newest], ["kept"])
        wait_until_indexed(database)
        before = store.page(limit=200).messages, [store.get(one.store_id) for one in store.page().messages]
    change(database, "UPDATE message SET subject = 'broken', snippet = ''")
    done = run_process("reindex", database)
    assert (done.returncode, done.stdout) == (0, b"120 messages rebuilt\n"), done.stderr
    with opened(database) as store:
        assert (store.page(limit=200).messages, [store.get(one.store_id) for one in store.page().messages]) == before
        for words in ("needle077", "haystack077", "subject:needle077"):
            found = store.page(parse(words, now=datetime.now(UTC))).messages
            assert [one.subject for one in found] == ["needle077"]
    with connected(database) as connection:
        connection.execute(text("INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)"))


def wait_until_indexed(database: Path) -> None:
    def is_indexed() -> bool:
        with connected(database) as connection:
            found = connection.execute(text("SELECT indexed >= (SELECT max(arrival) FROM message) FROM counter"))
            return bool(found.scalar())

    wait_until(is_indexed)


def change(database: Path, statement: str) -> None:
    with connected(database) as connection:
        connection.execute(text(statement))


@contextlib.contextmanager
def connected(database: Path) -> Iterator[Connection]:
    """A transaction of our own in a database."""
    engine = create_engine(f"sqlite:///{database}")
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def test_help_names_every_command(run: Run) -> None:
    """`catcher --help` lists them, and each has its own help."""
    listed = run("--help").stdout.decode()
    for name in ("sendmail", "ingest", "dump", "reindex"):
        assert name in listed
        done = run(name, "--help")
        assert done.returncode == 0
        assert done.stdout.startswith(b"Usage:")
