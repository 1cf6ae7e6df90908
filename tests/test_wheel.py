"""The wheel is all that somebody needs who does not have this checkout."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

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


@pytest.mark.sqlite
def test_installed_in_an_empty_environment_it_serves_pages_with_their_styles(wheel: Path, tmp_path: Path) -> None:
    """The wheel alone, in an environment of its own away from the checkout, takes mail and serves pages with styles."""
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "-c", str(ROOT / "constraints.txt"), str(wheel)],
        check=True,
        timeout=300,
        cwd=tmp_path,
    )
    with serving("--database", str(tmp_path / "x.db"), python=str(python), cwd=tmp_path) as served:
        store_id = served.send()
        page = served.get("").decode()
        assert store_id in page
        style = stylesheet(page)
        assert b"@layer" in served.get(style)


def stylesheet(page: str) -> str:
    """The address of the page's style sheet, relative to the site."""
    return page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0].lstrip("/")
