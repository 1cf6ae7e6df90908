"""Tests of catcher.conf.documentation: README.md agrees with the settings."""

from pathlib import Path

from catcher.conf.documentation import with_table

README = Path(__file__).parents[2] / "README.md"


def test_readme_has_the_current_table_of_settings() -> None:
    """The settings table in README.md is the one that `python -m catcher.conf.documentation` writes."""
    text = README.read_text("utf-8")
    assert with_table(text) == text
    assert "`CATCHER_MAX_AGE`" in text
