"""`pmbridge gate`: may we launch, with an exit code for pipelines."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from pmbridge.cli.exits import Exit
from pmbridge.cli.options import as_of_option, format_option, product_option

if TYPE_CHECKING:
    from pmbridge.assessment import Assessment, MilestoneAssessment

#: The verdicts that reach each threshold; nobody launches on what is unknown.
_REACHED = {"no-go": {"no-go", "unknown"}, "conditional": {"no-go", "unknown", "conditional"}}


@click.command(epilog="Example: pmbridge gate 'Checkout 2.0' --junit 'build/**/TEST-*.xml' --fail-on no-go")
@click.argument("milestone")
@product_option()
@as_of_option()
@click.option("--junit", multiple=True, metavar="FILE", help="A JUnit XML report, or a pattern; may be repeated.")
@click.option("--build", help="The build that the reports are about.")
@click.option("--commit", help="The commit that the reports are about.")
@click.option("--environment", help="Where the reports' tests ran.")
@click.option("--fail-on", type=click.Choice(list(_REACHED)), help="Exit with 3 from this verdict on.")
@format_option("text", "json")
@click.pass_context
def gate(
    context: click.Context,
    milestone: str,
    product: str | None,
    as_of: date | datetime | None,
    junit: tuple[str, ...],
    build: str | None,
    commit: str | None,
    environment: str | None,
    fail_on: str | None,
    format_: str,
) -> int:
    """Say whether MILESTONE may launch, rule by rule, with the evidence.

    JSON is the part `milestones[].acceptance` of the assessment. Exit code 3: the verdict has reached --fail-on; an
    unknown verdict counts as no-go.
    """
    from pmbridge.cli.opening import opened
    from pmbridge.jobs.assess import assess_product, require_milestone
    from pmbridge.jobs.evidence import Files

    files = Files(junit, build, commit, environment)
    with opened(context, tokens=False) as installation:
        assessments = [assess_product(installation, name, as_of, files) for name in installation.products(product)]
    assessment, found = require_milestone(assessments, milestone)
    _print(assessment, found, format_)
    return Exit.FINDING if fail_on and found.acceptance.verdict in _REACHED[fail_on] else Exit.WELL


def _print(assessment: Assessment, milestone: MilestoneAssessment, format_: str) -> None:
    from pmbridge.cli.screen import data
    from pmbridge.reports.acceptance import launch_page
    from pmbridge.reports.text import show

    if format_ == "json":
        click.echo(milestone.acceptance.model_dump_json(indent=2))
    else:
        show(launch_page(milestone), data())
