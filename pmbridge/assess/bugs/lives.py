"""The lives of items that are bugs or reports of bugs, side by side as the bug flow sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter

import numpy

from pmbridge.assess.bugs.dates import acknowledged, faults
from pmbridge.assess.bugs.grading import graded
from pmbridge.assess.bugs.looks import Look
from pmbridge.assess.bugs.markings import Markings
from pmbridge.assess.bugs.words import Releases, Words, component, is_double, is_none
from pmbridge.assess.reading import Reading
from pmbridge.history.chronicle import CANCELLED, DONE, NEVER, Chronicle, Small, excerpt
from pmbridge.history.micros import Whole
from pmbridge.history.phases import Life
from pmbridge.metrics.bugflow.bug import Outcome
from pmbridge.metrics.bugflow.coded import Coded
from pmbridge.metrics.bugflow.columns import OUTCOME_CODE, BugColumns
from pmbridge.metrics.bugflow.ragged import Ragged
from pmbridge.metrics.bugflow.spells import Flags
from pmbridge.model import FieldName, Item
from pmbridge.model.instants import to_micros

_TITLED = 200

_READ = itemgetter("id", "key", "author", "severity", "priority", "assignees", "created_at", "closed_at")


class Lives:
    """Some lives of one history with what their bugs are read from, by their places among all lives."""

    def __init__(self, reading: Reading, look: Coded[Look], places: Sequence[int], words: Words) -> None:
        self.lives = list(map(reading.lives.__getitem__, places))
        self.columns, self.words = reading.columns, words
        self.look = look.of_rows(numpy.array(places, numpy.int64))
        #: The deciding face of each, and where it stands among all items.
        self.items = [life.item for life in self.lives]
        self.places = numpy.array([life.canonical.primary.place for life in self.lives], numpy.int64)
        #: Their phases.
        self.told = excerpt(self.lives)
        #: Which of them customers are heard in.
        self.support = self.look.told(words.is_support)
        self.projects = self.look.renamed(lambda look: look.project)
        self.sources = self.look.renamed(lambda look: look.source)
        rows = list(zip(*map(_READ, map(vars, self.items)), strict=True)) or [()] * 8
        self.ids, self.keys, self.authors, self.severities, self.priorities, self.assignees, *dates = rows
        self.created_at, self.closed_at = dates


class Biographer:
    """Writes lives down as bugs.

    ``grades`` is the field that severities are read from, by source, ``launches`` the instants at which milestones
    reached users.
    """

    def __init__(
        self,
        words: Words,
        releases: Releases,
        grades: Mapping[str, FieldName],
        launches: Mapping[str, datetime],
        as_of: datetime,
    ) -> None:
        self._words = words
        self._releases = releases
        self._grades = grades
        self._launches = {key: at for key, at in launches.items() if at <= as_of}

    def bugs(self, whole: Lives, *, duplicate: Flags, is_report: Flags, is_defect: Flags) -> BugColumns:
        """Write all of them. ``duplicate`` says of which a link names another item as the original."""
        told, words = whole.told, self._words
        turns, turned, category = _turns(told)
        last = category[turns.last]
        members = Coded.of(map(self._releases.planned, told.milestones.sets)).of_rows(told.held[told.last])
        rows, since, word = graded(whole, self._grades)
        nothing = numpy.full(len(whole.lives), NEVER)
        return BugColumns(
            ids=list(zip(whole.sources.values(), whole.ids, strict=True)),
            keys=whole.keys,
            created=told.since[told.first[:-1]],
            turns=turns,
            turned=turned,
            category=category,
            outcome=_outcomes(whole.look, last, duplicate),
            graded=rows,
            since=since,
            word=word,
            component=whole.look.renamed(component),
            affects=whole.look.renamed(self._releases.affected),
            members=members,
            author=Coded.of(whole.authors),
            source=whole.sources,
            from_customers=whole.support | ~is_defect | whole.look.told(words.met_by_users),
            is_incident=numpy.zeros(len(whole.lives), numpy.bool_),
            is_report=is_report,
            is_defect=is_defect,
            acknowledged=acknowledged(whole),
            answered=nothing,
            restored=nothing,
            deployed=self._deployed(whole, turned[turns.last], last, members),
            customer_told=nothing,
            pauses=_spans(Markings(words.paused, whole.columns), whole.lives),
            faults=faults(whole),
            told=lambda place: _told(whole.items[place]),
        )

    def _deployed(self, whole: Lives, since: Whole, last: Small, members: Coded[frozenset[str]]) -> Whole:
        """Return when repairs reached users: by their mark, else with the launch of a milestone they were made for."""
        found = numpy.full(len(since), NEVER)
        for keys, own in members.parts():
            later = numpy.array(sorted(to_micros(at) for key, at in self._launches.items() if key in keys), numpy.int64)
            next_one = numpy.append(later, NEVER)[numpy.searchsorted(later, since[own])]
            found[own] = numpy.where(last[own] == DONE, next_one, NEVER)
        for place, spans in _spans(Markings(self._words.deployed, whole.columns), whole.lives).items():
            found[place] = to_micros(spans[-1][0])
        return found


def _turns(told: Chronicle) -> tuple[Ragged, Whole, Small]:
    """Return the rows of phases in which the category of a life was another than before."""
    differs = told.begins
    differs[1:] |= told.category[1:] != told.category[:-1]
    counts = numpy.concatenate(([0], numpy.cumsum(differs)))
    return Ragged(counts[told.first]), told.since[differs], told.category[differs]


def _outcomes(look: Coded[Look], last: Small, duplicate: Flags) -> Small:
    """Return what became of bugs, as numbers; ``last`` is the category each is in."""
    code = OUTCOME_CODE
    declined = numpy.where(look.told(is_none), code[Outcome.NOT_A_BUG], code[Outcome.DECLINED])
    ended = numpy.where(last == CANCELLED, declined, code[Outcome.FIXED])
    ended = numpy.where(duplicate | look.told(is_double), code[Outcome.DUPLICATE], ended)
    over = (last == DONE) | (last == CANCELLED)
    return numpy.where(over, ended, code[Outcome.OPEN]).astype(numpy.int8)


def _spans(markings: Markings, lives: Sequence[Life]) -> dict[int, tuple[tuple[datetime, datetime | None], ...]]:
    """Return the stretches in which any of some lives carried a mark, by their places."""
    return {place: spans for place, life in enumerate(lives) if (spans := markings.of(life))} if markings else {}


def _told(item: Item) -> tuple[str | None, str | None]:
    return item.url, None if item.restricted else item.title[:_TITLED]
