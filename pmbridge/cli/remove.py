"""`pmbridge remove`: take everything away again."""

from __future__ import annotations

import click

from pmbridge.cli.exits import Exit
from pmbridge.cli.options import source_option, yes_option


@click.command(epilog="Example: pmbridge remove --slot milestone-health --yes")
@click.option("--slot", metavar="NAME", help="Only the texts of this slot.")
@source_option()
@click.option("--take-over", is_flag=True, help="Also delete our texts that people have edited.")
@yes_option()
@click.pass_context
def remove(context: click.Context, slot: str | None, sources: tuple[str, ...], take_over: bool, yes: bool) -> int:
    """Take every text that pmbridge wrote out of the trackers; what people wrote or edited stays as it is.

    Finds our texts by their markers, also when the ledger is lost. Shows what goes and asks first. The next run writes
    again what `publish` lists: empty it, or stop the schedule, to stay silent.
    """
    from pmbridge.cli.apply import write
    from pmbridge.cli.opening import opened, utc_now
    from pmbridge.config.nearest import suggestion
    from pmbridge.config.publish import SLOTS
    from pmbridge.errors import UsageError
    from pmbridge.jobs.assess import assess_product
    from pmbridge.jobs.publish import writing
    from pmbridge.jobs.recording import recorded
    from pmbridge.jobs.removing import forget_lost, removal_plan
    from pmbridge.store.holder import this_run

    if slot is not None and slot not in SLOTS:
        raise UsageError(f"There is no slot {slot}{suggestion(slot, SLOTS)}")
    with (
        opened(context) as installation,
        recorded(installation.store, "remove", slot or "all slots") as recording,
        writing(installation, this_run()),
    ):
        installation.sources(sources)
        assessments = [assess_product(installation, name) for name in installation.products()]
        plan = removal_plan(installation, assessments, slot=slot, sources=sources, take_over=take_over)
        if not plan.steps:
            what = f"No text of the slot {slot}" if slot else "Nothing of ours"
            click.echo(f"{what} is left in {' and '.join(sources) or 'the trackers'}.")
        code = write(installation, plan, run_id=recording.id, yes=yes) if plan.steps else Exit.WELL
        recording.facts["steps"] = len(plan.writes)
        if slot is None:
            forget_lost(installation, plan, run_id=recording.id, at=utc_now(), sources=sources)
        return code
