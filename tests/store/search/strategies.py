"""Random texts, queries and messages for the properties of the search language."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from catcher.store.search import clean, entries, fold, model
from catcher.store.search.texts import label

START = datetime(2024, 1, 31, 12, tzinfo=UTC)
COLUMNS = ("any", "addressed", "subject", "from_", "to", "cc", "bcc", "reply_to", "file_names", "media_types")
LINES = ("ip", "user", "helo", "reverse_path", "message_id")
NAMES = ("x-a", "x-aa", "subject", "a b", "a=", "%")

LETTERS = st.sampled_from("abABäÄßſıİIΣσς%_*?\"'\\-!:=(),;<>.@ \n\t\u00a0\u200b\ufb01\u0301ÅÅ中🎉")
ODD = st.text(LETTERS, max_size=6)
ANY = st.one_of(
    ODD, st.text(max_size=8), st.sampled_from(["OR", "or", "to:a", "subject:", "-a", "is:read", "a b", "aba"])
)
CLEAN = ANY.map(clean).filter(bool)
MOMENTS = st.integers(-5, 5).map(lambda number: START + timedelta(microseconds=number))

LEAVES: st.SearchStrategy[model.Query] = st.one_of(
    st.builds(model.Contains, column=st.sampled_from(COLUMNS + LINES), text=CLEAN),
    st.builds(model.Contains, column=st.sampled_from(COLUMNS[2:] + LINES), text=CLEAN, whole=st.just(True)),
    st.builds(model.HeaderHas, name=st.sampled_from(NAMES), text=st.one_of(st.just(""), CLEAN)),
    st.builds(model.HeaderHas, name=st.sampled_from(NAMES), text=CLEAN, whole=st.just(True)),
    st.builds(model.HasTag, name=ANY.map(fold).filter(bool)),
    st.builds(model.InInbox, name=ANY.map(fold).filter(bool)),
    st.builds(model.Is, state=st.sampled_from(["read", "unread", "tagged", "pinned", "attachment", "inline"])),
    st.builds(model.Received, after=st.booleans(), moment=MOMENTS),
    st.builds(model.Size, larger=st.booleans(), octets=st.integers(1, 5)),
    st.builds(model.HasId, store_id=st.sampled_from("0123")),
)

QUERIES: st.SearchStrategy[model.Query] = st.recursive(
    st.one_of(LEAVES, st.just(model.Anything()), st.just(model.Nothing())),
    lambda inner: st.one_of(
        st.builds(model.Not, inner),
        st.builds(model.And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(model.Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)

ENTRIES = st.lists(ANY, max_size=3).map(entries)


def _lines(pairs: list[tuple[str, str]]) -> str:
    return "".join(f"{label(name)}{clean(body)}" for name, body in pairs) + "\n" if pairs else ""


TEXTS = st.builds(
    model.SearchTexts,
    subject=ANY.map(clean),
    from_=ENTRIES,
    to=ENTRIES,
    cc=ENTRIES,
    bcc=ENTRIES,
    reply_to=ENTRIES,
    file_names=ENTRIES,
    media_types=ENTRIES,
    header=st.lists(st.tuples(st.sampled_from(NAMES), ANY), max_size=4).map(_lines),
    client=st.lists(st.tuples(st.sampled_from(LINES), ANY), max_size=4, unique_by=lambda pair: pair[0]).map(_lines),
    text=st.lists(ANY.map(clean), max_size=4).map("\n".join),
)

TAGS = st.lists(ANY.filter(fold), max_size=2, unique_by=fold).map(tuple)

MAILBOXES = st.lists(
    st.builds(
        model.Subject,
        store_id=st.sampled_from("0123456"),
        received_at=MOMENTS,
        size=st.integers(0, 6),
        attachments=st.integers(0, 1),
        inlines=st.integers(0, 1),
        is_read=st.booleans(),
        tags=TAGS,
        texts=TEXTS,
        is_pinned=st.booleans(),
        inboxes=TAGS,
    ),
    max_size=5,
    unique_by=lambda subject: subject.store_id,
)
