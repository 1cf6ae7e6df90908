"""Tests of catcher.faults over real SMTP, and of the APIs of Mailpit and MailHog for them."""

import select
import smtplib
from collections.abc import Callable, Iterator

import httpx2
import pytest

from catcher.errors import NotFound, QueryError, SettingError
from catcher.faults import FaultRule, FaultRules
from catcher.faults.chaos import Jim, jim_of, read_triggers, set_jim
from catcher.hooks import Stage
from catcher.testing import RunningCatcher, running_catcher
from tests.waiting import wait_until

MAIL = b"Subject: x\r\n\r\nx\r\n"

Put = Callable[..., list[dict[str, object]]]


@pytest.fixture
def api(catcher: RunningCatcher) -> Iterator[httpx2.Client]:
    """The catcher's API."""
    with httpx2.Client(base_url=catcher.url, timeout=30) as client:
        yield client


@pytest.fixture
def put(api: httpx2.Client) -> Put:
    """Replaces all faults and returns them."""

    def put(*faults: dict[str, object], seed: int | None = None) -> list[dict[str, object]]:
        answer = api.put("api/v1/faults", json={"faults": faults, "seed": seed})
        assert answer.status_code == 200, answer.text
        value: list[dict[str, object]] = answer.json()["faults"]
        return value

    return put


def connected(catcher: RunningCatcher) -> smtplib.SMTP:
    """A client that has said EHLO."""
    client = smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=30)
    client.ehlo("tests.example")
    return client


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stage", "run"),
    [
        ("helo", lambda client: client.docmd("EHLO", "x")),
        ("mail", lambda client: client.docmd("MAIL", "FROM:<a@b.c>")),
        ("rcpt", lambda client: (client.docmd("MAIL", "FROM:<a@b.c>"), client.docmd("RCPT", "TO:<d@e.f>"))[1]),
        ("auth", lambda client: client.docmd("AUTH", "PLAIN AGEAYg==")),
        (
            "data",
            lambda client: (
                client.docmd("MAIL", "FROM:<a@b.c>"),
                client.docmd("RCPT", "TO:<d@e.f>"),
                client.docmd("DATA"),
            )[2],
        ),
        (
            "content",
            lambda client: (
                client.docmd("MAIL", "FROM:<a@b.c>"),
                client.docmd("RCPT", "TO:<d@e.f>"),
                client.data(MAIL),
            )[2],
        ),
        ("quit", lambda client: client.docmd("QUIT")),
    ],
)
def test_every_stage_can_be_refused_once(
    catcher: RunningCatcher, put: Put, api: httpx2.Client, stage: str, run: Callable[[smtplib.SMTP], tuple[int, bytes]]
) -> None:
    """Code and text as given, the first time only; the hit is counted."""
    client = connected(catcher)
    put({"stage": stage, "code": 459, "text": "4.7.1 not today", "times": 1})
    assert run(client) == (459, b"4.7.1 not today")
    if stage not in ("quit",):
        client.docmd("RSET")
    assert run(client)[0] in (221, 235, 250, 354)
    (fault,) = api.get("api/v1/faults").json()["faults"]
    assert (fault["hits"], fault["is_spent"]) == (1, True)
    client.close()


def test_a_connection_is_refused_by_its_address(catcher: RunningCatcher, put: Put) -> None:
    """Stage connect, with `ip:`: the greeting is the refusal."""
    put({"stage": "connect", "query": "ip:127.0.0.1", "code": 421, "text": "busy"})
    with pytest.raises(smtplib.SMTPConnectError) as caught:
        smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=30)
    assert caught.value.smtp_code == 421


def test_one_recipient_is_refused_and_the_others_receive_the_message(catcher: RunningCatcher, put: Put) -> None:
    """`to:=` at RCPT matches only the recipient of that command."""
    put({"stage": "rcpt", "query": "to:=bad@example.com", "code": 550, "text": "5.1.1 nobody"})
    with connected(catcher) as client:
        refused = client.sendmail("a@b.c", ["good@example.com", "bad@example.com", "fine@example.com"], MAIL)
    assert refused == {"bad@example.com": (550, b"5.1.1 nobody")}
    stored = catcher.store.get(catcher.store.latest().store_id)
    assert stored.envelope.recipients == ("good@example.com", "fine@example.com")


def test_the_first_matching_fault_applies(catcher: RunningCatcher, put: Put) -> None:
    """In their order, without spent ones: twice 451, then 452, then success."""
    put(
        {"stage": "mail", "query": "from:other@x.y", "code": 500},
        {"stage": "mail", "query": "from:a@b.c helo:tests.example", "code": 451, "times": 2},
        {"stage": "mail", "query": "reverse-path:a@b.c", "code": 452, "times": 1},
    )
    with connected(catcher) as client:
        codes = [client.docmd("MAIL", "FROM:<a@b.c>")[0] for _ in range(4)]
    assert codes == [451, 451, 452, 250]


def test_a_user_is_refused(catcher: RunningCatcher, put: Put) -> None:
    """`user:` at AUTH is the user name of the attempt, and later the authenticated user."""
    put(
        {"stage": "auth", "query": "user:=mallory", "code": 535},
        {"stage": "data", "query": "user:=ann", "code": 452},
    )
    with connected(catcher) as client:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("mallory", "x")
        client.login("ann", "x")
        with pytest.raises(smtplib.SMTPDataError) as caught:
            client.sendmail("a@b.c", ["d@e.f"], MAIL)
    assert caught.value.smtp_code == 452
    assert catcher.store.counts().messages == 0


@pytest.mark.slow
def test_a_client_is_delayed_while_others_are_served(catcher: RunningCatcher, api: httpx2.Client, put: Put) -> None:
    """delay waits before the reply and holds up no other connection; after it the dialogue goes on."""
    put({"stage": "mail", "delay": 600, "times": 1}, {"stage": "mail", "delay": 0.01, "times": 1})
    delayed = connected(catcher)
    delayed.putcmd("MAIL", "FROM:<a@b.c>")
    wait_until(lambda: api.get("api/v1/faults").json()["faults"][0]["hits"])
    with connected(catcher) as other:
        assert other.docmd("MAIL", "FROM:<a@b.c>")[0] == 250
    assert delayed.sock is not None
    assert not select.select([delayed.sock], [], [], 0)[0]
    delayed.close()


def test_a_client_is_dropped(catcher: RunningCatcher, put: Put) -> None:
    """drop closes the connection without a reply."""
    put({"stage": "mail", "drop": True})
    with pytest.raises(smtplib.SMTPServerDisconnected):
        connected(catcher).docmd("MAIL", "FROM:<a@b.c>")


def test_a_seed_makes_probabilities_repeatable(catcher: RunningCatcher, put: Put) -> None:
    """The same seed gives the same run; about half of a hundred are refused at 50 percent."""

    def run() -> list[int]:
        put({"stage": "mail", "code": 451, "probability": 50}, seed=7)
        with connected(catcher) as client:
            return [client.docmd("MAIL", "FROM:<a@b.c>")[0] for _ in range(100) if client.docmd("RSET")]

    first = run()
    assert first == run()
    assert 30 < first.count(451) < 70


def test_faults_are_added_and_removed_one_by_one(api: httpx2.Client) -> None:
    """POST appends and returns the id, DELETE removes one or all; an unknown id is 404."""
    first = api.post("api/v1/faults", json={"stage": "mail", "code": 451}).json()
    second = api.post("api/v1/faults", json={"STAGE": "quit", "Drop": True}).json()
    assert [each["id"] for each in api.get("api/v1/faults").json()["faults"]] == [first["id"], second["id"]]
    assert [each["id"] for each in api.delete(f"api/v1/faults/{first['id']}").json()["faults"]] == [second["id"]]
    for unknown in (first["id"], "x", "99999999999999999999999"):
        answer = api.delete(f"api/v1/faults/{unknown}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not-found")
    assert api.delete("api/v1/faults").json() == {"faults": []}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ({"stage": "lunch", "code": 451}, "stage"),
        ({"code": 451}, "stage"),
        ({"stage": "mail"}, "code"),
        ({"stage": "mail", "code": 250}, "code"),
        ({"stage": "mail", "code": 451, "text": "a\r\n250 ok"}, "text"),
        ({"stage": "mail", "code": 451, "text": "é"}, "text"),
        ({"stage": "mail", "delay": 601}, "delay"),
        ({"stage": "mail", "delay": -1}, "delay"),
        ({"stage": "mail", "code": 451, "probability": 101}, "probability"),
        ({"stage": "mail", "code": 451, "times": -1}, "times"),
        ({"stage": "mail", "code": 451, "query": "before:x"}, "before"),
        ({"stage": "mail", "code": "many"}, "code"),
    ],
)
def test_an_invalid_fault_is_refused_and_nothing_changes(
    api: httpx2.Client, put: Put, fault: dict[str, object], word: str
) -> None:
    """400 with the field's name; the faults stay as they were."""
    before = put({"stage": "quit", "code": 451})
    for answer in (api.post("api/v1/faults", json=fault), api.put("api/v1/faults", json={"faults": [fault]})):
        assert answer.status_code == 400
        assert word in answer.json()["error"]["message"]
    assert api.get("api/v1/faults").json()["faults"] == before


def test_the_number_of_faults_is_limited() -> None:
    """So that dialogues stay fast."""
    rules = FaultRules([FaultRule(stage=Stage.MAIL, code=451)] * 1000)
    with pytest.raises(ValueError, match="1000"):
        rules.add(FaultRule(stage=Stage.MAIL, code=451))
    with pytest.raises(ValueError, match="1000"):
        rules.replace([FaultRule(stage=Stage.MAIL, code=451)] * 1001)
    assert len(rules.active) == 1000
    with pytest.raises(QueryError):
        rules.replace([FaultRule(stage=Stage.MAIL, code=451, query="before:x")])
    with pytest.raises(NotFound):
        rules.remove(0)


def test_faults_of_the_settings_apply_from_the_start() -> None:
    """In TOML or JSON; an invalid one stops the start with its reason."""
    with (
        running_catcher(faults='[{"stage": "connect", "code": 421, "times": 1}]') as catcher,
        pytest.raises(smtplib.SMTPConnectError),
    ):
        smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=30)
    for wrong in ('[{"stage": "mail", "code": 200}]', '[{"stage": "x"}]', "{}", '[{"stage": "mail", "code": true}]'):
        with pytest.raises(SettingError, match="faults"), running_catcher(faults=wrong):
            pass


# Mailpit's chaos


RESTING = {
    "Sender": {"ErrorCode": 451, "Probability": 0},
    "Recipient": {"ErrorCode": 451, "Probability": 0},
    "Authentication": {"ErrorCode": 535, "Probability": 0},
}


def test_chaos_is_off_unless_enabled(api: httpx2.Client) -> None:
    """The errors of wrong triggers. Mailpit compatibility: Chaos."""
    assert api.get("api/v1/webui").json()["ChaosEnabled"] is False
    for answer in (api.get("api/v1/chaos"), api.put("api/v1/chaos", json={})):
        assert (answer.status_code, answer.text) == (400, "Chaos is not enabled")


def test_chaos_triggers_are_set_and_apply() -> None:
    """JSON, defaults, Mailpit's text in the reply; a missing trigger is disabled. Mailpit compatibility: Chaos."""
    with running_catcher(enable_chaos=True) as catcher, httpx2.Client(base_url=catcher.url) as api:
        assert api.get("api/v1/webui").json()["ChaosEnabled"] is True
        assert api.get("api/v1/chaos").json() == RESTING
        wanted = {"Sender": {"ErrorCode": 0, "Probability": 100}, "recipient": {"errorcode": 550, "probability": 100}}
        answer = api.put("api/v1/chaos", json=wanted).json()
        assert answer == {
            **RESTING,
            "Sender": {"ErrorCode": 451, "Probability": 100},
            "Recipient": {"ErrorCode": 550, "Probability": 100},
        }
        assert api.get("api/v1/chaos").json() == answer
        with connected(catcher) as client:
            assert client.docmd("MAIL", "FROM:<a@b.c>") == (451, b"Chaos sender error")
            api.put("api/v1/chaos", json={"Recipient": {"ErrorCode": 550, "Probability": 100}})
            assert client.docmd("MAIL", "FROM:<a@b.c>")[0] == 250
            assert client.docmd("RCPT", "TO:<a@b.c>") == (550, b"Chaos recipient error")
            api.put("api/v1/chaos", json={"Authentication": {"ErrorCode": 535, "Probability": 100}})
            client.docmd("RSET")
            assert client.docmd("AUTH", "PLAIN AGEAYg==") == (535, b"Chaos authentication error")
        assert api.put("api/v1/chaos").json() == RESTING


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ({"ErrorCode": 399, "Probability": 1}, "error code must be between 400 and 599"),
        ({"ErrorCode": 600, "Probability": 1}, "error code must be between 400 and 599"),
        ({"ErrorCode": 451, "Probability": 101}, "probability must be between 0 and 100"),
        ({"ErrorCode": 451, "Probability": -1}, "probability must be between 0 and 100"),
    ],
)
def test_wrong_chaos_is_refused_whole(trigger: dict[str, int], text: str) -> None:
    """With Mailpit's texts. Mailpit sets the triggers before the wrong one; here nothing changes."""
    with running_catcher(enable_chaos=True) as catcher, httpx2.Client(base_url=catcher.url) as api:
        good = {"ErrorCode": 452, "Probability": 5}
        answer = api.put("api/v1/chaos", json={"Sender": good, "Authentication": trigger})
        assert (answer.status_code, answer.text) == (400, text)
        assert api.get("api/v1/chaos").json() == RESTING


def test_chaos_triggers_of_the_settings_enable_it() -> None:
    """MP_CHAOS_TRIGGERS with Mailpit's aliases."""
    triggers = read_triggers("Sender:452:5, recipients:551:10,auth:530:20")
    assert {name: (each.code, each.probability) for name, each in triggers.items()} == {
        "sender": (452, 5),
        "recipient": (551, 10),
        "authentication": (530, 20),
    }
    with running_catcher(chaos_triggers="Sender:452:100") as catcher, httpx2.Client(base_url=catcher.url) as api:
        assert api.get("api/v1/chaos").json()["Sender"] == {"ErrorCode": 452, "Probability": 100}
    with pytest.raises(SettingError, match="triggers"), running_catcher(chaos_triggers="Lunch:451:5"):
        pass


# MailHog's monkey


def test_the_monkey_is_turned_on_and_off(api: httpx2.Client, catcher: RunningCatcher) -> None:
    """404 while it is off; POST turns it on with MailHog's defaults, PUT changes it, DELETE turns it off."""
    assert api.get("api/v2/jim").status_code == 404
    assert api.post("api/v2/jim").status_code == 200
    assert api.get("api/v2/jim").json() == {
        "AcceptChance": 0.99,
        "DisconnectChance": 0.005,
        "RejectSenderChance": 0.05,
        "RejectRecipientChance": 0.05,
        "RejectAuthChance": 0.05,
        "LinkSpeedAffect": 0.0,
        "LinkSpeedMin": 0.0,
        "LinkSpeedMax": 0.0,
    }
    chances = {"AcceptChance": 1, "DisconnectChance": 0, "RejectSenderChance": 1}
    assert api.put("api/v2/jim", json=chances).status_code == 200
    with connected(catcher) as client:
        assert client.docmd("MAIL", "FROM:<a@b.c>")[0] == 550
    assert api.put("api/v2/jim", json={"AcceptChance": 2}).status_code == 400
    assert api.delete("api/v2/jim").status_code == 200
    assert api.get("api/v2/jim").status_code == 404
    assert api.get("api/v1/faults").json() == {"faults": []}


def test_the_monkey_leaves_other_faults_alone() -> None:
    """Its faults have reserved names."""
    rules = FaultRules([FaultRule(stage=Stage.QUIT, code=451)])
    set_jim(rules, Jim())
    assert jim_of(rules) == Jim()
    set_jim(rules, None)
    assert [one.rule.stage for one in rules.active] == [Stage.QUIT]
