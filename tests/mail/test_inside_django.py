"""Every backend as Django's own EMAIL_BACKEND, and as an entry of MAILERS, in a real Django project."""

import email
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.mail.servers import Mailbox

ROOT = Path(__file__).parents[2]
PROJECT = Path(__file__).with_name("django_project.py")
BACKENDS = "catcher.mail.backends"
SUBJECTS = ["Sübject", "Second", "[Django] Broken"]
HYPHENS = "\n" + "-" * 79 + "\n"
IDENTITY = {"DEFAULT_FROM_EMAIL": "site@example.com"}
PAIRS, STRINGS = [["Ann", "ann@example.com"]], ["ann@example.com"]


def run_project(python: str, settings: dict[str, Any], mails: list[str | None]) -> tuple[dict[str, Any], str]:
    """The project's report, and what else it printed."""
    result = subprocess.run(
        [python, str(PROJECT), json.dumps({"settings": IDENTITY | settings, "mails": mails})],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )
    assert result.returncode == 0, result.stderr
    printed, _, report = result.stdout.rpartition("REPORT")
    return json.loads(report), printed.rstrip("\n") + "\n"


def subjects(written: list[str | bytes]) -> list[str]:
    octets = [one.encode() if isinstance(one, str) else one for one in written]
    return [str(email.message_from_bytes(one.lstrip(), policy=default)["Subject"]) for one in octets]


def test_the_smtp_backend_serves_django(server: Mailbox) -> None:
    """EMAIL_HOST and EMAIL_PORT are Django's; messages are Django's."""
    settings = {
        "EMAIL_BACKEND": f"{BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": server.port,
        "ADMINS": PAIRS,
    }
    report, _ = run_project(sys.executable, settings, [None])
    assert report["backends"] == [f"{BACKENDS}.smtp None"]
    assert report["refused"] == "django.core.mail.message.BadHeaderError"
    assert (report["sender"], report["kind"]) == ("site@example.com", "SafeMIMEText")
    assert subjects([one.original_content for one in server.messages]) == SUBJECTS
    assert [one.rcpt_tos for one in server.messages] == [
        ["to@xn--4ca9at.com"],
        ["to@example.com", "b@e.com"],
        ["ann@example.com"],
    ]
    assert server.messages[0].mail_from == "site@example.com"


def test_the_console_backend_serves_django() -> None:
    """What Django would have sent is printed."""
    report, printed = run_project(
        sys.executable, {"EMAIL_BACKEND": f"{BACKENDS}.console.EmailBackend", "ADMINS": PAIRS}, [None]
    )
    assert report["backends"] == [f"{BACKENDS}.console None"]
    assert subjects([one for one in printed.split(HYPHENS) if one.strip()]) == SUBJECTS


def test_the_file_backend_serves_django(tmp_path: Path) -> None:
    """EMAIL_FILE_PATH is Django's; one file for each connection."""
    settings = {
        "EMAIL_BACKEND": f"{BACKENDS}.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(tmp_path / "mail"),
        "ADMINS": PAIRS,
    }
    run_project(sys.executable, settings, [None])
    files = [file.read_bytes() for file in (tmp_path / "mail").iterdir()]
    assert sorted(subjects(files)) == sorted(SUBJECTS)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "outbox"), [("locmem", SUBJECTS), ("dummy", [])])
def test_the_memory_and_dummy_backends_serve_django(name: str, outbox: list[str]) -> None:
    """Django's messages are in the library's outbox, or nowhere."""
    settings = {"EMAIL_BACKEND": f"{BACKENDS}.{name}.EmailBackend", "ADMINS": PAIRS}
    report, _ = run_project(sys.executable, settings, [None])
    assert (report["outbox"], report["backends"]) == (outbox, [f"{BACKENDS}.{name} None"])


def test_the_outbox_of_django_tests_is_filled_too() -> None:
    """Where Django's test runner has made django.core.mail.outbox, the memory backend appends there as well."""
    script = (
        "from django.conf import settings\n"
        "settings.configure(EMAIL_BACKEND='catcher.mail.backends.locmem.EmailBackend')\n"
        "import django; django.setup()\n"
        "from django.core import mail; mail.outbox = []\n"
        "mail.send_mail('Hello', 'b', None, ['to@example.com'])\n"
        "import catcher.mail\n"
        "print(mail.outbox[0].subject, len(mail.outbox), len(catcher.mail.outbox))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.split() == ["Hello", "1", "1"]


@pytest.fixture(scope="session")
def django61(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | None]:
    """A Python with Django 6.1, made once in CATCHER_TEST_CACHE (default: .cache in the checkout); None without one."""
    base = newer_python()
    if base is None:
        yield None
        return
    cache = Path(os.environ.get("CATCHER_TEST_CACHE", ROOT / ".cache"))
    home = cache / f"django-6.1-{base[1]}"
    if not (home / "ready").exists():
        cache.mkdir(parents=True, exist_ok=True)
        # Built aside and moved into place, as other runs may do the same now; scripts with paths in them are not used.
        made = Path(tempfile.mkdtemp(dir=cache))
        subprocess.run([base[0], "-m", "venv", str(made)], check=True, timeout=300)
        install = [str(made / "bin" / "python"), "-m", "pip", "install", "--quiet", "Django>=6.1,<6.2"]
        subprocess.run(install, check=True, timeout=300)
        (made / "ready").touch()
        try:
            made.rename(home)
        except OSError:
            shutil.rmtree(made)
    yield str(home / "bin" / "python")


def newer_python() -> tuple[str, str] | None:
    """(path, version) of a Python from 3.12 on: this one, one on PATH, or one of pyenv's; None when there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    candidates = [
        sys.executable,
        *(shutil.which(f"python3.{minor}") for minor in (14, 13, 12)),
        *sorted((str(path) for path in pyenv.glob("3.1[2-9]*/bin/python")), reverse=True),
    ]
    for candidate in filter(None, candidates):
        script = "import sys; print('%d.%d' % sys.version_info[:2] if sys.version_info >= (3, 12) else '')"
        # One of pyenv's shims can be there for a version that is not.
        answer = subprocess.run([candidate, "-c", script], capture_output=True, text=True, timeout=60, check=False)
        if answer.returncode == 0 and answer.stdout.strip():
            return candidate, answer.stdout.strip()
    return None


def test_all_backends_serve_the_mailers_of_django_6_1(
    django61: str | None, server: Mailbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """OPTIONS of MAILERS are the constructors' arguments, messages are written with a policy. Django 6.1.

    Where no Python for Django 6.1 is found, the message says so, and the same backends are given the same arguments
    and messages built with a policy by the library itself.
    """
    mailers = {
        "console": {"BACKEND": f"{BACKENDS}.console.EmailBackend"},
        "files": {"BACKEND": f"{BACKENDS}.filebased.EmailBackend", "OPTIONS": {"file_path": str(tmp_path / "mail")}},
        "memory": {"BACKEND": f"{BACKENDS}.locmem.EmailBackend"},
        "nothing": {"BACKEND": f"{BACKENDS}.dummy.EmailBackend"},
        "default": {"BACKEND": f"{BACKENDS}.smtp.EmailBackend", "OPTIONS": {"host": "127.0.0.1", "port": server.port}},
    }
    if django61 is None:
        print("No Python from 3.12 on was found: MAILERS are tested without Django 6.1.")  # noqa: T201
        send_without_django(mailers)
        printed = capsys.readouterr().out
    else:
        report, printed = run_project(django61, {"MAILERS": mailers, "ADMINS": STRINGS}, list(mailers))
        assert report["django"] == [6, 1]
        modules = {
            "console": "console",
            "files": "filebased",
            "memory": "locmem",
            "nothing": "dummy",
            "default": "smtp",
        }
        assert report["backends"] == [f"{BACKENDS}.{module} {alias}" for alias, module in modules.items()]
        assert report["outbox"] == SUBJECTS[:2]
        assert report["refused"] == "builtins.ValueError"
        assert (report["sender"], report["kind"]) == ("site@example.com", "EmailMessage")
        assert subjects([one.original_content for one in server.messages]) == SUBJECTS
    assert "Subject: Second\n" in printed
    files = [file.read_bytes() for file in (tmp_path / "mail").iterdir()]
    assert sorted(subjects(files))[0] == "Second"  # type: ignore[arg-type]
    assert "Second" in subjects([one.original_content for one in server.messages])


def send_without_django(mailers: dict[str, Any]) -> None:
    from catcher.mail import EmailMessage, settings

    with settings.override(MAILERS=mailers, EMAIL_MESSAGE_POLICY=default):
        for alias in mailers:
            assert EmailMessage("Second", "Bödy", "from@example.com", ["to@example.com"]).send(using=alias) == 1


def test_the_way_without_django_6_1_works_too(
    server: Mailbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other half of the test above, wherever it runs."""
    test_all_backends_serve_the_mailers_of_django_6_1(None, server, tmp_path, capsys)


def test_a_wrong_setting_is_the_exception_of_django(tmp_path: Path) -> None:
    """Who catches Django's ImproperlyConfigured catches the library's too, where Django is in the process."""
    script = (
        "import sys; from django.conf import settings\n"
        "backend = 'catcher.mail.backends.filebased.EmailBackend'\n"
        "settings.configure(EMAIL_BACKEND=backend, EMAIL_FILE_PATH=sys.argv[1])\n"
        "import django; django.setup()\n"
        "from django.core import mail; from django.core.exceptions import ImproperlyConfigured\n"
        "try: mail.get_connection()\n"
        "except ImproperlyConfigured as error: print(isinstance(error, ValueError), error)\n"
    )
    file = tmp_path / "file"
    file.touch()
    result = subprocess.run(
        [sys.executable, "-c", script, str(file)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout == f"True Path for saving email messages exists, but is not a directory: {file}\n"
