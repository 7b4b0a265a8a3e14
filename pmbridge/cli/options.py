"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def format_option(*choices: str) -> Decorator:
    """Let the user choose the output's form; the first choice is the default."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(choices),
        default=choices[0],
        show_default=True,
        help="Form of the output.",
    )


def product_option() -> Decorator:
    """Let the user name one product."""
    return click.option("--product", metavar="NAME", help="A product of the configuration; default: all.")


def source_option() -> Decorator:
    """Let the user name sources."""
    return click.option(
        "--source", "sources", multiple=True, metavar="NAME", help="A source of the configuration; default: all."
    )


def yes_option() -> Decorator:
    """Let a job answer the question before a write."""
    return click.option("--yes", is_flag=True, help="Do not ask before writing; for jobs.")


class InstantType(click.ParamType["date | datetime"]):
    """A day, which stands for its end in the product's zone, or an instant; without a zone it is UTC."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | datetime:
        """Read ``2026-11-20``, ``2026-11-20T09:00`` or ``2026-11-20T09:00+01:00``."""
        if isinstance(value, date):
            return value
        try:
            if len(value) == len("2026-11-20"):
                return date.fromisoformat(value)
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no instant; write 2026-11-20 or 2026-11-20T09:00+01:00", param, ctx)
        return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def as_of_option() -> Decorator:
    """Let the user choose a past instant."""
    return click.option("--as-of", type=InstantType(), help="Assess as things stood then; default: the last sync.")
