"""Support of mail programs for the HTML and CSS features that a mail uses."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from catcher.checks.features import LinkedSheet, Occurrences, find_features
from catcher.checks.features.caniemail import Feature, Program, Result, Support, knowledge
from catcher.checks.model import Facts, Finding, FindingPlace, Report, Severity, in_order
from catcher.checks.options import CheckOptions
from catcher.checks.parse.checked_mail import CheckedMail
from catcher.checks.parse.html import attributes_of
from catcher.mime.text.charsets import decode
from catcher.net import Fetcher, FetchError

NAME = "clients"
TITLE = "HTML in mail programs"
ERROR_SHARE = 0.5
"""Share of programs without support that makes a finding an error."""
WARNING_SHARE = 0.1
"""Share that makes it a warning."""

_POINTS = {Support.YES: 1.0, Support.PARTIAL: 0.5, Support.NO: 0.0}
_MAX_SHEETS = 10
_MAX_SHEET_OCTETS = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureUse:
    """A feature that the mail uses. results: all versions of the selected programs, old to new."""

    feature: Feature
    count: int
    place: FindingPlace
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramScore:
    """Support of one program's newest version for the features of the mail: score 0 to 100, None if unknown."""

    program: Program
    score: float | None
    supported: int
    partial: int
    unsupported: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFacts(Facts):
    """Features that the mail uses, and scores of the programs. tests: number of features that were looked for.

    nodes: elements as Mailpit counts them.
    data_of: date of the data. sheets_linked: number of linked style sheets; sheets_fetched: of those that were
    examined; sheets_failed: addresses of those that could not be fetched, with the reason.
    """

    uses: tuple[FeatureUse, ...]
    programs: tuple[ProgramScore, ...]
    nodes: int
    tests: int
    data_version: str
    data_of: str
    sheets_linked: int = 0
    sheets_fetched: int = 0
    sheets_failed: tuple[str, ...] = ()

    def score_without(self, rules: Collection[str]) -> float | None:
        """Return the mean of the programs' scores without these features; 100 when none is left."""
        uses = tuple(use for use in self.uses if use.feature.slug not in rules)
        return _mean(_program_scores(tuple(each.program for each in self.programs), uses)) if uses else 100.0


class ClientsCheck:
    """Looks up every HTML and CSS feature of the mail in the data of caniemail.com."""

    name = NAME
    title = TITLE
    on_request = False

    def __init__(self, options: CheckOptions) -> None:
        self._threads = options.threads
        self._clients = options.clients
        self._fetcher = options.fetcher if options.linked_sheets else None

    async def run(self, mail: CheckedMail) -> Report:
        """Return the report on features without full support by the selected programs; facts are `ClientFacts`."""
        sheets: tuple[LinkedSheet, ...] = ()
        failed: tuple[str, ...] = ()
        if self._fetcher is not None:
            links = await self._threads.run(sheet_links, mail)
            sheets, failed = await _fetched(self._fetcher, links)
        return await self._threads.run(check_clients, mail, clients=self._clients, sheets=sheets, sheets_failed=failed)


def check_clients(
    mail: CheckedMail,
    *,
    clients: tuple[str, ...] = (),
    sheets: tuple[LinkedSheet, ...] = (),
    sheets_failed: tuple[str, ...] = (),
) -> Report:
    """Return the report on a message. Its score is the mean of the programs' scores, None without HTML.

    The newest version of each program counts; features that were not tested in it do not count in its score.
    Raises ValueError when `clients` names an unknown program.
    """
    known = knowledge()
    programs = known.select(clients)
    if not mail.html_parts:
        return Report(check=NAME, title=TITLE)
    features = find_features(mail, sheets)
    keys = frozenset(program.key for program in programs)
    uses = tuple(_use(known.feature(slug), found, keys) for slug, found in sorted(features.by_name.items()))
    scores = _program_scores(programs, uses)
    return Report(
        check=NAME,
        title=TITLE,
        findings=in_order([f for use in uses if (f := _finding(use, features.by_name[use.feature.slug])) is not None]),
        score=_mean(scores),
        is_cut=features.is_cut,
        facts=ClientFacts(
            uses=uses,
            programs=scores,
            nodes=features.nodes,
            tests=len(known.slugs),
            data_version=known.version,
            data_of=known.data_of,
            sheets_linked=len(sheet_links(mail)),
            sheets_fetched=len(sheets),
            sheets_failed=sheets_failed,
        ),
    )


def sheet_links(mail: CheckedMail) -> tuple[tuple[str, int, str], ...]:
    """Return part id, element and address of the linked style sheets."""
    links: list[tuple[str, int, str]] = []
    for part in mail.html_parts:
        for index, element in enumerate(part.elements):
            if element.tag == "link" and "stylesheet" in (attributes := attributes_of(element)).get("rel", "").lower():
                links.append((part.part_id, index, attributes.get("href", "").strip()))
    return tuple(link for link in links[:_MAX_SHEETS] if link[2].lower().startswith(("http://", "https://")))


async def _fetched(
    fetcher: Fetcher, links: tuple[tuple[str, int, str], ...]
) -> tuple[tuple[LinkedSheet, ...], tuple[str, ...]]:
    sheets: list[LinkedSheet] = []
    failed: list[str] = []
    for part_id, element, address in links:
        try:
            page = await fetcher.get(address, accept="text/css", limit=_MAX_SHEET_OCTETS)
        except FetchError as error:
            failed.append(f"{address}: {error}")
            continue
        if page.status != 200 or page.media_type != "text/css":
            failed.append(f"{address}: answered {page.status} {page.media_type}")
            continue
        text = decode(page.content, page.charset)
        sheets.append(LinkedSheet(part_id=part_id, element=element, address=address, text=text))
    return tuple(sheets), tuple(failed)


def _use(feature: Feature, found: Occurrences, keys: frozenset[str]) -> FeatureUse:
    return FeatureUse(
        feature=feature,
        count=found.count,
        place=found.places[0],
        results=tuple(result for result in feature.results if result.program.key in keys),
    )


def _program_scores(programs: Sequence[Program], uses: Sequence[FeatureUse]) -> tuple[ProgramScore, ...]:
    newest = tuple({result.program.key: result.support for result in use.results} for use in uses)
    return tuple(_program_score(program, newest) for program in programs)


def _mean(scores: Sequence[ProgramScore]) -> float | None:
    rated = [score.score for score in scores if score.score is not None]
    return round(sum(rated) / len(rated), 1) if rated else None


def _program_score(program: Program, newest: tuple[dict[str, Support], ...]) -> ProgramScore:
    counts = Counter(supports.get(program.key, Support.UNKNOWN) for supports in newest)
    known = sum(counts[support] for support in _POINTS)
    points = sum(counts[support] * point for support, point in _POINTS.items())
    return ProgramScore(
        program=program,
        score=round(100 * points / known, 1) if known else None,
        supported=counts[Support.YES],
        partial=counts[Support.PARTIAL],
        unsupported=counts[Support.NO],
        unknown=counts[Support.UNKNOWN],
    )


def _finding(use: FeatureUse, found: Occurrences) -> Finding | None:
    """Return the finding on a feature, None when all selected programs support it or nothing is known."""
    newest = {result.program.key: result for result in use.results}.values()
    known = [result for result in newest if result.support is not Support.UNKNOWN]
    no = sorted(result.program.name for result in known if result.support is Support.NO)
    partly = sorted(result.program.name for result in known if result.support is Support.PARTIAL)
    if not no and not partly:
        return None
    return Finding(
        rule=use.feature.slug,
        severity=_severity(len(no), len(known)),
        text=_sentence(use.feature.title, len(no), len(partly), len(known)),
        place=found.places[0],
        others=tuple(found.places[1:]),
        count=found.count,
        clients=tuple(sorted(no + partly)),
        advice="Take it out."
        if use.feature.slug == "html-script"
        else "Make sure that the mail reads well without it.",
        source=use.feature.url or "HTML §4.12.1",
    )


def _severity(no: int, known: int) -> Severity:
    if no >= ERROR_SHARE * known:
        return Severity.ERROR
    return Severity.WARNING if no >= WARNING_SHARE * known else Severity.INFO


def _sentence(title: str, no: int, partly: int, known: int) -> str:
    verdicts = [f"not supported by {no}"] if no else []
    if partly:
        verdicts.append(f"{'' if no else 'only '}partly supported by {partly}")
    return f"“{title}” is {' and '.join(verdicts)} of {known} mail programs."
