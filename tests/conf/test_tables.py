"""Tests of catcher.conf.tables: relays, rules, webhooks, faults and tag rules from TOML tables and JSON texts."""

import json
from pathlib import Path
from typing import Any

import pytest

from catcher.conf import TagRuleSettings, load
from catcher.conf.tables import STAGES
from catcher.errors import SettingError
from catcher.hooks import Stage


def test_the_stages_of_faults_are_those_of_the_hook() -> None:
    """A stage of the SMTP hook can be named in a setting."""
    assert [stage.value for stage in Stage] == list(STAGES)


def test_a_toml_table_and_a_json_text_are_the_same(tmp_path: Path) -> None:
    """The keys of a table in the file, with hyphens or underscores, are those of an object in a variable."""
    file = tmp_path / "catcher.toml"
    file.write_text(
        '[relays.team]\nhost = "smtp.test"\nallow-insecure = true\n[[relay_rules]]\nrelay = "team"\nto = ["a@b.c"]\n'
    )
    relays = {"team": {"host": "smtp.test", "allow_insecure": "yes"}}
    rules = [{"relay": "team", "to": "a@b.c"}]
    environ = {"CATCHER_RELAYS": json.dumps(relays), "CATCHER_RELAY_RULES": json.dumps(rules)}
    from_file, from_environment = load(config=str(file))[0], load(environ=environ)[0]
    assert from_file.relays == from_environment.relays
    assert from_file.relay_rules == from_environment.relay_rules
    assert from_file.relays["team"].allow_insecure


def test_webhooks_without_a_name_are_numbered() -> None:
    """The name of a webhook without one is its position."""
    given = [{"url": "https://a.test"}, {"url": "https://b.test", "name": "b", "headers": {"X-Key": "1"}, "every": 0.5}]
    first, second = load(flags={"webhooks": json.dumps(given)})[0].webhooks
    assert (first.name, first.every, second.name, second.every) == ("1", 0.0, "b", 0.5)
    assert second.headers == (("X-Key", "1"),)


def test_tags_may_hold_blanks() -> None:
    """Commas separate the tags of a rule, in Mailpit's line as in a table."""
    rule = TagRuleSettings(match="two words", tags=("Tag one", "tag2"))
    assert load(flags={"tag": '"Tag one,tag2"="two words"'})[0].tag == (rule,)
    table = [{"match": "two words", "tags": ["Tag one", " tag2 "]}]
    assert load(flags={"tag_rules": json.dumps(table)})[0].tag_rules == (rule,)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("relays", {"team": {"port": 25}}, "each with host or backend"),
        ("relays", {"a b": {"host": "x"}}, "tables by name"),
        ("relays", {"team": {"host": "x", "lunch": 1}}, "each with host or backend"),
        ("relays", {"team": {"host": "x", "starttls": True, "tls": True}}, "each with host or backend"),
        ("relay_rules", [{"recipients": "("}], "any of relay, query"),
        ("relay_rules", [1], "any of relay, query"),
        ("webhooks", [{"name": "no address"}], "each with url"),
        ("webhooks", [{"url": "a", "name": "x"}, {"url": "b", "name": "x"}], "each name once"),
        ("webhooks", [{"url": "a", "delay": -1}], "each with url"),
        ("webhooks", [{"url": "a", "headers": {"X": 1}}], "each with url"),
        ("faults", [{"code": 451}], "each with stage (connect"),
        ("faults", [{"stage": "lunch"}], "each with stage (connect"),
        ("faults", [{"stage": "rcpt", "probability": 101}], "each with stage (connect"),
        ("faults", {"stage": "rcpt"}, "each with stage (connect"),
        ("tag_rules", [{"match": "x", "tags": []}], "each with match and tags"),
        ("tag_rules", [{"match": "", "tags": "a"}], "each with match and tags"),
        ("extract_rules", [{"match": "x"}], "each with match, and code or link"),
        ("extract_rules", [{"match": "", "code": "x"}], "each with match, and code or link"),
        ("extract_rules", [{"match": "x", "link": "("}], "each with match, and code or link"),
    ],
)
def test_an_invalid_table_is_one_line_with_the_keys(name: str, value: Any, words: str) -> None:
    """The error has the setting and what was expected, but not the value of a secret setting."""
    with pytest.raises(SettingError) as caught:
        load(flags={name: json.dumps(value)})
    assert str(caught.value).startswith(f"--{name.replace('_', '-')}=")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["relays", "relay_rules", "webhooks", "faults", "tag_rules", "extract_rules", "smtp_relay_options"]
)
def test_text_that_is_not_json_is_an_error(name: str) -> None:
    """Neither broken JSON nor JSON nested too deeply raises anything but SettingError."""
    for text in ("{", "nonsense", "[" * 100_000, "1"):
        with pytest.raises(SettingError, match=r"expected"):
            load(flags={name: text})
