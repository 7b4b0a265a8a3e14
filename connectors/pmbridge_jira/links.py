"""Jira's links between issues, and from issues to pages elsewhere; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pmbridge.model import Link, LinkKind, RemoteLink

Json = Mapping[str, Any]

#: What the beginnings of words in a link's active phrase mean; the first that occurs decides.
_MEANINGS = (
    ("mirror", LinkKind.MIRRORS),
    ("block", LinkKind.BLOCKS),
    ("duplicate", LinkKind.DUPLICATES),
    ("test", LinkKind.TESTS),
    ("cause", LinkKind.CAUSES),
    ("split", LinkKind.SPLITS),
    ("relate", LinkKind.RELATES),
)


def links(issue: Json, source: str) -> Iterator[Link]:
    """Read the links of an issue; either end yields the same rows."""
    own = str(issue["id"])
    for payload in issue["fields"].get("issuelinks") or ():
        # "outwardIssue" is the one to which the outward phrase points: this one blocks that one.
        other = payload.get("outwardIssue") or payload.get("inwardIssue")
        if other is None:
            continue
        ends = (own, str(other["id"])) if "outwardIssue" in payload else (str(other["id"]), own)
        yield _link(payload, *ends, source)


def _link(payload: Json, tail: str, head: str, source: str) -> Link:
    """Point a link the way its active phrase reads: sites define ``is tested by`` outward as well as inward."""
    kind = payload["type"]
    outward, inward = str(kind.get("outward") or ""), str(kind.get("inward") or "")
    flipped = _is_passive(outward) and not _is_passive(inward)
    phrase = inward if flipped else outward
    return Link(
        source=source,
        id=str(payload["id"]),
        item=head if flipped else tail,
        target=tail if flipped else head,
        kind=meaning(str(kind.get("name") or ""), phrase),
        type=str(kind.get("name") or ""),
        phrase=phrase,
    )


def meaning(name: str, phrase: str) -> LinkKind:
    """Tell what a link means from its phrase, or else from the name of its type."""
    for words in (phrase.casefold(), name.casefold()):
        for word, kind in _MEANINGS:
            if re.search(rf"\b{word}", words):
                return kind
    return LinkKind.OTHER


def _is_passive(phrase: str) -> bool:
    return phrase.casefold().startswith("is ")


def remote_links(payloads: Iterable[Json]) -> tuple[RemoteLink, ...]:
    """Read the links of an issue to pages outside Jira; only web addresses are kept."""
    found = ((payload.get("object") or {}, payload.get("relationship") or "") for payload in payloads)
    return tuple(
        RemoteLink(url=target["url"], title=target.get("title") or "", relationship=relationship)
        for target, relationship in found
        if str(target.get("url") or "").startswith(("https://", "http://"))
    )
