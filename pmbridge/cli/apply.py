"""`pmbridge apply`: write a plan."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pmbridge.cli.exits import Exit
from pmbridge.cli.options import product_option, yes_option

if TYPE_CHECKING:
    from pmbridge.jobs.installation import Installation
    from pmbridge.jobs.publish import Telling
    from pmbridge.writeback.apply import Row
    from pmbridge.writeback.plan import Plan


@click.command(epilog="Example: pmbridge apply --yes")
@click.argument(
    "plan_file", metavar="[PLAN]", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@product_option()
@click.option("--take-over", is_flag=True, help="Also overwrite our texts that people have edited.")
@yes_option()
@click.pass_context
def apply(context: click.Context, plan_file: Path | None, product: str | None, take_over: bool, yes: bool) -> int:
    """Write into the trackers: a PLAN that was kept with `plan --out`, or what a new plan says.

    Shows the plan and asks first. A kept plan is held against the trackers again, row by row; rows whose place has
    changed since are left. Exit code 4: some rows failed, the others are written.
    """
    from pmbridge.cli.opening import opened
    from pmbridge.jobs.assess import assess_product
    from pmbridge.jobs.publish import plan_tellings, remember_told, telling, writing
    from pmbridge.jobs.recording import recorded
    from pmbridge.store.holder import this_run

    with (
        opened(context) as installation,
        recorded(installation.store, "apply", product or "all products") as recording,
        writing(installation, this_run()),
    ):
        silent = Exit.WELL
        if plan_file is not None:
            made = _kept(plan_file, installation.settings.owner)
        else:
            assessments = [assess_product(installation, name) for name in installation.products(product)]
            tellings = [telling(installation, assessment) for assessment in assessments]
            made = plan_tellings(installation, tellings, take_over=take_over)
            silent = tell_silence(installation, tellings)
        code = write(installation, made, run_id=recording.id, yes=yes, recheck=plan_file is not None)
        recording.facts.update({"steps": len(made.writes), "exit": int(code)})
        if code != Exit.ERROR:
            remember_told(installation, made)
        return code if code is Exit.ERROR else max(code, silent)


def tell_silence(installation: Installation, tellings: Sequence[Telling]) -> Exit:
    """Say on stderr which products are not told, and why; something went wrong where a tracker could not be read."""
    from pmbridge.jobs.publish import silence

    told = list(silence(installation, tellings))
    for text, _ in told:
        click.echo(text, err=True)
    return Exit.PARTLY if any(wrong for _, wrong in told) else Exit.WELL


def _kept(path: Path, owner: str) -> Plan:
    from pydantic import ValidationError

    from pmbridge.errors import PlanError
    from pmbridge.writeback.plan import Plan

    try:
        kept = Plan.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError):
        raise PlanError(f"{path} is no plan. Make one with `pmbridge plan --out plan.json`.") from None
    if kept.owner != owner:
        raise PlanError(f"{path} was made for owner {kept.owner!r}, and this installation is {owner!r}. Plan again.")
    return kept


def write(installation: Installation, made: Plan, *, run_id: str, yes: bool, recheck: bool = False) -> Exit:
    """Show a plan, ask if there is somebody to ask, write it, and say what became of it."""
    from pmbridge.cli.opening import utc_now
    from pmbridge.cli.screen import data
    from pmbridge.jobs.publish import carry_out
    from pmbridge.reports.text import show
    from pmbridge.writeback.tell import plan_page, rows_page

    show(plan_page(made), data())
    if not made.writes:
        return hindered(made)
    _ask(made, yes)
    rows = carry_out(installation, made, run_id=run_id, now=utc_now, recheck=recheck)
    show(rows_page(rows), data())
    return max(exit_of(rows), hindered(made)) if exit_of(rows) is not Exit.ERROR else Exit.ERROR


def hindered(made: Plan) -> Exit:
    """Tell a schedule whether places could not be looked at or written to; the others are as they should be."""
    stopped = [step for step in made.steps if step.reason.startswith(("not looked at", "no permission"))]
    if not stopped:
        return Exit.WELL
    return Exit.ERROR if len(stopped) == len(made.steps) else Exit.PARTLY


def _ask(made: Plan, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("Nobody is there to ask. Add --yes to write without a question.")
    click.confirm(f"Write {len(made.writes)} changes?", abort=True)


def exit_of(rows: Sequence[Row]) -> Exit:
    """Tell a schedule how writing ended."""
    from pmbridge.writeback.apply import Outcome

    failed = [row for row in rows if row.outcome is not Outcome.DONE]
    if not failed:
        return Exit.WELL
    return Exit.ERROR if len(failed) == len(rows) else Exit.PARTLY
