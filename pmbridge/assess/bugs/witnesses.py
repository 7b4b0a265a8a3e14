"""What comments, merge requests and deployments add to the lives of bugs."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from pmbridge.assess.bugs.launches import Shipped
from pmbridge.assess.bugs.links import Leads
from pmbridge.assess.bugs.lives import marked
from pmbridge.assess.bugs.words import Words
from pmbridge.assess.people import identities
from pmbridge.assess.reading import Reading
from pmbridge.assess.reviews import merge_requests
from pmbridge.config.product import ProductSettings
from pmbridge.history.phases import Life
from pmbridge.history.records import ItemId
from pmbridge.metrics.bugflow.bug import Bug, Outcome
from pmbridge.metrics.bugflow.deployments import Carriers, delivered
from pmbridge.metrics.bugflow.severity import Ranks
from pmbridge.model import Change, Comment, FieldName, Item, MergeRequest

_FIXED = Outcome.FIXED


@dataclass(frozen=True, slots=True)
class Replies:
    """When people other than the reporter wrote under an item: at all, and for customers to see; in order."""

    all: tuple[datetime, ...] = ()
    public: tuple[datetime, ...] = ()


_SILENCE = Replies()


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Everything beside the trackers' own fields that tells where a bug stands."""

    words: Words
    ranks: Ranks
    shipped: Shipped
    carriers: Carriers
    replies: Mapping[ItemId, Replies]
    fixes: Mapping[str, tuple[MergeRequest, ...]]

    @classmethod
    def of(cls, reading: Reading, settings: ProductSettings, words: Words, ranks: Ranks, shipped: Shipped) -> Witnesses:
        """Sort what was said and merged by the work it belongs to."""
        return cls(
            words=words,
            ranks=ranks,
            shipped=shipped,
            carriers=Carriers(shipped.production),
            replies=_replies(reading, settings) if reading.history.comments else {},
            fixes=merge_requests(reading) if shipped.production else {},
        )

    def testify(
        self,
        bugs: Mapping[ItemId, Bug],
        life_of: Mapping[ItemId, Life],
        leads: Leads,
        original: Mapping[ItemId, ItemId],
    ) -> dict[ItemId, Bug]:
        """Add what is known of answers, restored service, deployed repairs and customers who were told."""
        found = dict(bugs)
        for id_, bug in bugs.items():
            facts = dict(self._facts(bug, life_of[id_]))
            if facts:
                found[id_] = replace(bug, **facts)
        for id_, told_at in self._told(found, life_of, leads, original):
            found[id_] = replace(found[id_], told_at=told_at)
        return found

    def repairs(self, bug: Bug, life: Life) -> tuple[MergeRequest, ...]:
        """Return the merged changes of a bug's last repair, from where something was ever deployed."""
        since = bug.reopenings[-1] if bug.reopenings else bug.created_at
        own = self.fixes.get(life.item.key, ())
        return tuple(c for c in own if c.merged_at is not None and c.merged_at >= since and self.carriers.knows(c))

    def awaits_deployment(self, bug: Bug, life: Life) -> bool:
        """Tell whether a repair was merged, and only a deployment that has not come brings it to users."""
        return bug.deployed_at is None and bool(self.fixes) and bool(self.repairs(bug, life))

    def _facts(self, bug: Bug, life: Life) -> Iterator[tuple[str, Any]]:
        replies = self.replies.get(bug.id)
        if replies is not None and replies.all:
            yield "acknowledged_at", min(bug.acknowledged_at or replies.all[0], replies.all[0])
            yield "answered_at", next(iter(replies.public), None)
        if self.words.is_incident(life.item):
            yield "is_incident", True
            yield "restored_at", self._restored(bug, life)
        if bug.outcome is _FIXED and self.fixes and not self._is_marked(life):
            repairs = self.repairs(bug, life)
            if repairs:
                yield "deployed_at", delivered(repairs, self.carriers)

    def _is_marked(self, life: Life) -> bool:
        return bool(marked(life.item, life.canonical.primary.changes, self.words.deployed))

    def _restored(self, bug: Bug, life: Life) -> datetime | None:
        """Return when the service was back: by its mark, a lower severity, a rollback, at the latest with the end."""
        spans = marked(life.item, life.canonical.primary.changes, self.words.restored)
        lowered = (
            after.since
            for before, after in pairwise(bug.severities)
            if self.ranks.is_rank(before.word, 1) and not self.ranks.is_rank(after.word, 1)
        )
        back = (
            one.at
            for one in self.shipped.production
            if one.is_rollback and one.replaced is not None and one.replaced.at <= bug.created_at <= one.at
        )
        ended = () if bug.ended_at is None else (bug.ended_at,)
        known = (*(begin for begin, _ in spans), *lowered, *back, *ended)
        return min((at for at in known if at >= bug.created_at), default=None)

    def _told(
        self,
        bugs: Mapping[ItemId, Bug],
        life_of: Mapping[ItemId, Life],
        leads: Leads,
        original: Mapping[ItemId, ItemId],
    ) -> Iterator[tuple[ItemId, datetime]]:
        """Yield when those who wrote each report heard that it was over."""
        for ticket, own in leads.to.items():
            roots = {original.get(one.canonical.primary.id, one.canonical.primary.id) for one in own}
            told = self._heard(bugs[ticket], [bugs[root] for root in roots if root in bugs], life_of)
            if told is not None:
                yield ticket, told
        for id_ in self.replies.keys() & bugs.keys():
            bug, root = bugs[id_], bugs.get(original.get(id_, id_))
            if bug.from_customers and bug.is_report and bug.is_defect and root is not None:
                told = self._heard(bug, [root], life_of)
                if told is not None:
                    yield id_, told

    def _heard(self, report: Bug, defects: Sequence[Bug], life_of: Mapping[ItemId, Life]) -> datetime | None:
        """Return when the reporter knew that the repair is there, or that there will be none.

        The sign is the closing of a support ticket, or a word its reporter can see, after engineering was done; what
        was said before the repair reached users is true from then on.
        """
        if not defects or any(bug.is_open for bug in defects):
            return None
        done = max(bug.ended_at for bug in defects if bug.ended_at is not None)
        said = self.replies.get(report.id, _SILENCE).public
        signs = list(said[bisect_left(said, done) :][:1])
        if not report.is_defect and report.ended_at is not None and report.ended_at >= done:
            signs.append(report.ended_at)
        fixed = [bug for bug in defects if bug.outcome is _FIXED]
        if not signs or any(self.awaits_deployment(bug, life_of[bug.id]) for bug in fixed):
            return None
        return max([min(signs), *(bug.deployed_at for bug in fixed if bug.deployed_at is not None)])


def _replies(reading: Reading, settings: ProductSettings) -> dict[ItemId, Replies]:
    """Gather what people wrote by the work it belongs to, without programs and without the reporters themselves."""
    bots = identities(reading.history, settings).bots
    by_life: defaultdict[ItemId, list[Comment]] = defaultdict(list)
    lives: dict[ItemId, Life] = {}
    for said in reading.history.comments:
        life = reading.owner.get((said.source, said.item))
        if life is not None and not said.by_bot and (said.source, said.author) not in bots:
            lives[life.canonical.primary.id] = life
            by_life[life.canonical.primary.id].append(said)
    return {id_: _by_others(lives[id_], own) for id_, own in by_life.items()}


def _by_others(life: Life, comments: Iterable[Comment]) -> Replies:
    """Take what was not said by the reporter; who wrote a ticket down for a customer and works on it is none."""
    working = {account for face in life.canonical.faces for account in _ever_assigned(face.item, face.changes)}
    reporters = {face.item.author for face in life.canonical.faces} - working
    own = sorted((c.at, c.internal) for c in comments if c.author not in reporters and c.at >= life.created_at)
    return Replies(tuple(at for at, _ in own), tuple(at for at, internal in own if not internal))


def _ever_assigned(item: Item, changes: Iterable[Change]) -> set[str]:
    given = {change.after for change in changes if change.field is FieldName.ASSIGNEES and change.after is not None}
    return {*item.assignees, *given}
