"""The signals of finished work that shows too little for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from pmbridge.assessment import Risk
from pmbridge.history.phases import Life
from pmbridge.metrics import wording
from pmbridge.metrics.reviews import Requests, merged_at
from pmbridge.model import MergeRequestState

#: Finished work of a type is expected to have a merge where this share of at least so many pieces has one.
_HABIT, _HABIT_OF = 0.8, 10
_NOT_RUN = ("UNCOVERED", "NOTRUN")


def undocumented(done: Iterable[Life]) -> tuple[Risk, ...]:
    """List finished work whose own checklist says that something is missing."""
    found = []
    for life in done:
        missing = [check for check in life.item.checklist if not check.ticked]
        if missing:
            boxes = f"{len(missing)} open {'box' if len(missing) == 1 else 'boxes'}"
            text = f"{life.item.key} is done with {boxes} in its checklist."
            found.append(_risk(life, "low", text))
    return tuple(found)


def untested(done: Iterable[Life], results: Mapping[str, str]) -> tuple[Risk, ...]:
    """List finished work whose tests fail; ``results`` are the proofs of requirements by their key."""
    return tuple(
        _risk(life, "high", f"{life.item.key} is done, yet its acceptance tests fail.")
        for life in done
        if results.get(life.item.key) == "NOK"
    )


def unproven(done: Iterable[Life], results: Mapping[str, str], wanted: Collection[str]) -> tuple[Risk, ...]:
    """List finished work of the ``wanted`` types that no test was run for."""
    asked = {type_.casefold() for type_ in wanted}
    return tuple(
        _risk(life, "medium", f"{life.item.key} is done, yet no test of it was run.")
        for life in done
        if life.item.type.casefold() in asked and results.get(life.item.key, "UNCOVERED") in _NOT_RUN
    )


def unmerged(done: Iterable[Life], requests: Requests) -> tuple[Risk, ...]:
    """List finished work whose merge request is open still."""
    found = []
    for life in done:
        still = [one for one in requests.get(life.item.key, ()) if one.state is MergeRequestState.OPEN]
        if still:
            text = f"{life.item.key} is done, yet {wording.listed([one.key for one in still])} is not merged."
            found.append(_risk(life, "medium", text))
    return tuple(found)


def without_merge(done: Sequence[Life], requests: Requests, wanted: Iterable[str] = ()) -> tuple[Risk, ...]:
    """List finished work without any merge, of the ``wanted`` types and of those that usually have one."""
    asked = {type_.casefold() for type_ in wanted} | _habits(done, requests)
    found = []
    for life in done:
        own = requests.get(life.item.key, ())
        if life.item.type.casefold() in asked and not own:
            text = f"{life.item.key} is done without a merge request; work of type {life.item.type} has one."
            found.append(_risk(life, "low", text))
    return tuple(found)


def _habits(done: Iterable[Life], requests: Requests) -> set[str]:
    shown: dict[str, list[bool]] = {}
    for life in done:
        shown.setdefault(life.item.type.casefold(), []).append(merged_at(life, requests) is not None)
    return {type_ for type_, each in shown.items() if len(each) >= _HABIT_OF and sum(each) >= _HABIT * len(each)}


def _risk(life: Life, severity: str, text: str) -> Risk:
    return Risk.model_validate(
        {
            "signal": "done without evidence",
            "severity": severity,
            "item": life.item.key,
            "since": life.completed_at,
            "text": text,
        }
    )
