"""Names of tags. Mailpit compatibility: Tags; Differences."""

import pytest

from catcher.errors import TagError
from catcher.store.labels.tag_names import checked_tag, clean_tag, clean_tags, fold_tag


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  two   words ", "two words"),
        ("a/b:c+d", "a b c d"),
        ("dash-dot._@9", "dash-dot._@9"),
        ("Größe", "Größe"),
        ("हिन्दी", "हिन्दी"),
        ("注文", "注文"),
        ("<script>alert(1)</script>", "script alert 1 script"),
        ("line\nbreak\x00nul", "line break nul"),
        ("///", ""),
        ("x" * 150, "x" * 100),
        ("\udc80", ""),
    ],
)
def test_other_characters_become_one_space(text: str, name: str) -> None:
    """Letters, digits and `-_.@` of any script stay; at most 100 characters; cleaning twice changes nothing."""
    assert clean_tag(text) == name
    assert clean_tag(name) == name


def test_names_that_differ_in_case_are_one() -> None:
    """The first one counts; composed and decomposed letters are the same."""
    assert clean_tags(["Straße", "STRASSE", " ", "a", "A", "e\u0301", "é"]) == ("Straße", "a", "é")
    assert fold_tag("Straße") == fold_tag("STRASSE")


def test_a_name_for_renaming_must_be_valid_as_given() -> None:
    """No characters are removed silently."""
    assert checked_tag(" ok name ") == "ok name"
    for bad in ("", "a:b", "a  b", "x" * 101):
        with pytest.raises(TagError, match="invalid tag name"):
            checked_tag(bad)
