"""`pmbridge audit`: how a milestone stands, why, and what would turn it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pmbridge.cli.exits import Exit
from pmbridge.cli.options import InstantType, as_of_option, format_option, product_option

if TYPE_CHECKING:
    from pmbridge.assessment import Assessment, MilestoneAssessment
    from pmbridge.jobs.installation import Installation


@click.command(epilog="Example: pmbridge audit 'Checkout 2.0' --fail-on red")
@click.argument("milestone", required=False)
@product_option()
@as_of_option()
@click.option("--all", "everything", is_flag=True, help="Also show what a minute has no room for, of MILESTONE.")
@click.option("--live", is_flag=True, help="Read the trackers now and keep nothing.")
@click.option(
    "--explain",
    "rule",
    metavar="RULE",
    help="Print what a rule of MILESTONE rests on, down to event ids: scope.creep, schedule, budget, ...",
)
@click.option("--diff", "since", type=InstantType(), help="Print what changed about MILESTONE since then.")
@click.option("--fail-on", type=click.Choice(["amber", "red"]), help="Exit with 3 from this colour on.")
@format_option("text", "json")
@click.pass_context
def audit(
    context: click.Context,
    milestone: str | None,
    product: str | None,
    as_of: date | datetime | None,
    everything: bool,
    live: bool,
    rule: str | None,
    since: date | datetime | None,
    fail_on: str | None,
    format_: str,
) -> int:
    """Say how a MILESTONE stands, why, and what would turn it; without one, compare all of them.

    JSON is the whole assessment, as `pmbridge schema` describes it, with only MILESTONE in it if one is named.
    Exit code 3: a milestone has reached --fail-on.
    """
    from pmbridge.jobs.assess import assess_product

    with _installation(context, live) as installation:
        assessments = [assess_product(installation, name, as_of) for name in installation.products(product)]
        if rule is not None or since is not None:
            return _looked_into(installation, assessments, milestone, rule, since, format_)
    chosen = _chosen(assessments, milestone)
    if format_ == "json":
        _print_json(chosen)
    else:
        _print_pages(chosen, single=milestone is not None, everything=everything)
    return Exit.FINDING if fail_on and _reached(chosen, fail_on) else Exit.WELL


def _looked_into(
    installation: Installation,
    assessments: list[Assessment],
    wanted: str | None,
    rule: str | None,
    since: date | datetime | None,
    format_: str,
) -> int:
    """Print what a rule rests on, and what changed, of one milestone."""
    from pmbridge.cli.screen import data
    from pmbridge.errors import UsageError
    from pmbridge.jobs.assess import assess_product, explain_rule, find_milestone, require_milestone
    from pmbridge.reports.diff import diff_page
    from pmbridge.reports.explanation import explanation_page
    from pmbridge.reports.text import show

    if wanted is None:
        raise UsageError("Name the milestone that --explain or --diff is about.")
    if since is not None and format_ == "json":
        raise UsageError("--diff is told as text. For a program, take `audit --format json` with --as-of and without.")
    assessment, found = require_milestone(assessments, wanted)
    if rule is not None:
        explained = explain_rule(installation, assessment, found, rule)
        if format_ == "json":
            click.echo(explained.model_dump_json(indent=2))
        else:
            show(explanation_page(explained), data())
    if since is not None:
        before = assess_product(installation, assessment.product, since)
        show(diff_page(before, find_milestone(before, found.key), assessment, found), data())
    return Exit.WELL


@contextmanager
def _installation(context: click.Context, live: bool) -> Iterator[Installation]:
    from pmbridge.cli.opening import opened
    from pmbridge.jobs.recording import new_run_id

    if not live:
        with opened(context, tokens=False) as installation:
            yield installation
        return
    from pmbridge.cli.screen import reading_progress
    from pmbridge.jobs.sync import sync_all

    with (
        tempfile.TemporaryDirectory(prefix="pmbridge-live-") as folder,
        opened(context, store_url=f"sqlite:///{Path(folder) / 'live.db'}") as installation,
    ):
        with reading_progress() as progress:
            certificates = sync_all(installation, holder=new_run_id(), report=progress)
        for certificate in certificates:
            if certificate.status != "complete":
                click.echo(f"{certificate.source}: {certificate.status}; the figures may lack something.", err=True)
        yield installation


def _chosen(assessments: list[Assessment], milestone: str | None) -> list[Assessment]:
    from pmbridge.jobs.assess import require_milestone

    if milestone is None:
        return assessments
    assessment, found = require_milestone(assessments, milestone)
    return [assessment.model_copy(update={"milestones": (found,)})]


def _print_json(assessments: Sequence[Assessment]) -> None:
    from pmbridge.assessment import to_json
    from pmbridge.errors import UsageError

    if len(assessments) != 1:
        names = ", ".join(a.product for a in assessments)
        raise UsageError(f"JSON holds one product; choose one with --product: {names}.")
    click.echo(to_json(assessments[0]), nl=False)


def _print_pages(assessments: Sequence[Assessment], *, single: bool, everything: bool) -> None:
    from pmbridge.cli.screen import data
    from pmbridge.reports.audit import milestone_page, overview
    from pmbridge.reports.text import show

    for one in assessments:
        page = milestone_page(one, one.milestones[0], everything=everything) if single else overview(one)
        show(page, data())


def _reached(assessments: Sequence[Assessment], fail_on: str) -> bool:
    from pmbridge.assessment import HealthStatus
    from pmbridge.model import MilestoneState

    bad = {HealthStatus.RED} if fail_on == "red" else {HealthStatus.RED, HealthStatus.AMBER}
    milestones: list[MilestoneAssessment] = [m for a in assessments for m in a.milestones]
    open_or_named = [m for m in milestones if m.state is MilestoneState.OPEN or len(milestones) == 1]
    return any(m.health.status in bad for m in open_or_named)
