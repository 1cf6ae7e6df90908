"""What README.md shows is true."""

import re
import smtplib
from pathlib import Path

import pytest

from catcher import testing
from catcher.mail import get_connection, send_mail, settings
from catcher.store.search import TERMS
from catcher.testing import RunningCatcher, plugin, running_catcher
from tests.testing.suites import run_suite

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
EXAMPLES = Path(__file__).parents[1] / "examples"


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_mail_library_example_sends(catcher: RunningCatcher) -> None:
    """The first example of the mail library, pointed at this catcher's port, arrives."""
    example = next(block for block in blocks("python") if "settings.configure" in block)
    with settings.override():
        exec(example.replace("1025", str(catcher.smtp_port)), {})
    assert catcher.store.latest().subject == "Subject here"


def test_the_waiting_example_runs(catcher: RunningCatcher) -> None:
    """The client's example is a whole test once there is something to sign up to."""
    example = next(block for block in blocks("python") if "catcher.client" in block)
    followed: list[str] = []

    def sign_up(address: str) -> None:
        message = f"Subject: Welcome\r\nTo: {address}\r\n\r\nYour code is 493021.\r\nConfirm: https://example.com/confirm/1\r\n"
        with smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=30) as client:
            client.sendmail("app@example.com", [address], message)

    exec(
        example.replace("http://127.0.0.1:8025", catcher.url).replace("timeout=2", "timeout=0"),
        {"sign_up": sign_up, "follow": followed.append},
    )
    assert followed == ["https://example.com/confirm/1"]


def test_the_testing_example_runs() -> None:
    """The block with running_catcher() is a whole test once somebody sends the mail."""
    example = next(block for block in blocks("python") if "running_catcher" in block)

    class Settings:
        EMAIL_HOST = ""
        EMAIL_PORT = 0

    def send() -> None:
        with settings.override(EMAIL_HOST=Settings.EMAIL_HOST, EMAIL_PORT=Settings.EMAIL_PORT):
            send_mail("Welcome", "body", "from@example.com", ["to@example.com"])

    exec(example.replace("...", "send()"), {"settings": Settings, "send": send, "running_catcher": running_catcher})


@pytest.mark.slow
def test_the_example_for_test_suites_passes(tmp_path: Path) -> None:
    """A user signs up, the test waits for the code, and passes: with the application of the example beside it."""
    example = next(block for block in blocks("python") if "def test_sign_up" in block)
    (tmp_path / "test_sign_up.py").write_text(example)
    (tmp_path / "shop.py").write_text((EXAMPLES / "pytest" / "shop.py").read_text())
    done = run_suite(tmp_path, "test_sign_up.py")
    assert "1 passed" in done.stdout, done.stdout


def test_the_fixtures_and_assertions_that_are_named_exist() -> None:
    """Every name of the section for test suites is there."""
    section = README.partition("## For test suites")[2].partition("\n## ")[0]
    fixtures = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert len(fixtures) == 5
    assert all(hasattr(plugin, name) for name in fixtures)
    named = set(re.findall(r"\b(assert_\w+)", section)) - vars(testing.Mailbox).keys()
    assert named == {name for name in testing.__all__ if name.startswith("assert_")}


def test_the_backends_that_are_named_exist() -> None:
    """Every backend in the table can be imported by its dotted path."""
    with settings.override(EMAIL_FILE_PATH=str(Path(__file__).parent)):
        for path in re.findall(r"^\| `(catcher\.mail\.backends\.\w+\.EmailBackend)`", README, re.MULTILINE):
            assert get_connection(path)


def test_every_search_term_is_told() -> None:
    """The table of search terms is the one that the pages show."""
    for term in TERMS:
        assert f"| `{term.example}` | {term.help} |" in README
