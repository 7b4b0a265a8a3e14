"""Who answered the bugs of a launch, and when: read with a sync, at a cost that follows what was touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import structlog

from pmbridge.assess.bugs import BugField, survey
from pmbridge.assess.reading import read
from pmbridge.config import ProductSettings
from pmbridge.connector import Hearing
from pmbridge.errors import ConnectorError
from pmbridge.history.records import ItemId
from pmbridge.jobs.hearing import tracking
from pmbridge.jobs.installation import Installation
from pmbridge.model import Comment, History, Item
from pmbridge.store.comments import read_heard, write_comments, write_heard

#: So many items are read and stored in one go, so that little is lost when a run is stopped.
AT_ONCE = 25


def hear_answers(installation: Installation, product: ProductSettings, history: History) -> None:
    """Read the comments of bugs and support tickets of launched releases that were touched since they were last read.

    Only who wrote and when is kept, never the text; what we wrote ourselves is no answer. A source that cannot be
    reached leaves what was heard there last.
    """
    items = population(history, product)
    for name, connector in installation.connectors.items():
        if isinstance(connector, Hearing):
            _hear(installation, name, connector, [item for item in items if item.source == name])


def population(history: History, product: ProductSettings) -> tuple[Item, ...]:
    """Return what belongs to the bugs of launched releases: reports, the defects behind them, and support tickets.

    Tickets that stand for a milestone are left out where decisions are read from their comments.
    """
    synced = [source.synced_at for source in history.sources if source.synced_at is not None]
    if not synced:
        return ()
    field = survey(read(history, product, max(synced)), product)
    stands = {(i.source, i.id) for i, _ in tracking(history, product)} if product.acceptance.comments else set()
    lives = (field.life(id_) for id_ in sorted(set(_wanted(field))))
    faces = {(f.item.source, f.item.id): f.item for life in lives for f in life.canonical.faces}
    return tuple(item for id_, item in faces.items() if id_ not in stands)


def _wanted(field: BugField) -> Iterator[ItemId]:
    for own in field.populations.values():
        yield from (bug.id for bug in own.reports)
        yield from (defect.root.id for defect in own.defects)
    for tickets in field.tickets.values():
        yield from tickets


def _hear(installation: Installation, name: str, connector: Hearing, items: Sequence[Item]) -> None:
    with installation.store.read() as conn:
        heard = read_heard(conn, name)
    touched = [item for item in items if heard.get(item.id) != item.updated_at]
    for begin in range(0, len(touched), AT_ONCE):
        some = touched[begin : begin + AT_ONCE]
        try:
            found = [_mute(said) for said in connector.fetch_comments(some) if not said.ours]
        except ConnectorError as error:
            structlog.get_logger().warning("answers not read", source=name, reason=str(error))
            return
        with installation.store.write() as conn:
            write_comments(conn, name, [item.id for item in some], found)
            write_heard(conn, name, some)


def _mute(comment: Comment) -> Comment:
    return comment.model_copy(update={"text": ""})
