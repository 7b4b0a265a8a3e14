"""The two streams: data on stdout, talk and progress on stderr."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from pmbridge.sync import Progress, Report

#: Wide enough for a table in a pipe, where nobody's terminal sets the width.
PIPE_WIDTH = 160


def data() -> Console:
    """Return the console of stdout: colours and the terminal's width on a terminal, plain text in a pipe."""
    from rich.console import Console

    console = Console(soft_wrap=False, markup=False, emoji=False)
    if console.is_terminal:
        return console
    width = int(os.environ.get("COLUMNS") or PIPE_WIDTH)
    return Console(width=width, markup=False, emoji=False, color_system=None)


def talk() -> Console:
    """Return the console of stderr."""
    from rich.console import Console

    return Console(stderr=True, markup=False, emoji=False)


@contextmanager
def reading_progress() -> Iterator[Report]:
    """Show one bar a project while a sync reads; nothing where stderr is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = talk()
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
        tasks: dict[tuple[str, str], TaskID] = {}

        def advance(seen: Progress) -> None:
            place = (seen.source, seen.project)
            if place not in tasks:
                tasks[place] = bars.add_task(" ".join(place), total=seen.items_total)
            bars.update(tasks[place], completed=seen.items_done, total=seen.items_total)

        yield advance
