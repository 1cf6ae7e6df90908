"""The JavaScript client of this project: its methods, fixtures, commands and types, and whether it is up to date."""

import json
import os
import runpy
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from catcher.testing import RunningCatcher, running_catcher
from tests.clients.ensure_clients import CACHE
from tests.conftest import find_chromium
from tests.prerequisites import find_node

HERE = Path(__file__).parent
CLIENT = HERE.parents[1] / "clients" / "js"


@pytest.fixture(scope="module")
def served() -> Iterator[RunningCatcher]:
    """One catcher for all of Node's tests: each makes its inboxes."""
    with running_catcher() as running:
        yield running


def run(served: RunningCatcher, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run a program of Node in the directory of the tests, with the catcher's URL in its environment."""
    node = find_node()
    assert node is not None, "the tests need Node; see tests/prerequisites.py"
    assert (HERE / "node_modules").is_dir(), "run tests/clients/ensure_clients.py; `make test` does that"
    return subprocess.run(
        [node, *command],
        cwd=HERE / "js",
        env={**os.environ, "CATCHER_URL": served.url, **more},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("script", ["client.test.mjs", "cypress.test.mjs"])
def test_the_client_and_its_commands_work(served: RunningCatcher, script: str) -> None:
    """Inboxes, waiting, codes and links, errors, faults, assertions, every route; and the commands for Cypress."""
    done = run(served, "--test", "--test-reporter", "tap", script)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 0" not in done.stdout


def test_the_fixtures_work_in_a_real_run_of_playwright(served: RunningCatcher, tmp_path: Path) -> None:
    """Two workers with a real browser: an inbox for each test, gone afterwards; a failed test keeps its mail."""
    done = run(
        served,
        "../node_modules/@playwright/test/cli.js",
        "test",
        REPORT=str(tmp_path / "report.json"),
        OUTPUT=str(tmp_path / "output"),
        CHROMIUM=find_chromium(),
    )
    report = json.loads((tmp_path / "report.json").read_text())
    results = {spec["title"]: spec["tests"][0]["results"][0] for suite in report["suites"] for spec in suite["specs"]}
    statuses = {title: result["status"] for title, result in results.items()}
    assert statuses == {
        "a page takes the code of the mail": "passed",
        "another test beside it has an inbox of its own": "passed",
        "a failed test keeps its mail": "failed",
    }, done.stdout + done.stderr
    attached = results["a failed test keeps its mail"]["attachments"]
    assert [each["name"] for each in attached if each["contentType"] == "message/rfc822"] == ["mail-1.eml"]
    assert served.store.inboxes() == []


def test_the_type_declarations_hold(served: RunningCatcher) -> None:
    """TypeScript accepts the declarations, and reports the mistakes of a user."""
    options = "--strict --noEmit --types node --target es2022 --module nodenext --lib es2022,dom,esnext.disposable"
    checked = (
        "--incremental",
        "--tsBuildInfoFile",
        str(CACHE / "types.tsbuildinfo"),
    )  # the foreign types stay the same
    done = run(served, "../node_modules/typescript/bin/tsc", *options.split(), *checked, "types.ts")
    assert done.returncode == 0, done.stdout


def test_the_generated_files_are_up_to_date() -> None:
    """clients/js/generate.py has been run since the last change of the API."""
    generator = runpy.run_path(str(CLIENT / "generate.py"))
    for name, text in generator["files"](generator["document"]()).items():
        assert (CLIENT / name).read_text("utf-8") == text, f"run: python clients/js/generate.py ({name} is old)"


def test_the_client_has_no_dependencies() -> None:
    """Files import only files beside them, and the package has no dependency."""
    package = json.loads((CLIENT / "package.json").read_text())
    assert not package.keys() & {"dependencies", "peerDependencies", "optionalDependencies"}
    for script in CLIENT.glob("*.js"):
        imported = [line.rpartition(" ")[2] for line in script.read_text().splitlines() if line.startswith("import ")]
        assert all(each.startswith('"./') for each in imported), script.name
