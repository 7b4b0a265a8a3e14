"""What a contract does to a connector: asking it everything, noting its errors, ending it from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pmbridge.connector import Page
from pmbridge.errors import ConnectorError


@contextmanager
def noting(told: list[str]) -> Iterator[None]:
    """Note what our errors say; anything else goes on its way."""
    try:
        yield
    except ConnectorError as error:
        told.append(str(error))
        raise


#: What a sync asks beside pages.
QUESTIONS: dict[str, Callable[[Any, str, dict[str, str]], object]] = {
    "reference": lambda made, project, keys: made.fetch_reference([project]),
    "count": lambda made, project, keys: made.count(project),
    "ids": lambda made, project, keys: list(made.list_ids(project)),
    "whereabouts": lambda made, project, keys: list(made.find(project, keys)),
    "account": lambda made, project, keys: made.whoami(),
    "clock": lambda made, project, keys: made.now(),
}


def ending(connector: Any) -> Any:
    """Make a connector whose program is ended from outside after the first page it reads."""
    fetch: Callable[..., Iterator[Page]] = connector.fetch_pages

    def broken_off(*args: Any, **kwargs: Any) -> Iterator[Page]:
        for page in fetch(*args, **kwargs):
            yield page
            raise KeyboardInterrupt

    connector.fetch_pages = broken_off
    return connector
