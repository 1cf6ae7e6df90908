"""What the documents say of the code is true, and what code and tests cite in them exists."""

import re
import tomllib
from pathlib import Path

import pytest

import tests.mail

ROOT = Path(__file__).parents[1]
COMPATIBILITY = (ROOT / "docs" / "mailpit-compatibility.md").read_text("utf-8")
CITATION = re.compile(r"(Mailpit compatibility|Django docs): ([^\"\n]+?)\.(?=[\s\"]|$)", re.MULTILINE)
TITLES = {
    "Mailpit compatibility": set(re.findall(r"^## (.+)$", COMPATIBILITY, re.MULTILINE)),
    "Django docs": set(re.findall(r"^\* (.+)$", tests.mail.__doc__ or "", re.MULTILINE)),
}


def sources(*folders: str) -> list[Path]:
    """Python files of the repository below these folders."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if path != Path(__file__)]


def test_every_citation_names_a_section_that_exists() -> None:
    """A docstring cites a section by its title: "Mailpit compatibility: Send." or "Django docs: Quick example."."""
    unknown, known = [], 0
    for path in sources("catcher", "tests"):
        for document, titles in CITATION.findall(path.read_text("utf-8")):
            for title in re.split(r"; |, (?=[A-Za-z_]+(?:\(\))?$)", titles):
                if title in TITLES[document]:
                    known += 1
                elif not re.fullmatch(r"[A-Za-z_]+(\(\))?", title):  # a parameter or method within the section
                    unknown.append(f"{path.relative_to(ROOT)}: {document}: {title}")
    assert unknown == []
    assert known > 100


def test_nothing_outside_of_the_repository_is_cited() -> None:
    """A reader can follow every reference: RFCs and public documents apart, it leads into the repository."""
    cited = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sources("catcher", "tests", "bench")
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"\b[Rr]eference §|\b(STYLE|DESIGN|LAYOUT)( §|:| \d)", line)
    ]
    assert cited == []


DOCUMENTS = ("CONTRIBUTING.md", "docs/architecture.md", "docs/mailpit-compatibility.md", "docs/performance.md")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_paths_in_a_document_exist(document: str) -> None:
    """A document names files and folders of the repository between backquotes, from its root."""
    text = (ROOT / document).read_text("utf-8")
    named = re.findall(r"`((?:catcher|tests|docs|bench|templates|static|migrations|clients|examples)/[\w./-]*)`", text)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_names_in_a_document_are_defined_where_it_says(document: str) -> None:
    """`Name` (`path`) and `name` in `path`: the file defines the name."""
    text = re.sub(r"\s+", " ", (ROOT / document).read_text("utf-8"))
    wrong = []
    for name, path in re.findall(r"`(\w+)` (?:\(|in )`([\w/.-]+\.py)`", text):
        definition = rf"^(?:class|(?:async )?def) {name}\b|^{name}\b.*="
        source = (ROOT / path).read_text("utf-8") if (ROOT / path).exists() else ""
        if not re.search(definition, source, re.MULTILINE):
            wrong.append(f"{name} in {path}")
    assert wrong == []


def test_the_table_of_rooms_is_the_import_contract() -> None:
    """docs/architecture.md shows the layers of pyproject.toml, row by row."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    section = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("## Rooms")[2].partition("\n## ")[0]
    rows = [re.findall(r"`(\w+)`", row) for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)]
    assert rows == [re.split(r" [|:] ", layer) for layer in layers]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_of_make_exist(document: str) -> None:
    """Every `make target` is a target."""
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = re.findall(r"`make ([a-z]+)", (ROOT / document).read_text("utf-8"))
    assert set(named) <= set(targets)
