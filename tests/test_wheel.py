"""The wheel is all that somebody needs who does not have this checkout."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.django.environments import CACHE
from tests.served import serving

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from this tree."""
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(ROOT)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return next(target.glob("*.whl"))


def test_the_wheel_holds_pages_styles_and_migrations(wheel: Path) -> None:
    """What lies beside the package in the checkout lies inside it in the wheel."""
    names = zipfile.ZipFile(wheel).namelist()
    for directory in ("templates", "static", "migrations"):
        files = [path for path in (ROOT / directory).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        assert files
        for path in files:
            assert f"catcher/_data/{path.relative_to(ROOT)}" in names


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of an environment that has nothing but the wheel and its dependencies."""
    environment = tmp_path_factory.mktemp("env")
    venv.create(environment, symlinks=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(f"{dependencies(wheel)}\n")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(packages)
    return environment / "bin" / "python"


def dependencies(wheel: Path) -> Path:
    """A folder with what pip installs for the wheel, made once in the test cache for the requirements and versions."""
    with zipfile.ZipFile(wheel) as packed:
        (metadata,) = (name for name in packed.namelist() if name.endswith(".dist-info/METADATA"))
        requirements = [line for line in packed.read(metadata).decode().splitlines() if line.startswith("Requires-")]
    constraints = ROOT / "constraints.txt"
    stamp = hashlib.sha256("\n".join([sys.version, *requirements, constraints.read_text()]).encode()).hexdigest()[:12]
    folder = CACHE / f"wheel-{stamp}"
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=CACHE))
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "-c", str(constraints), "--target", str(made), str(wheel)], check=True, timeout=300)
        for own in (made / "catcher", *made.glob("catcher_mail-*")):  # each run has those of its wheel
            shutil.rmtree(own)
        try:
            made.rename(folder)
        except OSError:  # another run was faster
            shutil.rmtree(made)
    return folder


@pytest.mark.sqlite
def test_installed_in_an_empty_environment_it_serves_pages_with_their_styles(python: Path, tmp_path: Path) -> None:
    """The wheel alone, in an environment of its own away from the checkout, takes mail and serves pages with styles."""
    with serving("--database", str(tmp_path / "x.db"), python=str(python), cwd=tmp_path) as served:
        store_id = served.send()
        page = served.get("").decode()
        assert store_id in page
        style = stylesheet(page)
        assert b"@layer" in served.get(style)


USER_PROGRAM = """
from catcher.client import Catcher, Message
from catcher.mail import EmailMessage, get_connection, settings
from catcher.testing import assert_subject, running_catcher

with running_catcher() as running, Catcher(running.url) as catcher, catcher.inbox() as inbox:
    settings.configure(EMAIL_HOST=running.smtp_host, EMAIL_PORT=running.smtp_port)
    count: int = EmailMessage("Hello", "Text", to=[inbox.address()], connection=get_connection()).send()
    message: Message = inbox.wait(subject="Hello")
    assert_subject(message, "Hello")
    reveal_type(message.subject)
    message.subjekt
"""


def test_a_users_program_is_type_checked_against_the_wheel(python: Path, tmp_path: Path) -> None:
    """The package is typed (PEP 561): mypy --strict knows client, mail and testing, and sees a misspelt name."""
    program = tmp_path / "program.py"
    program.write_text(USER_PROGRAM)
    analysed = ("--cache-dir", str(CACHE / "mypy"))  # the dependencies stay the same
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *analysed, "--python-executable", str(python), program.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert checked.stdout.splitlines() == [
        'program.py:11: note: Revealed type is "str"',
        'program.py:12: error: "Message" has no attribute "subjekt"  [attr-defined]',
        "Found 1 error in 1 file (checked 1 source file)",
    ], checked.stdout + checked.stderr


def stylesheet(page: str) -> str:
    """The address of the page's style sheet, relative to the site."""
    return page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0].lstrip("/")
