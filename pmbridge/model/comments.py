"""Comments on tickets: decisions that people write, and signs that somebody answered."""

from __future__ import annotations

from pydantic import Field

from pmbridge.model.refs import Frozen, Instant


class Comment(Frozen):
    """What somebody wrote under an item; ``author`` is the account's id.

    ``edited`` is true where the tracker says that the text is not the first one, ``by_bot`` where a program wrote it,
    ``internal`` where customers cannot see it, ``ours`` where we wrote it: known by our mark, and never stored.
    """

    source: str
    id: str
    item: str
    author: str | None
    at: Instant
    text: str
    url: str
    edited: bool = False
    by_bot: bool = False
    internal: bool = False
    ours: bool = Field(default=False, exclude=True)
