"""The test suite of openspf.org for RFC 7208, as it stands in `data/rfc7208/tests.yml`."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest
import yaml

from catcher.checks.auth import LookupFailed, check_host
from tests.checks.mails import DATA

_SUITE = DATA / "rfc7208" / "tests.yml"


class SuiteLookup:
    """DNS as a scenario of the suite describes it.

    Records of the abandoned type SPF stand for TXT where a name has no TXT record; a record TIMEOUT is a name server
    that gives no answer, for one type or for all of them.
    """

    is_offline = True

    def __init__(self, zone: dict[str, list[Any]]) -> None:
        self._zone = {name.lower(): records for name, records in zone.items()}

    def _records(self, name: str, kind: str, *, aliases: int = 0) -> list[Any]:
        records = self._zone.get(name.lower().rstrip("."), [])
        named = [next(iter(record.items())) for record in records if record != "TIMEOUT"]
        if kind == "TXT" and not any(key == "TXT" for key, _ in named):
            named = [("TXT" if key == "SPF" else key, value) for key, value in named]
        values = [value for key, value in named if key == kind and value != "NONE"]
        if "TIMEOUT" in values or ("TIMEOUT" in records and not values):
            raise LookupFailed(f"no answer for {name}")
        alias = next((value for key, value in named if key == "CNAME"), None)
        if alias is not None and not values and aliases < 8:
            return self._records(alias, kind, aliases=aliases + 1)
        return values

    def txt(self, name: str) -> tuple[bytes, ...]:
        values = self._records(name, "TXT")
        return tuple((value if isinstance(value, str) else "".join(value)).encode() for value in values)

    def addresses(self, name: str, *, version: int) -> tuple[str, ...]:
        return tuple(self._records(name, "AAAA" if version == 6 else "A"))

    def mail_hosts(self, name: str) -> tuple[str, ...]:
        return tuple(host.rstrip(".") for _, host in sorted(self._records(name, "MX")))

    def names(self, address: str) -> tuple[str, ...]:
        return tuple(self._records(ip_address(address).reverse_pointer, "PTR"))


def cases() -> Iterator[Any]:
    for scenario in yaml.safe_load_all(_SUITE.read_text("utf-8")):
        for name, case in scenario["tests"].items():
            yield pytest.param(scenario["zonedata"], case, id=f"{scenario['description']}: {name}")


@pytest.mark.parametrize(("zone", "case"), list(cases()))
def test_result_is_one_that_the_suite_accepts(zone: dict[str, list[Any]], case: dict[str, Any]) -> None:
    """The result, and the explanation where the suite gives one. Source: RFC 7208, the section is in the case."""
    helo, sender = str(case["helo"]), str(case["mailfrom"])
    domain = sender.rpartition("@")[2] if sender else helo
    result = check_host(
        str(case["host"]), domain, sender=sender or f"postmaster@{helo}", helo=helo, lookup=SuiteLookup(zone)
    )
    accepted = case["result"] if isinstance(case["result"], list) else [case["result"]]
    assert result.result in accepted, result.reason
    if case.get("explanation", "DEFAULT") != "DEFAULT":
        assert result.explanation.lower() == case["explanation"].lower()  # the letter case of %{i} for IPv6 is open
