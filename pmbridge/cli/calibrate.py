"""`pmbridge calibrate`: how often were we right before."""

from __future__ import annotations

from datetime import date, datetime

import click

from pmbridge.cli.options import as_of_option, format_option, product_option


@click.command(epilog="Example: pmbridge calibrate --product shop")
@product_option()
@as_of_option()
@format_option("text", "json")
@click.pass_context
def calibrate(context: click.Context, product: str | None, as_of: date | datetime | None, format_: str) -> None:
    """Make every forecast of the past again, from what was known on its day, and hold it against what happened.

    JSON is one object a line and product.
    """
    from pmbridge.cli.opening import opened
    from pmbridge.cli.screen import data
    from pmbridge.jobs.assess import backtest_product
    from pmbridge.reports.calibration import calibration_page
    from pmbridge.reports.text import show

    with opened(context, tokens=False) as installation:
        records = [backtest_product(installation, name, as_of) for name in installation.products(product)]
    for record in records:
        if format_ == "json":
            click.echo(record.model_dump_json())
        else:
            show(calibration_page(record), data())
