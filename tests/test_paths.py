"""Where the directories beside the package are found."""

import pytest

from catcher.paths import data_directory


def test_the_migrations_are_found() -> None:
    """In the checkout they lie beside the package; a wheel brings them along."""
    assert (data_directory("migrations") / "env.py").is_file()


def test_a_missing_directory_is_named() -> None:
    """An incomplete installation says what is missing."""
    with pytest.raises(FileNotFoundError, match="'nonsense'"):
        data_directory("nonsense")
