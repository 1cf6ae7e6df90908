"""Feature support of mail programs, from the vendored data of caniemail.com; see `data/manifest.json`."""

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parents[1] / "data"


class Support(StrEnum):
    """Support of a mail program for a feature."""

    YES = "yes"
    PARTIAL = "partial"
    NO = "no"
    UNKNOWN = "unknown"


_SUPPORT = {"y": Support.YES, "a": Support.PARTIAL, "n": Support.NO, "u": Support.UNKNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A mail program on one platform. key: "family.platform", for example "outlook.windows"; name: for people."""

    family: str
    platform: str
    family_name: str
    platform_name: str

    @property
    def key(self) -> str:
        """Name in settings, such as "outlook.windows"."""
        return f"{self.family}.{self.platform}"

    @property
    def name(self) -> str:
        """Name for people, such as "Outlook (Windows)"."""
        return f"{self.family_name} ({self.platform_name})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The test of one version of a program. notes: numbers of the feature's notes that apply."""

    program: Program
    version: str
    support: Support
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature with its test results: programs by key, versions from old to new.

    description, notes: Markdown. notes_by_number: texts of the results' notes. tested_on: date as text.
    """

    slug: str
    title: str
    description: str = ""
    url: str = ""
    category: str
    tags: tuple[str, ...] = ()
    tested_on: str = ""
    notes: str = ""
    notes_by_number: dict[str, str]
    results: tuple[Result, ...]

    def newest(self) -> tuple[Result, ...]:
        """Return the result of each program's newest version, by key."""
        return tuple({result.program.key: result for result in self.results}.values())


class Knowledge:
    """All features by slug, and all programs by key."""

    def __init__(self, data: dict[str, Any], manifest: dict[str, Any]) -> None:
        self._names = data["nicenames"]
        self.version: str = manifest["version"]
        self.data_of: str = manifest["data_of"][:10]
        self.programs: dict[str, Program] = {}
        self._features = {feature["slug"]: feature for feature in data["data"]}
        self._made: dict[str, Feature] = {}
        for feature in data["data"]:
            for family, platforms in feature["stats"].items():
                for platform in platforms:
                    self._program(family, platform)
        self.programs = dict(sorted(self.programs.items()))

    @cached_property
    def slugs(self) -> tuple[str, ...]:
        """Names of all features, sorted."""
        return tuple(sorted(self._features))

    def feature(self, slug: str) -> Feature:
        """Return a feature. Scripts, which are not in the data, are supported by no program.

        Raises KeyError for other unknown names.
        """
        if slug not in self._made:
            self._made[slug] = self._scripts() if slug == "html-script" else self._feature(self._features[slug])
        return self._made[slug]

    def select(self, names: tuple[str, ...]) -> tuple[Program, ...]:
        """Return the programs of the families or keys in `names` ("outlook", "outlook.windows"); all for ().

        Raises ValueError for an unknown name.
        """
        for name in names:
            if not any(name in (program.key, program.family) for program in self.programs.values()):
                raise ValueError(f"no mail program is called {name!r}")
        return tuple(p for p in self.programs.values() if not names or p.key in names or p.family in names)

    def _program(self, family: str, platform: str) -> Program:
        key = f"{family}.{platform}"
        if key not in self.programs:
            self.programs[key] = Program(
                family=family,
                platform=platform,
                family_name=self._names["family"].get(family, family),
                platform_name=self._names["platform"].get(platform, platform),
            )
        return self.programs[key]

    def _feature(self, data: dict[str, Any]) -> Feature:
        results = [
            Result(
                program=self._program(family, platform),
                version=version,
                support=_SUPPORT.get(word[:1], Support.UNKNOWN),
                notes=tuple(note[1:] for note in word.split()[1:] if note.startswith("#")),
            )
            for family, platforms in data["stats"].items()
            for platform, versions in platforms.items()
            for version, word in versions.items()
        ]
        return Feature(
            slug=data["slug"],
            title=data["title"].strip(),
            description=data["description"] or "",
            url=data["url"],
            category=data["category"],
            tags=tuple(data["tags"]),
            tested_on=data["last_test_date"],
            notes=data["notes"] or "",
            notes_by_number=dict(data["notes_by_num"] or {}),
            results=tuple(sorted(results, key=lambda result: result.program.key)),
        )

    def _scripts(self) -> Feature:
        return Feature(
            slug="html-script",
            title="<script> element",
            description="No mail program runs scripts; most filters count them against the message.",
            category="html",
            notes_by_number={},
            results=tuple(
                Result(program=program, version="all", support=Support.NO) for program in self.programs.values()
            ),
        )


@cache
def knowledge() -> Knowledge:
    """Return the vendored data, read once: it is a constant table."""
    data = json.loads((_DATA / "caniemail.json").read_bytes())
    manifest = json.loads((_DATA / "manifest.json").read_bytes())
    return Knowledge(data, manifest)
