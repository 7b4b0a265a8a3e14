"""What comments, merge requests and deployments add to the lives of bugs."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

import numpy

from pmbridge.assess.bugs.launches import Shipped
from pmbridge.assess.bugs.links import Leads
from pmbridge.assess.bugs.lives import Lives
from pmbridge.assess.bugs.markings import Markings
from pmbridge.assess.bugs.words import Words
from pmbridge.assess.people import identities
from pmbridge.assess.reading import Reading
from pmbridge.assess.reviews import merge_requests
from pmbridge.config.product import ProductSettings
from pmbridge.history.chronicle import NEVER
from pmbridge.history.micros import Whole
from pmbridge.history.phases import Life
from pmbridge.history.records import ItemId
from pmbridge.metrics.bugflow.bug import Bug, Outcome
from pmbridge.metrics.bugflow.columns import BugColumns, instants
from pmbridge.metrics.bugflow.deployments import Carriers, delivered
from pmbridge.metrics.bugflow.severity import Ranks
from pmbridge.metrics.bugflow.spells import Flags
from pmbridge.model import Change, Comment, FieldName, Item, MergeRequest
from pmbridge.model.instants import to_micros


@dataclass(frozen=True, slots=True)
class Replies:
    """When people other than the reporter wrote under an item: at all, and for customers to see; in order."""

    all: tuple[datetime, ...] = ()
    public: tuple[datetime, ...] = ()

    @property
    def first(self) -> datetime | None:
        """The first of them."""
        return next(iter(self.all), None)

    @property
    def first_public(self) -> datetime | None:
        """The first one for customers to see."""
        return next(iter(self.public), None)


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

    def testify(self, bugs: BugColumns, whole: Lives, leads: Leads, original: Mapping[ItemId, ItemId]) -> BugColumns:
        """Add what is known of answers, restored service, deployed repairs and customers who were told."""
        heard = [place for id_, place in bugs.place_of.items() if id_ in self.replies] if self.replies else []
        replies = [self.replies[bugs.ids[place]] for place in heard]
        acknowledged, answered = bugs.acknowledged.copy(), bugs.answered.copy()
        acknowledged[heard] = numpy.minimum(bugs.acknowledged[heard], instants(own.first for own in replies))
        answered[heard] = instants(own.first_public for own in replies)
        incidents = whole.look.told(self.words.is_incident) if self.words.incident else bugs.is_incident
        deployed = self._deployed(bugs, whole)
        return replace(
            bugs,
            acknowledged=acknowledged,
            answered=answered,
            is_incident=incidents,
            restored=self._restored(bugs, whole, incidents),
            deployed=deployed,
            customer_told=self._told(bugs, whole, deployed, leads, original),
            made={},
        )

    def repairs(self, bug: Bug, life: Life) -> tuple[MergeRequest, ...]:
        """Return the merged changes of a bug's last repair, from where something was ever deployed."""
        since = bug.reopened_at or bug.created_at
        own = self.fixes.get(life.item.key, ())
        return tuple(c for c in own if c.merged_at is not None and c.merged_at >= since and self.carriers.knows(c))

    def awaiting(self, bugs: BugColumns, whole: Lives, deployed: Whole) -> Flags:
        """Tell of which bugs a repair was merged that only a deployment yet to come brings to users."""
        found = numpy.zeros(len(bugs), numpy.bool_)
        for place in self._mended(bugs):
            if deployed[place] == NEVER:
                found[place] = bool(self.repairs(bugs[place], whole.lives[place]))
        return found

    def _mended(self, bugs: BugColumns) -> list[int]:
        """Return the places of the bugs that merged changes are known of."""
        return [place for place, key in enumerate(bugs.keys) if key in self.fixes] if self.fixes else []

    def _deployed(self, bugs: BugColumns, whole: Lives) -> Whole:
        """Return when repairs reached users, from the deployments where no mark says so."""
        found, marks = bugs.deployed.copy(), Markings(self.words.deployed, whole.columns)
        fixed = bugs.is_outcome(Outcome.FIXED)
        for place in self._mended(bugs):
            life = whole.lives[place]
            if fixed[place] and not marks.of(life) and (repairs := self.repairs(bugs[place], life)):
                at = delivered(repairs, self.carriers)
                found[place] = NEVER if at is None else to_micros(at)
        return found

    def _restored(self, bugs: BugColumns, whole: Lives, incidents: Flags) -> Whole:
        found, marks = bugs.restored.copy(), Markings(self.words.restored, whole.columns)
        places = numpy.flatnonzero(incidents).tolist()
        found[places] = instants(self._back(bugs[place], marks.of(whole.lives[place])) for place in places)
        return found

    def _back(self, bug: Bug, marked: Sequence[tuple[datetime, datetime | None]]) -> datetime | None:
        """Return when the service was back: by its mark, a lower severity, a rollback, at the latest with the end."""
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
        known = (*(begin for begin, _ in marked), *lowered, *back, *ended)
        return min((at for at in known if at >= bug.created_at), default=None)

    def _told(
        self, bugs: BugColumns, whole: Lives, deployed: Whole, leads: Leads, original: Mapping[ItemId, ItemId]
    ) -> Whole:
        """Return when those who wrote each report heard that it was over."""
        found = numpy.full(len(bugs), NEVER)
        heard = _Heard(self.replies, bugs, deployed, self.awaiting(bugs, whole, deployed))
        place_of = bugs.place_of
        for ticket, own in leads.to.items():
            roots = {original.get(one.canonical.primary.id, one.canonical.primary.id) for one in own}
            found[place_of[ticket]] = heard.at(place_of[ticket], [place_of[r] for r in roots if r in place_of])
        own_words = bugs.from_customers & bugs.is_report & bugs.is_defect
        for id_ in self.replies.keys() & place_of.keys():
            root = place_of.get(original.get(id_, id_))
            if own_words[place_of[id_]] and root is not None:
                found[place_of[id_]] = heard.at(place_of[id_], [root])
        return found


class _Heard:
    """Finds when reporters knew that the repair is there, or that there will be none, in microseconds.

    The sign is the closing of a support ticket, or a word its reporter can see, after engineering was done; what
    was said before the repair reached users is true from then on.
    """

    def __init__(self, replies: Mapping[ItemId, Replies], bugs: BugColumns, deployed: Whole, awaiting: Flags) -> None:
        self._replies, self._ids = replies, bugs.ids
        self._ended, self._deployed = bugs.ended.tolist(), deployed.tolist()
        self._is_defect = bugs.is_defect.tolist()
        self._fixed = bugs.is_outcome(Outcome.FIXED).tolist()
        self._awaiting = awaiting.tolist()

    def at(self, report: int, defects: Sequence[int]) -> int:
        """Return when one of them knew of the end of some defects."""
        done = max((self._ended[one] for one in defects), default=NEVER)
        if done == NEVER or any(self._fixed[one] and self._awaiting[one] for one in defects):
            return NEVER
        sign = self._said(report, done)
        if not self._is_defect[report] and self._ended[report] >= done:
            sign = min(sign, self._ended[report])
        there = [self._deployed[one] for one in defects if self._fixed[one] and self._deployed[one] != NEVER]
        return max([sign, *there]) if sign != NEVER else NEVER

    def _said(self, report: int, since: int) -> int:
        """Return the first word from an instant on that a reporter could see."""
        known = self._replies.get(self._ids[report], _SILENCE).public
        said = [to_micros(at) for at in known]
        place = bisect_left(said, since)
        return said[place] if place < len(said) else NEVER


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
