"""Values to columns and back."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from catcher.store.db.codec import (
    ChangeData,
    microseconds,
    moment,
    pack,
    pack_text,
    storable,
    unpack_change,
    unpack_text,
)


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7))])))
def test_times_are_kept_to_the_microsecond(when: datetime) -> None:
    """Any aware moment comes back as the same moment in UTC."""
    assert moment(microseconds(when)) == when
    assert moment(microseconds(when)).tzinfo is UTC


@given(st.text(alphabet=st.characters()))
def test_any_text_can_be_stored(text: str) -> None:
    """What is left has no NUL and no lone surrogate, and is otherwise unchanged."""
    kept = storable(text)
    kept.encode()
    assert "\0" not in kept
    assert storable(kept) == kept
    if not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text):
        assert kept == text


@given(st.lists(st.text(alphabet=st.characters())))
def test_values_with_any_text_are_read_back(texts: list[str]) -> None:
    """Long ones are compressed; lone surrogates become U+FFFD, and nothing raises."""
    texts = [text * 200 for text in texts]
    kept = unpack_change(pack(ChangeData(tags=tuple(texts))))
    if not any("\ud800" <= character <= "\udfff" for text in texts for character in text):
        assert kept.tags == tuple(texts)
    else:
        assert kept.tags is not None
        assert len(kept.tags) == len(texts)


def test_long_values_are_compressed() -> None:
    """A tree of thousands of parts takes little room."""
    long = ChangeData(tags=("the same name",) * 5000)
    assert len(pack(long)) < 1000
    assert unpack_change(pack(long)) == long
    assert pack(ChangeData(is_read=True)).startswith(b"{")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.integers(1, 3000))
def test_texts_come_back_from_columns_that_may_pack_them(text: str, times: int) -> None:
    """Long ones are octets, short ones stay text, which other programs can read."""
    packed = pack_text(text * times)
    assert unpack_text(packed) == text * times
    assert isinstance(packed, bytes) is (len(text * times) > 2048)
