"""`pmbridge bugs`: what arrived since a launch, what left, who owes the next step, what to do today."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pmbridge.cli.options import as_of_option, format_option

if TYPE_CHECKING:
    from pmbridge.assessment import Assessment, MilestoneAssessment


_PATH = click.Path(path_type=Path)


@click.command(epilog="Example: pmbridge bugs 'Checkout 2.0'")
@click.argument("name", required=False, metavar="[PRODUCT|MILESTONE]")
@as_of_option()
@format_option("text", "json")
@click.option("--html", type=_PATH, metavar="FILE", help="Write the daily page of the milestone to a file.")
@click.option("--charts", type=_PATH, metavar="FOLDER", help="Write its pictures to a folder, as SVG and PNG.")
@click.pass_context
def bugs(
    context: click.Context,
    name: str | None,
    as_of: date | datetime | None,
    format_: str,
    html: Path | None,
    charts: Path | None,
) -> None:
    """Say what happened to the bugs of a launched MILESTONE; without one, compare the launches of a PRODUCT.

    JSON holds the section `bugs` of `pmbridge audit --format json`, by milestone.
    """
    from pmbridge.cli.opening import opened
    from pmbridge.jobs.assess import assess_product, require_milestone

    with opened(context, tokens=False) as installation:
        named = name if name in installation.settings.products else None
        if (html or charts) and (name is None or named is not None):
            raise click.UsageError("--html and --charts show one milestone: name it.")
        assessments = [assess_product(installation, product, as_of) for product in installation.products(named)]
    if name is None or named is not None:
        _show_products(assessments, format_)
        return
    found = require_milestone(assessments, name)
    if html or charts:
        _write(*found, html, charts)
    else:
        _show_milestone(*found, format_)


def _write(assessment: Assessment, milestone: MilestoneAssessment, html: Path | None, charts: Path | None) -> None:
    from pmbridge.jobs.pictures import write_charts, write_page

    written = [write_page(assessment, milestone, html)] if html else []
    written += write_charts(milestone, charts) if charts else []
    for file in written:
        click.echo(str(file))
    if charts and not written:
        click.echo("There is nothing to draw yet.", err=True)


def _show_products(assessments: list[Assessment], format_: str) -> None:
    from pmbridge.cli.screen import data
    from pmbridge.reports.bugs import is_launched, overview
    from pmbridge.reports.text import show

    if format_ == "json":
        _print([row for a in assessments for m in a.milestones if is_launched(m) for row in [_row(a, m)]])
        return
    for assessment in assessments:
        show(overview(assessment), data())


def _show_milestone(assessment: Assessment, milestone: MilestoneAssessment, format_: str) -> None:
    from pmbridge.cli.screen import data
    from pmbridge.reports.bugs import hypercare_page
    from pmbridge.reports.text import show

    if format_ == "json":
        _print([_row(assessment, milestone)])
    else:
        show(hypercare_page(assessment, milestone), data())


def _row(assessment: Assessment, milestone: MilestoneAssessment) -> dict[str, object]:
    named = {"product": assessment.product, "milestone": milestone.key, "title": milestone.title}
    return {**named, "bugs": milestone.bugs.model_dump(mode="json")}


def _print(rows: list[dict[str, object]]) -> None:
    click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
