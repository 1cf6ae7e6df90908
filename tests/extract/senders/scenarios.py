"""What mails are about: each scenario makes a draft from the phrases of a language, with the labels it has by construction."""

import random
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.extract.senders.model import Draft, SenderMail
from tests.extract.senders.styles import STYLES, drawn, tracked_draft

Phrases = dict[str, Any]
ALPHABETS = {
    "digits": ("0123456789", (6, 6, 6, 6, 4, 5, 8)),
    "capitals and digits": ("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", (6, 8)),
    "without ambiguous ones": ("BCDFGHJKLMNPQRSTVWXZ23456789", (6, 8)),
    "capitals": ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (6, 8)),
    "hexadecimal": ("0123456789abcdef", (8,)),
    "groups": ("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", (9,)),
    "mixed": ("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", (8,)),
}
WORDS = [
    "amber",
    "basin",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heron",
    "islet",
    "joker",
    "kayak",
    "lemon",
    "mango",
    "nylon",
    "orbit",
    "pearl",
    "quilt",
    "raven",
]
BRANDS = ("Lumen", "Northwind", "Parcelo", "Quillpad", "Haven", "Tidewater", "Ostrum", "Brightkey")
NAMES = ("Ann", "Jonas", "Li", "Omar", "Sofia")


@cache
def phrases() -> dict[str, Phrases]:
    """The phrases of every language."""
    return tomllib.loads(Path(__file__).with_name("phrases.toml").read_text("utf-8"))


def random_code(chance: random.Random, alphabet: str) -> str:
    """A code as it is shown; see `ALPHABETS`."""
    if alphabet == "words":
        return "-".join(chance.sample(WORDS, 3))
    characters, sizes = ALPHABETS[alphabet]
    code = "".join(chance.choices(characters, k=chance.choice(sizes)))
    return f"{code[:4]}-{code[5:]}" if alphabet == "groups" else code


class Teller:
    """Sentences of one language with made-up names and numbers."""

    def __init__(self, language: str, seed: str) -> None:
        self.chance = random.Random(f"{language} {seed}")
        self._words = phrases()[language]
        self.brand = self.chance.choice(BRANDS)
        self.host = f"{self.brand.lower()}.example"
        self.name = self.chance.choice(NAMES)

    def says(self, key: str, index: int | None = None, **values: str) -> str:
        """The sentence with its numbers filled in."""
        text: str = self._words[key] if index is None else self._words[key][index]
        return text.format_map({"brand": self.brand, "name": self.name, **self._numbers(), **values})

    def count(self, key: str) -> int:
        """The number of sentences."""
        return len(self._words[key])

    def code(self) -> str:
        """A code, mostly of digits."""
        kinds = (*["digits"] * 6, *ALPHABETS)
        return random_code(self.chance, self.chance.choice(kinds))

    def url(self, path: str) -> str:
        """An address with a token."""
        return f"https://{self.host}/{path}{self.token()}"

    def page(self, path: str) -> str:
        """An address without one."""
        return f"https://{self.host}/{path}"

    def token(self) -> str:
        """A token as a random generator of products makes it."""
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
        return "".join(self.chance.choices(letters, k=self.chance.choice((21, 32, 43))))

    def digits(self, count: int) -> str:
        """A number that does not begin with zero."""
        return str(self.chance.randrange(10 ** (count - 1), 10**count))

    def number(self, kind: int) -> str:
        """A number of the kind that `numbers` labels."""
        pick = self.chance.choice
        return [
            pick([self.digits(6), self.digits(7), f"{self.digits(3)}-{self.digits(7)}", f"R{self.digits(9)}"]),
            pick([f"INV-{self.digits(5)}", self.digits(6), f"2026/{self.digits(4)}"]),
            pick([self.digits(5), self.digits(8), f"K{self.digits(6)}"]),
            pick([self.digits(12), f"1Z{self.digits(6)}A0{self.digits(8)}", f"RR{self.digits(9)}DE"]),
            pick([f"0{self.digits(3)} {self.digits(6)}", f"+49 {self.digits(3)} {self.digits(7)}", self.digits(8)]),
            pick([self.digits(5), self.digits(4), "SW1A 1AA", "K1A 0B1", f"{self.digits(2)}-{self.digits(3)}"]),
            pick([f"DE{self.digits(9)}", self.digits(10), self.digits(8)]),
            pick(["X4KQ7P", "QWERTZ", "L2M9RT", self.digits(6)]),
        ][kind]

    def _numbers(self) -> dict[str, str]:
        pick = self.chance.choice
        day, month = self.chance.randrange(1, 29), self.chance.randrange(1, 13)
        return {
            "n": pick(["5", "10", "15", "30", "60", "120"]),
            "date": pick([f"{day}.{month}.2026", f"2026-{month:02}-{day:02}", f"{day:02}/{month:02}/2026"]),
            "compact": f"2026{month:02}{day:02}",
            "price": pick(
                [f"{day},{month:02} €", f"€ {self.digits(4)}.00", f"${self.digits(3)}.50", f"{self.digits(5)} kr"]
            ),
            "short": pick(["1", "2", "137", "404", "500", "1068", "4017"]),
            "port": pick(["8000", "3000", "5432", "62704", "10115"]),
            "sha": f"{self.chance.getrandbits(28):07x}",
            "activity": pick(["6201Z", "62010", "7022Z", "4791A"]),
            "big": pick([f"#{self.digits(6)}", self.digits(6), f"REQ-{self.digits(5)}"]),
        }


Scenario = Callable[[Teller, Draft], None]
SCENARIOS: dict[str, Scenario] = {}


def scenario(function: Scenario) -> Scenario:
    """Add a function to `SCENARIOS`."""
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


def sender_mails(*, styles: tuple[str, ...], rounds: int = 1) -> Iterator[SenderMail]:
    """Yield the mails of these styles: each scenario in each language, the styles in turn.

    rounds: how many styles tell each scenario in each language.
    """
    for place, language in enumerate(phrases()):
        for number, (name, tell) in enumerate(SCENARIOS.items()):
            for turn in range(rounds):
                style = styles[(place * 5 + number * 7 + turn) % len(styles)]
                teller = Teller(language, f"{name} {style}")
                draft = Draft(teller.brand)
                tell(teller, draft)
                if STYLES[style].is_tracked:
                    draft = tracked_draft(draft, teller.host)
                octets = drawn(draft, STYLES[style])
                yield SenderMail(language, style, name, octets, draft.code, draft.link, draft.codes)


def _open(teller: Teller, draft: Draft) -> None:
    if teller.chance.random() < 0.6:
        draft.add("logo", teller.brand, teller.page(""))
    draft.add("p", teller.says("hello"))


def _foot(teller: Teller, draft: Draft) -> None:
    """Small links, and now and then an address with numbers."""
    paths = ("unsubscribe", "privacy", "help", "online/")
    for index in sorted(teller.chance.sample(range(4), teller.chance.randrange(4))):
        draft.add("foot", teller.says("foot", index), teller.page(paths[index]))
    if teller.chance.random() < 0.4:
        for network in teller.chance.sample(["Facebook", "LinkedIn", "X", "YouTube"], 2):
            draft.add("icon", network, f"https://www.{network.lower()}.com/{teller.brand.lower()}")
    if teller.chance.random() < 0.4:
        where = teller.chance.choice(
            [(teller.brand, ""), ("Blog", "blog"), ("FAQ", "faq"), ("Status", "status"), ("Docs", "docs")]
        )
        draft.add("foot", where[0], teller.page(where[1]))
    if teller.chance.random() < 0.2:
        draft.add("quiet", f"© {teller.brand}, [{teller.host}]({teller.page('')})")
    if teller.chance.random() < 0.5:
        draft.add("quiet", f"{teller.brand} Ltd, {teller.digits(4)} Harbour Road, {teller.digits(5)} Port")
    if teller.chance.random() < 0.4:
        draft.add("pixel", "", teller.page("open.gif?u=1"))


def _primary(draft: Draft, code: str, kind: str = "sign-in") -> str:
    """Set the primary code; return it as it is shown."""
    draft.code = code
    draft.codes[code] = kind
    return code


def _call(teller: Teller, draft: Draft, key: str, path: str) -> None:
    """Add a sentence with its button, which is the primary link."""
    draft.link = teller.url(path)
    draft.add("p", teller.says(key, 0))
    draft.add("button", teller.says(key, 1), draft.link)
    if teller.chance.random() < 0.4:
        draft.add("p", teller.says("copy"))
        draft.add("raw", "", draft.link)


def _not_you(teller: Teller, draft: Draft) -> None:
    key, path = teller.chance.choice([("notme", "account/lock?t="), ("report", "report/")])
    text = teller.says(key)
    draft.add(teller.chance.choice(["p", "quiet"]), text.replace("]", f"]({teller.url(path)})"))


def _rows(teller: Teller, draft: Draft, count: int) -> None:
    for index in teller.chance.sample(range(8), count):
        draft.add("row", teller.says("numbers", index), teller.number(index))


# with a code


@scenario
def code_inline(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    draft.subject = teller.says("label")
    draft.add("p", teller.says("inline", code=_primary(draft, teller.code())))
    draft.add("p", teller.says("valid"))
    _foot(teller, draft)


@scenario
def code_alone(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    draft.add("p", teller.says("intro"))
    draft.add("code", _primary(draft, teller.code()))
    draft.add("p", teller.says("valid"))
    _foot(teller, draft)


@scenario
def code_in_subject(teller: Teller, draft: Draft) -> None:
    code = _primary(draft, teller.code())
    draft.subject = teller.says("subject", code=code)
    draft.add("p", teller.says("use", code=code))
    _foot(teller, draft)


@scenario
def code_to_use(teller: Teller, draft: Draft) -> None:
    draft.subject = teller.says("label")
    _open(teller, draft)
    draft.add("p", teller.says("use", code=_primary(draft, random_code(teller.chance, "digits"))))
    draft.add("p", teller.says("valid"))
    draft.add("p", teller.says("login"))


@scenario
def code_in_row(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    _rows(teller, draft, 1)
    draft.add("row", teller.says("label"), _primary(draft, teller.code()))
    _rows(teller, draft, 1)
    _foot(teller, draft)


@scenario
def code_and_link(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    _call(teller, draft, "signin", "login?token=")
    draft.add("p", teller.says("intro"))
    draft.add("code", _primary(draft, teller.code()))
    _not_you(teller, draft)
    _foot(teller, draft)


@scenario
def code_after_cancelled_one(teller: Teller, draft: Draft) -> None:
    old, new = random_code(teller.chance, "digits"), random_code(teller.chance, "digits")
    _open(teller, draft)
    draft.add("p", teller.says("old", code=old))
    draft.add("p", teller.says("inline", code=_primary(draft, new)))


@scenario
def code_before_cancelled_one(teller: Teller, draft: Draft) -> None:
    old, new = random_code(teller.chance, "digits"), random_code(teller.chance, "digits")
    draft.add("p", teller.says("intro"))
    draft.add("code", _primary(draft, new))
    draft.add("p", teller.says("old", code=old))
    _foot(teller, draft)


@scenario
def code_with_hidden_decoy(teller: Teller, draft: Draft) -> None:
    draft.add("hidden", teller.says("inline", code=random_code(teller.chance, "digits")))
    _open(teller, draft)
    draft.add("p", teller.says("intro"))
    draft.add("code", _primary(draft, teller.code()))
    _foot(teller, draft)


@scenario
def code_among_numbers(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    draft.add("p", teller.says("ticket"))
    draft.add("p", teller.says("inline", code=_primary(draft, teller.code())))
    _rows(teller, draft, 4)
    draft.add("p", teller.says("other", teller.chance.randrange(teller.count("other"))))
    _foot(teller, draft)


@scenario
def code_beside_backup_codes(teller: Teller, draft: Draft) -> None:
    draft.add("p", teller.says("intro"))
    draft.add("code", _primary(draft, random_code(teller.chance, "digits")))
    backup = [random_code(teller.chance, "groups") for _ in range(4)]
    draft.codes |= dict.fromkeys(backup, "backup")
    draft.add("p", teller.says("backup"))
    draft.add("list", " ".join(backup))


@scenario
def code_in_boxes(teller: Teller, draft: Draft) -> None:
    draft.add("head", teller.says("confirm", 0))
    draft.add("p", teller.says("intro"))
    draft.add("boxes", _primary(draft, teller.digits(6)))
    draft.add("p", teller.says("valid"))
    _not_you(teller, draft)
    _foot(teller, draft)


@scenario
def code_of_words(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    draft.add("p", teller.says("intro"))
    draft.add("code", _primary(draft, random_code(teller.chance, "words")))
    draft.add("p", teller.says("valid"))


@scenario
def code_of_letters(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    draft.add("row", teller.says("label"), _primary(draft, random_code(teller.chance, "capitals")))
    draft.add("p", teller.says("valid"))
    _foot(teller, draft)


@scenario
def code_beside_promotion(teller: Teller, draft: Draft) -> None:
    draft.add("p", teller.says("inline", code=_primary(draft, teller.code())))
    promo = f"{teller.chance.choice(['SPRING', 'WELCOME', 'HERBST'])}{teller.digits(2)}"
    draft.codes[promo] = "coupon"
    draft.add("p", teller.says("promo", code=promo))
    _foot(teller, draft)


# without a code, with a link


@scenario
def confirm_address(teller: Teller, draft: Draft) -> None:
    draft.subject = f"{teller.brand}: {teller.says('confirm', 1)}"
    _open(teller, draft)
    _call(teller, draft, "confirm", teller.chance.choice(["confirm/", "u/activate?key=", "auth/verify/", "x/"]))
    _not_you(teller, draft)
    _foot(teller, draft)


@scenario
def new_password(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    _call(teller, draft, "reset", teller.chance.choice(["password/edit?reset_password_token=", "reset/", "r/"]))
    if teller.chance.random() < 0.5:
        _not_you(teller, draft)
    _foot(teller, draft)


@scenario
def magic_link(teller: Teller, draft: Draft) -> None:
    draft.subject = teller.says("signin", 1)
    _call(teller, draft, "signin", teller.chance.choice(["members/?action=signin&token=", "magic/"]))
    draft.add("p", teller.says("valid"))
    _not_you(teller, draft)
    _foot(teller, draft)


@scenario
def invitation(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    _call(teller, draft, "invite", teller.chance.choice(["invites/", "join?id=", "-/i/"]))
    _foot(teller, draft)


@scenario
def bill(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    _call(teller, draft, "pay", "invoice/")
    _rows(teller, draft, 3)
    draft.add("row", teller.says("total"), f"{teller.digits(4)}.00 EUR")
    _foot(teller, draft)


@scenario
def parcel(teller: Teller, draft: Draft) -> None:
    draft.subject = teller.says("track", 0)
    _open(teller, draft)
    _call(teller, draft, "track", "shipments/")
    _rows(teller, draft, 2)
    _foot(teller, draft)


@scenario
def document(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    _call(teller, draft, "view", "d/")
    _foot(teller, draft)


@scenario
def call(teller: Teller, draft: Draft) -> None:
    draft.link = teller.url("j/")
    meeting, passcode = (
        f"{teller.digits(3)} {teller.digits(4)} {teller.digits(4)}",
        random_code(teller.chance, "digits"),
    )
    draft.add("button", teller.says("meeting", 0), draft.link)
    draft.add("row", teller.says("meeting", 1), meeting)
    draft.add("row", teller.says("meeting", 2), passcode)
    draft.codes[passcode] = "meeting"


# without either


@scenario
def receipt(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    draft.add("p", teller.says("thanks"))
    _rows(teller, draft, 3)
    draft.add("row", teller.says("total"), f"{teller.digits(3)}.00")
    _foot(teller, draft)


@scenario
def digest(teller: Teller, draft: Draft) -> None:
    draft.subject = teller.says("news", 0)
    _open(teller, draft)
    for _ in range(4):
        draft.add("head", f"{teller.brand} {teller.digits(4)}")
        draft.add(
            "p", f"{teller.says('statement')} [{teller.says('news', 1)}]({teller.page('blog/' + teller.digits(5))})"
        )
    _foot(teller, draft)


@scenario
def newsletter(teller: Teller, draft: Draft) -> None:
    draft.add("foot", teller.says("foot", 3), teller.page("webversion/1"))
    draft.add("head", teller.says("news", 0))
    for _ in range(3):
        draft.add("button", teller.says("news", 1), teller.page("p/" + teller.digits(4)))
    promo = f"AUTUMN{teller.digits(2)}"
    draft.codes[promo] = "coupon"
    draft.add("p", teller.says("promo", code=promo))
    draft.add("foot", teller.says("foot", 0), teller.page("unsubscribe?u=" + teller.token()))
    _foot(teller, draft)


@scenario
def new_device(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    draft.add("p", teller.says("login"))
    _not_you(teller, draft)
    _foot(teller, draft)


@scenario
def changed_password(teller: Teller, draft: Draft) -> None:
    draft.add("p", teller.says("changed"))
    _not_you(teller, draft)
    draft.add("foot", teller.says("foot", 2), teller.page("help"))


@scenario
def statement(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    draft.add("p", teller.says("statement"))
    draft.add("quiet", "IBAN DE89 3704 0044 0532 0130 00, BIC COBADEFFXXX")
    _foot(teller, draft)


@scenario
def ticket(teller: Teller, draft: Draft) -> None:
    draft.subject = f"[{teller.brand} #{teller.digits(6)}]"
    _open(teller, draft)
    draft.add("p", teller.says("ticket"))
    _rows(teller, draft, 1)
    _foot(teller, draft)


@scenario
def codes_of_other_kinds(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    for index in teller.chance.sample(range(teller.count("other")), 3):
        draft.add("p", teller.says("other", index))
    _foot(teller, draft)


@scenario
def one_code_of_another_kind(teller: Teller, draft: Draft) -> None:
    text = teller.says("other", teller.chance.randrange(teller.count("other")))
    draft.subject = text
    draft.add("p", text)


@scenario
def gift_card(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    code = random_code(teller.chance, "groups")
    draft.codes[code] = "gift-card"
    draft.add("row", teller.says("gift"), code)
    _foot(teller, draft)


@scenario
def promotion(teller: Teller, draft: Draft) -> None:
    promo = f"{teller.chance.choice(['SAVE', 'HALLO', 'VIP'])}{teller.digits(2)}"
    draft.codes[promo] = "coupon"
    draft.add("head", teller.says("promo", code=promo))
    _foot(teller, draft)


@scenario
def backup_codes(teller: Teller, draft: Draft) -> None:
    draft.add("p", teller.says("backup"))
    backup = [random_code(teller.chance, "groups") for _ in range(6)]
    draft.codes |= dict.fromkeys(backup, "backup")
    draft.add("list", " ".join(backup))


@scenario
def form_data(teller: Teller, draft: Draft) -> None:
    draft.subject = f"{teller.brand} {teller.digits(5)}"
    _rows(teller, draft, 6)


@scenario
def itinerary(teller: Teller, draft: Draft) -> None:
    _open(teller, draft)
    draft.add("row", teller.says("numbers", 7), teller.chance.choice(["X4KQ7P", "ABCDEF", "Q7RTLM", "M2KPZ9"]))
    draft.add(
        "p", f"LH {teller.digits(4)} / {teller.digits(2)}A, Gate B{teller.digits(2)}, 07:4{teller.digits(1)}, #a1b2c3"
    )
    _rows(teller, draft, 2)
    _foot(teller, draft)


@scenario
def machine(teller: Teller, draft: Draft) -> None:
    """Output of a program, which is English everywhere."""
    draft.subject = teller.chance.choice(
        [f"Cron <root@db{teller.digits(2)}> /usr/bin/backup", f"Build {teller.digits(4)} failed"]
    )
    sha, process = f"{teller.chance.getrandbits(40):010x}", teller.digits(5)
    draft.add("p", f"backup[{process}]: started, pid {process}, port {teller.digits(4)}")
    draft.add("p", f"commit {sha} on main by {teller.name}: {teller.digits(3)} passed, {teller.digits(2)} failed")
    draft.add(
        "p",
        f"step 3 exited with code {teller.digits(3)} after {teller.digits(4)} ms; status code 502 from 10.0.0.7:8080",
    )


@scenario
def bounce(teller: Teller, draft: Draft) -> None:
    """A delivery report, which is English everywhere."""
    draft.subject = "Undelivered Mail Returned to Sender"
    draft.add(
        "p",
        f"<{teller.name.lower()}@{teller.host}>: host mx.{teller.host}[203.0.113.{teller.digits(2)}] said: 550 5.1.1 unknown",
    )
    draft.add("p", f"Queue ID: 4Xk{teller.digits(4)}Zq2, arrival {teller.digits(4)}-01-02")
