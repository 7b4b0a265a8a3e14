"""Comments on tickets, as far as people may decide something in them."""

from __future__ import annotations

from pmbridge.model.refs import Frozen, Instant


class Comment(Frozen):
    """What somebody wrote under an item; ``author`` is the account's id.

    ``edited`` is true where the tracker says that the text is not the first one, ``by_bot`` where a program wrote it.
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
