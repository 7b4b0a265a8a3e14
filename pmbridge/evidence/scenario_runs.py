"""Automated cases that run a scenario which stands in a description: both have one name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pmbridge.model import Origin, TestCase

TestId = tuple[str, str]

#: Where Cucumber and its kin report what they ran.
_AUTOMATED = frozenset({Origin.PIPELINE, Origin.JUNIT})
_PREFIX = re.compile(r"^\s*(?:scenario(?: outline| template)?|example)\s*:\s*", re.IGNORECASE)
#: What runners add to the name of an outline: the number of its row, its values.
_ROW = re.compile(r"\s*(?:#\d+(?:\.\d+)?|[-–]?\s*example\s*#?\d+(?:\.\d+)*|\[[^\]]*\])\s*$", re.IGNORECASE)
_SPACE = re.compile(r"[\s_]+")


def scenario_name(title: str) -> str:
    """Return what a scenario and the case that runs it have in common: the words, whatever a runner put around them."""
    words, before = title, None
    while words != before:
        before, words = words, _ROW.sub("", _PREFIX.sub("", words))
    return _SPACE.sub(" ", words).strip().rstrip(".").casefold()


@dataclass(frozen=True, slots=True)
class Automated:
    """``scenarios`` that cases run, by source and id, and what each of these cases covers with their requirements."""

    scenarios: frozenset[TestId]
    covers: Mapping[TestId, Sequence[str]]


def automated(tests: Iterable[TestCase], covers: Mapping[TestId, Sequence[str]]) -> Automated:
    """Find the cases that bear the name of a scenario: they prove its requirement in its place.

    Every row of an outline is a case of its own and has to pass. Of several scenarios of one name a case runs the one
    whose requirement it names; if it names none of them, it runs none.
    """
    rows = list(tests)
    named: defaultdict[str, list[TestCase]] = defaultdict(list)
    for test in rows:
        if test.origin is Origin.SCENARIO:
            named[scenario_name(test.title)].append(test)
    run: set[TestId] = set()
    also: dict[TestId, tuple[str, ...]] = {}
    for test in rows if named else ():
        scenario = _run_by(test, named, covers)
        if scenario is not None:
            run.add(scenario)
            id_ = test.source, test.id
            also[id_] = tuple(dict.fromkeys((*covers.get(id_, ()), *covers.get(scenario, ()))))
    return Automated(frozenset(run), also)


def _run_by(
    test: TestCase, named: Mapping[str, Sequence[TestCase]], covers: Mapping[TestId, Sequence[str]]
) -> TestId | None:
    if test.origin not in _AUTOMATED:
        return None
    # The title of a case may begin with its class, which the key leaves out.
    names = dict.fromkeys((scenario_name(test.key), scenario_name(test.title)))
    found = [(one.source, one.id) for name in names for one in named.get(name, ())]
    if len(found) > 1:
        mine = set(covers.get((test.source, test.id), ()))
        found = [one for one in found if not mine.isdisjoint(covers.get(one, ()))]
    return found[0] if len(found) == 1 else None
