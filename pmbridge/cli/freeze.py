"""`pmbridge freeze`: agree on a baseline."""

from __future__ import annotations

from datetime import date, datetime

import click

from pmbridge.cli.options import InstantType, product_option


@click.command(epilog="Example: pmbridge freeze '2.2 Loyalty' --reason 'scope agreed with sales' --author m.okafor")
@click.argument("milestone")
@click.option("--reason", required=True, help="Why this is the baseline.")
@click.option("--author", required=True, metavar="NAME", help="Who says so.")
@click.option("--approver", metavar="NAME", help="Who approved it; needed for every baseline after the first.")
@click.option("--at", type=InstantType(), help="The instant of the baseline; default: the last sync.")
@product_option()
@click.pass_context
def freeze(
    context: click.Context,
    milestone: str,
    reason: str,
    author: str,
    approver: str | None,
    at: date | datetime | None,
    product: str | None,
) -> None:
    """Keep what MILESTONE holds as its baseline: scope, points and due date are measured against it from then on.

    Nothing is written into a tracker. A later baseline does not erase the earlier one: figures name both.
    """
    from pmbridge.cli.opening import opened
    from pmbridge.jobs.freeze import freeze_milestone

    with opened(context, tokens=False) as installation:
        made = freeze_milestone(
            installation,
            milestone,
            product=product,
            at=at,
            author=author,
            reason=reason,
            approver=approver,
        )
    scope, due = made.milestone.scope, made.freeze.due
    number = f"baseline {len(made.earlier) + 1}" if made.earlier else "the baseline"
    click.echo(
        f"{made.milestone.title}: {scope.items} items"
        f"{'' if scope.points is None else f' and {scope.points:g} points'}"
        f"{'' if due is None else f', due {due.isoformat()}'} are {number} from {made.freeze.at:%Y-%m-%d %H:%M} UTC on."
    )
