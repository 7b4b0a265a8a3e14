"""`pmbridge remove`: take everything away again."""

from __future__ import annotations

import click

from pmbridge.cli.options import source_option, yes_option


@click.command(epilog="Example: pmbridge remove --slot milestone-health --yes")
@click.option("--slot", metavar="NAME", help="Only the texts of this slot.")
@source_option()
@yes_option()
@click.pass_context
def remove(context: click.Context, slot: str | None, sources: tuple[str, ...], yes: bool) -> int:
    """Take every text that pmbridge wrote out of the trackers; texts of people stay as they are.

    Finds them by their markers, also when the ledger is lost. Shows what goes and asks first.
    """
    from pmbridge.cli.apply import write
    from pmbridge.cli.opening import opened
    from pmbridge.jobs.assess import assess_product
    from pmbridge.jobs.publish import removal_plan

    with opened(context) as installation:
        installation.sources(sources)
        assessments = [assess_product(installation, name) for name in installation.products()]
        return write(installation, removal_plan(installation, assessments, slot=slot, sources=sources), yes=yes)
