"""The two streams: data on stdout, talk and progress on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

#: Wide enough for a table in a pipe, where nobody's terminal sets the width.
PIPE_WIDTH = 160


def data() -> Console:
    """Return the console of stdout: colours and the terminal's width on a terminal, plain text in a pipe."""
    from rich.console import Console

    console = Console(soft_wrap=False, markup=False, emoji=False)
    return console if console.is_terminal else Console(width=PIPE_WIDTH, markup=False, emoji=False, color_system=None)


def talk() -> Console:
    """Return the console of stderr."""
    from rich.console import Console

    return Console(stderr=True, markup=False, emoji=False)


@contextmanager
def reading_progress() -> Iterator[Callable[[str, str, int, int | None], None]]:
    """Show one bar a project while a sync reads; nothing where stderr is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    console = talk()
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
        tasks: dict[tuple[str, str], TaskID] = {}

        def advance(source: str, project: str, done: int, total: int | None) -> None:
            if (source, project) not in tasks:
                tasks[source, project] = bars.add_task(f"{source} {project}", total=total)
            bars.update(tasks[source, project], completed=done, total=total)

        yield advance
