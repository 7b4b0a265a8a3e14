"""Decisions that approvers wrote in comments: reading them with a sync, and taking them for a gate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import structlog

from pmbridge.assess.people import Identities, identities
from pmbridge.config import ProductSettings
from pmbridge.connector import Hearing
from pmbridge.errors import ConnectorError
from pmbridge.evidence.statements import Statement, statements
from pmbridge.jobs.installation import Installation
from pmbridge.model import Comment, Decisions, History, Item, Milestone, MilestoneState
from pmbridge.store.comments import write_comments


def hear_decisions(installation: Installation, product: ProductSettings, history: History) -> None:
    """Read the comments under the tickets that stand for open milestones.

    A source that cannot be reached leaves what was heard there last; its certificate says that it failed.
    """
    tickets = [item for item, _ in tracking(history, product)]
    for name, connector in installation.connectors.items():
        own = [item for item in tickets if item.source == name]
        if own and isinstance(connector, Hearing):
            _keep(installation, name, own, connector)


def _keep(installation: Installation, name: str, tickets: list[Item], connector: Hearing) -> None:
    try:
        found = list(connector.fetch_comments(tickets))
    except ConnectorError as error:
        structlog.get_logger().warning("comments not read", source=name, reason=str(error))
        return
    with installation.store.write() as conn:
        write_comments(conn, name, [item.id for item in tickets], found)


def tracking(history: History, product: ProductSettings) -> Iterator[tuple[Item, Milestone]]:
    """Yield the tickets that stand for open milestones: named in the settings, labelled, or epics among the members."""
    settings, epics = product.milestones, {word.casefold() for word in product.types.epic}
    named = {key: title.casefold() for title, key in settings.tracking.items()}
    open_ones = {(m.source, m.id): m for m in history.milestones if m.state is MilestoneState.OPEN}
    titles = {m.title.casefold(): m for m in open_ones.values()}
    for item in history.items:
        stands = settings.tracking_label in item.labels or item.type.casefold() in epics
        if item.key in named and named[item.key] in titles:
            yield item, titles[named[item.key]]
        elif stands:
            yield from (
                (item, open_ones[item.source, id_]) for id_ in item.milestones if (item.source, id_) in open_ones
            )


def decided_in_comments(history: History, product: ProductSettings, comments: Iterable[Comment]) -> Decisions:
    """Take decisions from stored comments; who may decide is for the gate to judge."""
    milestones: dict[tuple[str, str], list[Milestone]] = {}
    for item, milestone in tracking(history, product):
        milestones.setdefault((item.source, item.id), []).append(milestone)
    rows = [
        (comment, milestone) for comment in comments for milestone in milestones.get((comment.source, comment.item), ())
    ]
    if not rows:
        return Decisions()
    authors = ((comment.source, comment.author) for comment, _ in rows if comment.author is not None)
    who = identities(history, product, authors)
    return statements(_statement(comment, milestone, who) for comment, milestone in rows)


def _statement(comment: Comment, milestone: Milestone, who: Identities) -> Statement:
    account = comment.source, comment.author or ""
    return Statement(
        milestone=milestone.title,
        author=who.person(comment.source, comment.author) or "somebody",
        at=comment.at,
        text=comment.text,
        where=comment.url,
        edited=comment.edited,
        mirrored=comment.by_bot or account in who.bots,
    )
