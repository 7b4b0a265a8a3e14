"""Gaps in the data of a milestone, and of a product, that only show against other rows than the work itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pmbridge.assess.bugs.field import BugField
from pmbridge.assess.people import holders
from pmbridge.assess.standing import Standing
from pmbridge.assess.surroundings import Surroundings
from pmbridge.assessment import Acceptance, Hygiene
from pmbridge.history.membership import in_scope
from pmbridge.history.phases import Life
from pmbridge.metrics import wording
from pmbridge.metrics.bugflow.bug import Bug
from pmbridge.metrics.confidence import Found, Gap
from pmbridge.metrics.duplicate_titles import alike
from pmbridge.metrics.late_closing import closed_late
from pmbridge.metrics.mentions import unlinked, waiting

#: A due date that moved more often than this is a gap.
_MOVES = 2
#: People who finished work within this time should have logged some.
_RECENT = timedelta(weeks=8)
#: Bugs that ended longer ago than this are not held against each other any more.
_FRESH = timedelta(days=90)


def milestone_gaps(stands: Standing, around: Surroundings, gate: Acceptance) -> Iterator[Found]:
    """Yield what is wrong around the work of a running milestone."""
    done = [life for life in stands.lives if life.completed_at is not None and _is_inside(life, stands)]
    yield from _moved(stands, around)
    if stands.milestone.due is None:
        yield Found(Gap.NO_DUE, 1.0, "Set a due date")
    late, merged = closed_late(done, around.requests, around.calendars.open_days)
    found = (
        Found.of(
            Gap.LATE_CLOSING, [one.item.key for one in late], merged, "Close work when it is merged: {} waited ({})"
        ),
        _missing_links(stands, around),
        _untested(gate, around),
        _unlogged(done, around),
    )
    yield from (one for one in found if one is not None)


def product_gaps(hygiene: Hygiene, around: Surroundings, field: BugField) -> tuple[Found, ...]:
    """Find the gaps nobody can see in one milestone: histories, the calendar, and the bugs of all of them."""
    found = [
        Found(Gap.HISTORY, one.share, f"Read these items again ({wording.listed(one.items)})", one.items)
        for one in hygiene.findings
        if one.gap == Gap.HISTORY.value and one.share
    ]
    if around.calendars.product.is_default:
        found.append(Found(Gap.DEFAULT_CALENDAR, 1.0, "Configure the working days and holidays"))
    found += [*_not_united(around), *_bug_gaps(field)]
    return tuple(found)


def launch_gaps(milestone: str, field: BugField) -> Iterator[Found]:
    """Yield that of a launch, by the key of its milestone, only the day is known."""
    launched = field.launches.get(milestone)
    if launched is not None and not launched.precise:
        yield Found(
            Gap.DAY_OF_LAUNCH, 1.0, "Say at what time it reached its users: by a deployment, or in `launch.dates`"
        )


def _not_united(around: Surroundings) -> Iterator[Found]:
    """Yield the share of open work that is held by accounts of which several may be one person."""
    who = around.who
    doubtful = {account for doubt in who.doubts for account in doubt.accounts}
    if not doubtful:
        return
    unsure = {who.name_of[account] for account in doubtful if account in who.name_of}
    held = holders({id(life): life for life in around.open_by_key.values()}.values(), who)
    share = sum(held.get(person, 0.0) for person in unsure) / (sum(held.values()) or 1.0)
    if share:
        yield Found(Gap.NOT_UNITED, share, f"Say in `people` who is who of {wording.count(len(doubtful), 'account')}")


def _is_inside(life: Life, stands: Standing) -> bool:
    return in_scope(life.last, stands.milestone.ids)


def _moved(stands: Standing, around: Surroundings) -> Iterator[Found]:
    """Count how often the due date moved, as observed."""
    faces = {(face.source, face.id) for face in stands.milestone.faces}
    dues: dict[tuple[str, str], list[object]] = {}
    for seen in around.reading.history.observations:
        if (seen.source, seen.milestone) in faces:
            own = dues.setdefault((seen.source, seen.milestone), [])
            if not own or own[-1] != seen.due:
                own.append(seen.due)
    moves = max((len(own) - 1 for own in dues.values()), default=0)
    if moves > _MOVES:
        yield Found(Gap.MOVED_DUE, 1.0, f"Keep the due date: it moved {moves} times")


def _missing_links(stands: Standing, around: Surroundings) -> Found | None:
    """Find open work whose text says that it waits for open work it is not linked to."""
    said = waiting(work.life for work in stands.open_work)
    if not said:
        return None
    pairs = unlinked(said, around.open_by_key, around.linked)
    keys = list(dict.fromkeys(one.item.key for one, _ in pairs))
    linked = {key for pair in around.linked for key in pair}
    known = sum(work.key in linked or work.key in keys for work in stands.open_work)
    return Found.of(Gap.MISSING_LINKS, keys, known, "Link what the text says: {} name what they wait for ({})")


def asks_for_tests(gate: Acceptance, around: Surroundings) -> bool:
    """Tell whether this product proves its requirements at all: it is configured to, or has a test of one."""
    asked = "acceptance" in around.settings.model_fields_set
    return bool(gate.requirements) and (asked or any(one.status != "UNCOVERED" for one in gate.requirements))


def _untested(gate: Acceptance, around: Surroundings) -> Found | None:
    keys = [one.item for one in gate.requirements if one.status == "UNCOVERED"]
    if not asks_for_tests(gate, around):
        return None
    return Found.of(Gap.UNTESTED, keys, len(gate.requirements), "Write a test for {} that nothing proves ({})")


def _unlogged(done: list[Life], around: Surroundings) -> Found | None:
    """Count the people who finished work lately and logged no time, where time is logged and has a price."""
    book, since = around.budgeting.book, around.reading.as_of - _RECENT
    if not book.is_priced or not book.logs:
        return None
    active = {
        p for life in done if life.completed_at and life.completed_at >= since for p in around.who.assignees(life)
    }
    logged = {spending.person for life in done for _, spending in book.logs.get(life.canonical.primary.id, ())}
    silent = len(active - logged)
    if not silent:
        return None
    people = "person" if len(active) == 1 else "people"
    text = f"Log time: {silent} of {len(active)} {people} who finished work lately logged none"
    return Found(Gap.NO_WORKLOGS, silent / len(active), text)


def _bug_gaps(field: BugField) -> Iterator[Found]:
    """Yield what is wrong with bugs that are open or were until lately."""
    bugs = field.lately(_FRESH)
    still = [bug for bug in bugs if bug.is_open]
    graded = Found.of(Gap.NO_SEVERITY, _keys(bug for bug in still if bug.severity is None), len(still), "Grade {} ({})")
    if graded is not None:
        yield graded
    lost = _keys(bug for bug in bugs if not bug.affects and not bug.members)
    if 2 * len(lost) < len(bugs):
        named = Found.of(Gap.NO_VERSION, lost, len(bugs), "Name the version in which {} showed up ({})")
        yield from () if named is None else (named,)
    by_key = {bug.key: bug for bug in bugs}
    titles = {bug.key: bug.title for bug in bugs if bug.title}
    twins = [(a, b) for a, b in alike(titles) if _may_be_one(by_key[a], by_key[b], field)]
    copies = list(dict.fromkeys(second for _, second in twins))
    told = "Mark as duplicates, or tell apart, {} with the title of another ({})"
    found = Found.of(Gap.DUPLICATES, copies, len(bugs), told)
    if found is not None:
        yield found


def _may_be_one(a: Bug, b: Bug, field: BugField) -> bool:
    """Tell whether two bugs that read alike were not united: one of them is open, and neither leads to the other."""
    return (a.is_open or b.is_open) and field.original.get(a.id, a.id) != field.original.get(b.id, b.id)


def _keys(bugs: Iterator[Bug]) -> list[str]:
    return sorted(bug.key for bug in bugs)
