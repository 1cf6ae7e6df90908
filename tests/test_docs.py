"""What the documents say of the code is true, and what code and tests cite in them exists."""

import re
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


@pytest.mark.parametrize("document", ["docs/mailpit-compatibility.md"])
def test_paths_in_a_document_exist(document: str) -> None:
    """A document names files and folders of the repository between backquotes, from its root."""
    text = (ROOT / document).read_text("utf-8")
    named = re.findall(r"`((?:catcher|tests|docs|bench|templates|static|migrations|clients|examples)/[\w./-]*)`", text)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
