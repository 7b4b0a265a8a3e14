"""Looking at an installation before trusting it: configuration, store, trackers, rights, and what can be reported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pmbridge.assessment import Assessment, FigureStatus
from pmbridge.connector import CheckResult, CheckStatus, Connector
from pmbridge.document import Block, Colour, Document, Heading, Status, Table, line
from pmbridge.errors import PmbridgeError, StoreError
from pmbridge.jobs.assess import assess_product
from pmbridge.jobs.installation import Installation
from pmbridge.store.certificates import last_certificate

_COLOURS = {CheckStatus.OK: Colour.GREEN, CheckStatus.WARNING: Colour.AMBER, CheckStatus.FAILED: Colour.RED}


@dataclass(frozen=True, slots=True)
class Section:
    """The checks of one subject: a source, the store, a product."""

    subject: str
    checks: Sequence[CheckResult]


def examine(installation: Installation) -> Iterator[Section]:
    """Check everything, one subject after the other; a finding is reported and never raised."""
    yield Section("store", [_ok("opens", f"{installation.store.place} can be read and written")])
    for name, connector in installation.connectors.items():
        yield Section(name, [*_source(installation, name, connector)])
    for name in installation.settings.products:
        yield Section(f"product {name}", [*_product(installation, name)])


def worst(sections: Sequence[Section]) -> CheckStatus:
    """Return the gravest status of all checks."""
    found = {check.status for section in sections for check in section.checks}
    return next((s for s in (CheckStatus.FAILED, CheckStatus.WARNING) if s in found), CheckStatus.OK)


def examination_page(sections: Sequence[Section]) -> Document:
    """Show the checks by subject, each with its cure."""
    blocks: list[Block] = []
    for section in sections:
        rows = tuple(
            (
                line(Status(text=check.status.value, colour=_COLOURS[check.status])),
                line(check.name),
                line(check.text + (f" – {check.remedy}" if check.remedy else "")),
            )
            for check in section.checks
        )
        blocks.append(Heading(level=2, content=line(section.subject)))
        blocks.append(Table(header=(line("Check"), line("What"), line("Found")), rows=rows))
    return Document(blocks=tuple(blocks))


def _ok(name: str, text: str) -> CheckResult:
    return CheckResult(name=name, status=CheckStatus.OK, text=text)


def _source(installation: Installation, name: str, connector: Connector) -> Iterator[CheckResult]:
    try:
        yield from connector.diagnose(connector.projects())
    except PmbridgeError as error:
        yield CheckResult(name="reachable", status=CheckStatus.FAILED, text=str(error))
        return
    with installation.store.read() as conn:
        certificate = last_certificate(conn, name)
    if certificate is None:
        yield CheckResult(name="synced", status=CheckStatus.WARNING, text="never read", remedy="run `pmbridge sync`")
    else:
        good = certificate["status"] == "complete"
        status = CheckStatus.OK if good else CheckStatus.WARNING
        yield CheckResult(name="synced", status=status, text=f"last certificate: {certificate['status']}")


def _product(installation: Installation, name: str) -> Iterator[CheckResult]:
    rules = installation.settings.products[name].publish
    if rules:
        yield _ok("publish", ", ".join(f"{rule.slot} as {rule.surface}" for rule in rules))
    else:
        yield CheckResult(
            name="publish",
            status=CheckStatus.WARNING,
            text="nothing is written to the trackers",
            remedy="list slots and surfaces under `publish`",
        )
    try:
        yield from _possible(assess_product(installation, name))
    except StoreError as error:
        yield CheckResult(name="reports", status=CheckStatus.WARNING, text=str(error))


def _possible(assessment: Assessment) -> Iterator[CheckResult]:
    """Say which figures can be told today, and what would unlock those that cannot."""
    open_ones = [m for m in assessment.milestones if m.state.value == "open"]
    if not open_ones:
        yield CheckResult(
            name="milestones",
            status=CheckStatus.WARNING,
            text="no open milestone is found",
            remedy="check milestones.kinds and milestones.include",
        )
        return
    undated = [m.title for m in open_ones if m.due is None]
    yield _share("due dates", len(open_ones) - len(undated), len(open_ones), f"set a due date on {', '.join(undated)}")
    untracked = [m.title for m in open_ones if not m.tracking]
    yield _share(
        "tickets to comment on",
        len(open_ones) - len(untracked),
        len(open_ones),
        f"put an epic into {', '.join(untracked)}, or name a ticket under milestones.tracking",
    )
    refused = [m.title for m in open_ones if m.forecast.status == "refused"]
    yield _share(
        "forecasts", len(open_ones) - len(refused), len(open_ones), f"{', '.join(refused)}: too little history yet"
    )
    uncycled = [m.title for m in open_ones if m.flow.cycle_time_p50.status is not FigureStatus.OK]
    yield _share(
        "cycle times",
        len(open_ones) - len(uncycled),
        len(open_ones),
        f"{', '.join(uncycled)}: map the statuses in which work goes on under `status: active`",
    )


def _share(name: str, good: int, total: int, remedy: str) -> CheckResult:
    text = f"{good} of {total} open milestones"
    if good == total:
        return _ok(name, text)
    return CheckResult(name=name, status=CheckStatus.WARNING, text=text, remedy=remedy)
