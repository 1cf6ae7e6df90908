"""Printer of queries in the search language."""

from datetime import UTC, datetime

from catcher.store.search import model
from catcher.store.search.logic import simplify
from catcher.store.search.readers import STATES
from catcher.store.search.terms import BY_NAME

_COLUMN_TERMS = {"from_": "from", "reply_to": "reply-to", "file_names": "filename", "media_types": "type"}
_COLUMN_TERMS |= {"reverse_path": "reverse-path", "message_id": "message-id"}
_STATE_TERMS: dict[model.Query, str] = {}
for _prefix, _words in STATES.items():
    for _word, _query in _words.items():
        _STATE_TERMS.setdefault(_query, f"{_prefix}:{_word}")


def render(query: model.Query) -> str:
    """Return a text that `parse` turns into the same query, in simplest form; Anything gives "".

    Dates are printed in UTC with all their digits, sizes in octets. Queries that no text expresses (a Contains whose
    text is not clean, an unknown state) give a similar one.
    """
    return _print(simplify(query), inside=None)


def _print(query: model.Query, *, inside: type[model.And] | type[model.Not] | None) -> str:
    """Print one query; `inside`, the enclosing kind, determines whether it needs parentheses."""
    match query:
        case model.Or(operands):
            text = " OR ".join(_print(operand, inside=None) for operand in operands)
            return f"({text})" if inside else text
        case model.And(operands):
            text = " ".join(_print(operand, inside=model.And) for operand in operands)
            return f"({text})" if inside is model.Not else text
        case model.Not(operand):
            return _print_not(operand)
        case model.Anything():
            return ""
        case model.Nothing():
            return "-()"
        case _:
            return _print_term(query)


def _print_not(operand: model.Query) -> str:
    # A sign before a single date or size reverses it; in parentheses it negates.
    text = _print(operand, inside=model.Not)
    return f"-({text})" if isinstance(operand, model.Received | model.Size) else f"-{text}"


def _print_term(query: model.Query) -> str:
    if query in _STATE_TERMS:
        return _STATE_TERMS[query]
    match query:
        case model.Contains(column="any", text=text):
            return _quoted(_plain_word(text))
        case model.Contains(column=column, text=text, whole=whole):
            return f"{_COLUMN_TERMS.get(column, column)}:{_value(text, whole=whole)}"
        case model.HeaderHas(name=name, text=text, whole=whole):
            return f"header:{_header(name, text, whole=whole)}"
        case model.HasTag(name=name):
            return f"tag:{_value(name, whole=False)}"
        case model.InInbox(name=name):
            return f"inbox:{_value(name, whole=False)}"
        case model.Is():
            return "-()"  # a state without a word
        case model.Received(after=after, moment=moment):
            return f"{'after' if after else 'before'}:{_moment(moment)}"
        case model.Size(larger=larger, octets=octets):
            return f"{'larger' if larger else 'smaller'}:{octets}"
        case model.HasId(store_id=store_id):
            return f"id:{store_id}"
    raise TypeError(query)


def _moment(moment: datetime) -> str:
    moment = moment.astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat() + "Z"


def _value(text: str, *, whole: bool) -> str:
    plain = _escaped(text)
    return f"={_quoted(plain)}" if whole else _quoted(f"\\{plain}" if plain.startswith("=") else plain)


def _header(name: str, text: str, *, whole: bool) -> str:
    plain_name = _quoted(_escaped(name).replace("=", "\\="))
    return f"{plain_name}={_value(text, whole=whole)}" if text else plain_name


def _plain_word(text: str) -> str:
    """Return a free word that does not start with a sign or a term's name."""
    plain = _escaped(text)
    if len(text) > 1 and text[0] in "-!":
        return f"\\{plain}"
    name, colon, rest = plain.partition(":")
    return f"{name}\\:{rest}" if colon and name in BY_NAME else plain


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _quoted(plain: str) -> str:
    return f'"{plain}"' if " " in plain or "(" in plain or ")" in plain else plain
