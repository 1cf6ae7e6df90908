"""The settings of tag rules: Mailpit's one line, our tables, and Mailpit's YAML file."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catcher.conf.kinds import Kind
from catcher.errors import SettingError


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRuleSettings:
    """Tags for what a search query, or a text in the message, matches."""

    match: str
    tags: tuple[str, ...]


def _line(value: Any) -> tuple[TagRuleSettings, ...]:
    """`tag1,tag2=match "Tag 3"="two words"`, as Mailpit has it."""
    if isinstance(value, list):
        return tuple(rule for each in value for rule in _line(each))
    if not isinstance(value, str):
        raise ValueError
    rules = []
    for item in shlex.split(value):
        tags, equals, match = item.partition("=")
        if not equals:
            raise ValueError
        rules.append(_rule({"match": match, "tags": tags}))
    return tuple(rules)


def _rule(table: Any) -> TagRuleSettings:
    if not isinstance(table, dict) or table.keys() != {"match", "tags"} or not isinstance(table["match"], str):
        raise ValueError
    given = table["tags"]
    tags = given.split(",") if isinstance(given, str) else given
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ValueError
    rule = TagRuleSettings(match=table["match"].strip(), tags=tuple(tag.strip() for tag in tags if tag.strip()))
    if not rule.match or not rule.tags:
        raise ValueError
    return rule


def _rules(value: Any) -> tuple[TagRuleSettings, ...]:
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else []
        except RecursionError as error:
            raise ValueError from error
    if not isinstance(value, list):
        raise ValueError
    return tuple(_rule(each) for each in value)


def read_tags_file(path: str) -> tuple[TagRuleSettings, ...]:
    """The rules of a file such as Mailpit's --tags-config: YAML with `filters`, each with `match` and `tags`.

    Raises SettingError.
    """
    import yaml  # only for who has such a file

    try:
        value = yaml.safe_load(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingError(f"--tags-config={path!r}: expected a readable YAML file ({_short(error)})") from error
    try:
        return _filters(value)
    except (ValueError, AttributeError) as error:
        raise SettingError(f"--tags-config={path!r}: expected filters, a list of tables with match and tags") from error


def _filters(value: Any) -> tuple[TagRuleSettings, ...]:
    if not isinstance(value, dict) or not isinstance(value.get("filters"), list):
        raise ValueError
    return tuple(_rule({"match": str(each.get("match", "")), "tags": each.get("tags")}) for each in value["filters"])


def _short(error: Exception) -> str:
    return str(error).splitlines()[0]


TAG_LINE = Kind(
    expected='rules such as tag=match or "Tag one,tag2"="some words"',
    metavar="RULES",
    read=_line,
    show=lambda value: "" if not value else f"{len(value)} rules",
)
TAG_RULES = Kind(
    expected="a TOML array of tables or a JSON list of objects, each with match and tags",
    metavar="JSON",
    read=_rules,
    show=lambda value: "" if not value else f"{len(value)} rules",
)
TAG_SOURCES = ("x-tags", "plus-addresses")


def _sources(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else str(value).replace(",", " ").split()
    aliases = {"xtags": "x-tags", "plus-addressing": "plus-addresses"}
    names = tuple(aliases.get(str(item).lower(), str(item).lower()) for item in items)
    if not set(names) <= set(TAG_SOURCES):
        raise ValueError
    return names


SOURCES = Kind(expected="x-tags, plus-addresses", metavar="LIST", read=_sources, show=", ".join)
