"""`pmbridge plan`: what would be written."""

from __future__ import annotations

from pathlib import Path

import click

from pmbridge.cli.exits import Exit
from pmbridge.cli.options import format_option, product_option


@click.command(epilog="Example: pmbridge plan --out plan.json, then: pmbridge apply plan.json")
@product_option()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Keep the plan in a file for `apply`.")
@click.option("--texts", is_flag=True, help="Also show every text that would be written.")
@click.option("--take-over", is_flag=True, help="Also overwrite our texts that people have edited.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 3 if the plan has changes.")
@format_option("text", "json")
@click.pass_context
def plan(
    context: click.Context,
    product: str | None,
    out: Path | None,
    texts: bool,
    take_over: bool,
    detailed_exitcode: bool,
    format_: str,
) -> int:
    """Show what would be written into the trackers, why, and who would be notified. Writes nothing."""
    from pmbridge.cli.apply import tell_silence
    from pmbridge.cli.opening import opened
    from pmbridge.cli.screen import data
    from pmbridge.jobs.assess import assess_product
    from pmbridge.jobs.publish import plan_tellings, telling
    from pmbridge.reports.text import show
    from pmbridge.writeback.tell import plan_page, text_page

    if out is not None:
        _check_out(out)
    with opened(context) as installation:
        assessments = [assess_product(installation, name) for name in installation.products(product)]
        tellings = [telling(installation, assessment) for assessment in assessments]
        made = plan_tellings(installation, tellings, take_over=take_over)
        tell_silence(installation, tellings)
    if out is not None:
        out.write_text(made.model_dump_json(indent=2) + "\n", encoding="utf-8")
    if format_ == "json":
        click.echo(made.model_dump_json(indent=2))
    else:
        show(plan_page(made), data())
        for step in made.writes if texts else ():
            if step.artifact is not None:
                show(text_page(step), data())
    return Exit.FINDING if detailed_exitcode and made.writes else Exit.WELL


def _check_out(out: Path) -> None:
    """Refuse to overwrite a file that is no plan, such as the configuration."""
    from pydantic import ValidationError

    from pmbridge.errors import UsageError
    from pmbridge.writeback.plan import Plan

    if not out.exists():
        return
    try:
        Plan.model_validate_json(out.read_bytes())
    except ValidationError:
        raise UsageError(f"{out} exists and is no plan. Choose another file with --out.") from None
