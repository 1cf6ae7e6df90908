"""Spam filters: a real spamd where there is one, and stand-ins that speak the protocols."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from catcher.checks import CheckOptions, Report, Severity, SpamFacts, run_checks
from catcher.checks.filters import Rspamd, Spamd, SpamError, SpamVerdict
from catcher.checks.filters.spamd import read_answer
from catcher.web.api.mailpit.checks import spam_check
from tests.checks.conftest import serving
from tests.checks.mails import check_named, rules, text_mail

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
REPORT = """Spam detection software, running on the system "host", has identified this email.

Content preview:  x

Content analysis details:   (1000.0 points, 5.0 required)

 pts rule name              description
---- ---------------------- --------------------------------------------------
 1000 GTUBE                 BODY: Generic Test for Unsolicited Bulk Email
-0.0 NO_RELAYS              Informational: message was not relayed via SMTP
 0.2 NORMAL_HTTP_TO_IP      URI: URI host has a public dotted-decimal IPv4
                            address

"""
HAM = REPORT.replace(" 1000 GTUBE                 BODY: Generic Test for Unsolicited Bulk Email\n", "")


async def stand_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speaks spamd's side of REPORT, and knows one rule."""
    request = await reader.read()
    head, _, body = request.partition(b"\r\n\r\n")
    fields = head.decode().split("\r\n")
    assert fields[0] == "REPORT SPAMC/1.5"
    assert fields[1] == f"Content-length: {len(body)}"
    is_spam = GTUBE.encode() in body
    report = (REPORT if is_spam else HAM).encode()
    verdict = "True ; 1000.2 / 5.0" if is_spam else "False ; 0.2 / 5.0"
    writer.write(f"SPAMD/1.1 0 EX_OK\r\nContent-length: {len(report)}\r\nSpam: {verdict}\r\n\r\n".encode() + report)
    await writer.drain()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def spamd_addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A real spamd with its packaged rules, without network tests, on a port and on a Unix socket."""
    home = tmp_path_factory.mktemp("spamd")
    home.chmod(0o777)
    port, path = _free_port(), home / "s"
    arguments = ["spamd", "-L", "-x", "-m", "1", f"--listen=127.0.0.1:{port}", f"--listen={path}", "-s", "stderr"]
    arguments += ["-H", str(home)]
    if os.geteuid() == 0:  # spamd wants to be somebody else
        arguments += ["-u", "nobody"]
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            said: list[str] = []
            # it says so when it has loaded its rules; should it end instead, so does what it says
            while not (said and "server started" in said[-1]):
                line = process.stderr.readline()
                if not line:
                    pytest.fail(f"spamd did not start: {''.join(said)[-2000:]}")
                said.append(line)
            rest = threading.Thread(target=process.stderr.read)
            rest.start()
            yield {"spamd": f"127.0.0.1:{port}", "spamd on a Unix socket": f"unix:{path}"}
        finally:
            process.terminate()
            process.wait(30)
        rest.join()


FILTERS = ["stand-in", *(["spamd", "spamd on a Unix socket"] if shutil.which("spamd") else [])]


async def _ask(kind: str, text: str, request: pytest.FixtureRequest) -> SpamVerdict:
    subject = text_mail(text)
    if kind != "stand-in":
        address = request.getfixturevalue("spamd_addresses")[kind]
        return await Spamd(address).ask(subject.octets, subject.envelope)
    async with serving(stand_in) as port:
        return await Spamd(f"127.0.0.1:{port}").ask(subject.octets, subject.envelope)


@pytest.mark.parametrize("kind", FILTERS)
def test_spam_is_reported_with_rules_and_points(kind: str, request: pytest.FixtureRequest) -> None:
    """The test message that every SpamAssassin takes for spam, with the rule that says so first."""
    verdict = asyncio.run(_ask(kind, f"{GTUBE}\n", request))
    assert (verdict.is_spam, verdict.threshold, verdict.score >= 999) == (True, 5.0, True)
    assert (verdict.rules[0].name, verdict.rules[0].score) == ("GTUBE", 1000)
    assert verdict.rules[0].description == "BODY: Generic Test for Unsolicited Bulk Email"


@pytest.mark.slow
@pytest.mark.parametrize("kind", FILTERS)
def test_ham_is_reported_with_its_points(kind: str, request: pytest.FixtureRequest) -> None:
    """A plain message is below the threshold; descriptions on two lines belong to their rule."""
    verdict = asyncio.run(_ask(kind, "Hello Bob,\nsee http://1.2.3.4/x for the plan.\nAnn\n", request))
    assert verdict.is_spam is False
    assert verdict.score < 5
    rule = next(rule for rule in verdict.rules if rule.name == "NORMAL_HTTP_TO_IP")
    assert rule.description == "URI: URI host has a public dotted-decimal IPv4 address"


@pytest.mark.slow
def test_unix_socket_is_supported(tmp_path: Path) -> None:
    """An address "unix:/path" is a socket, with the same time limit."""

    async def run() -> SpamVerdict:
        path = str(tmp_path / "s")
        subject = text_mail(GTUBE)
        async with serving(stand_in, unix=path):
            return await Spamd(f"unix:{path}").ask(subject.octets, subject.envelope)

    assert asyncio.run(run()).is_spam is True


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", "not spamd's"),
        (b"220 mail.example.com\r\n", "not spamd's"),
        (b"SPAMD/1.1 76 Bad header line: x\r\n\r\n", "spamd says Bad header line: x"),
        (b"SPAMD/1.1 0 EX_OK\r\nContent-length: 0\r\n\r\n", "no verdict"),
    ],
)
def test_invalid_response_is_an_error(answer: bytes, error: str) -> None:
    """Nonsense is told, never guessed."""
    with pytest.raises(SpamError, match=error):
        read_answer(answer)


def test_filter_that_is_silent_costs_a_bounded_time() -> None:
    """Every wait has a timeout."""

    async def run() -> None:
        done = asyncio.Event()

        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            await done.wait()

        subject = text_mail("x")
        async with serving(silent) as port:
            with pytest.raises(SpamError, match=r"no answer within 0\.2 seconds"):
                await Spamd(f"127.0.0.1:{port}", timeout=0.2).ask(subject.octets, subject.envelope)
            done.set()

    asyncio.run(run())


RSPAMD = {
    "is_skipped": False,
    "score": 7.4,
    "required_score": 15.0,
    "action": "add header",
    "symbols": {
        "MISSING_DATE": {"name": "MISSING_DATE", "score": 1.0, "description": "Date header is missing"},
        "R_SPF_ALLOW": {"name": "R_SPF_ALLOW", "score": -0.2},
        "HFILTER_HELO": {"name": "HFILTER_HELO", "score": 6.6, "description": "Helo is no name", "options": ["x"]},
    },
}


async def _rspamd(answer: bytes, status: str = "200 OK", heads: list[str] | None = None) -> SpamVerdict:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if heads is not None:
            heads.append(head)
        size = int(next(line for line in head.split("\r\n") if line.lower().startswith("content-length")).split(":")[1])
        await reader.readexactly(size)
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)
        await writer.drain()

    subject = text_mail("x")
    async with serving(handler) as port:
        return await Rspamd(f"http://127.0.0.1:{port}").ask(subject.octets, subject.envelope)


def test_rspamd_gets_the_envelope_and_gives_rules_and_points() -> None:
    """The /checkv2 route: envelope in header fields, symbols with scores back."""
    heads: list[str] = []
    verdict = asyncio.run(_rspamd(json.dumps(RSPAMD).encode(), heads=heads))
    assert (verdict.score, verdict.threshold, verdict.is_spam, verdict.action) == (7.4, 15.0, True, "add header")
    assert [rule.name for rule in verdict.rules] == ["HFILTER_HELO", "MISSING_DATE", "R_SPF_ALLOW"]
    fields = heads[0].lower()
    assert fields.startswith("post /checkv2 ")
    for field in ("from: ann@example.com", "rcpt: bob@example.net", "ip: 127.0.0.1", "helo: localhost"):
        assert f"\r\n{field}\r\n" in fields


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        (b"{}", "200 OK", "not rspamd's"),
        (b"nonsense", "200 OK", "not rspamd's"),
        (b"[]", "200 OK", "not rspamd's"),
        (b"{}", "403 Forbidden", "answers 403"),
    ],
)
def test_invalid_response_of_rspamd_is_an_error(answer: bytes, status: str, error: str) -> None:
    """Nonsense is told, never guessed."""
    with pytest.raises(SpamError, match=error):
        asyncio.run(_rspamd(answer, status))


def test_check_gives_findings_score_and_mailpits_response(options: CheckOptions) -> None:
    """Rules with many points are warnings, spam is an error; rules with negative points give no finding."""

    async def run() -> Report:
        async with serving(stand_in) as port:
            check = check_named("spam", replace(options, spam=Spamd(f"127.0.0.1:{port}")))
            assert check.on_request is False
            (report,) = await run_checks(text_mail(GTUBE), [check])
            return report

    report = asyncio.run(run())
    assert rules(report) == ["spam", "spam-gtube", "spam-normal-http-to-ip"]
    assert [finding.severity for finding in report.findings] == [Severity.ERROR, Severity.WARNING, Severity.INFO]
    assert (report.score, isinstance(report.facts, SpamFacts)) == (0.0, True)
    answer = spam_check(report)
    assert (answer.is_spam, answer.error, answer.score) == (True, "", 1000.2)
    assert answer.rules is not None
    assert [rule.name for rule in answer.rules] == ["GTUBE", "NORMAL_HTTP_TO_IP", "NO_RELAYS"]


def test_unreachable_filter_is_reported(options: CheckOptions) -> None:
    """The check says why it could not run; Mailpit's clients get the error and no rules."""

    async def run(spam: Spamd | None) -> Report:
        check = check_named("spam", replace(options, spam=spam))
        (report,) = await run_checks(text_mail("x"), [check], only=["spam"])
        return report

    report = asyncio.run(run(Spamd(f"127.0.0.1:{_free_port()}")))
    assert (report.error, report.score) == ("Spamd cannot be reached.", None)
    answer = spam_check(report)
    assert (answer.error, answer.rules) == ("Spamd cannot be reached.", None)
    assert asyncio.run(run(None)).error == "No spam filter is set up."
