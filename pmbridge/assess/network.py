"""The network of dependencies over all trackers of a product, calculated once for its milestones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pmbridge.assess.blocking import Pair, pages
from pmbridge.assess.families import Relations
from pmbridge.assess.reading import Reading
from pmbridge.assess.standing import Standing
from pmbridge.history.days import day_begins
from pmbridge.history.membership import in_scope
from pmbridge.history.phases import Life
from pmbridge.history.records import ItemId
from pmbridge.metrics.ageing import CycleTimes
from pmbridge.metrics.exposure import Dependencies, Supplier
from pmbridge.metrics.forecast import Target
from pmbridge.metrics.item_signals import Later
from pmbridge.metrics.network.critical_path import Activity, CriticalPath, critical_path
from pmbridge.metrics.network.graph import Graph
from pmbridge.metrics.simulation.seed import Seed
from pmbridge.model import StatusCategory

#: The share of open work that needs an estimate or a history of its type for the network to say anything.
NEEDED = 0.6
_TRIALS = 2000
_ENDED = (StatusCategory.DONE, StatusCategory.CANCELLED)
_HOURS_A_DAY = 8.0
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Network:
    """Who waits for whom, by the keys of open work; ``unknown`` are blockers that no tracker here holds."""

    waits_for: Mapping[str, tuple[str, ...]]
    life_of: Mapping[str, Life]
    unknown: Mapping[str, tuple[str, ...]]
    cycles: tuple[tuple[str, ...], ...]
    cleared: Mapping[str, tuple[str, ...]]
    linked: bool


@dataclass(frozen=True, slots=True)
class NetworkFinish:
    """What the network says of one milestone: days to its finish, and which of its work is critical.

    ``on_time`` is the chance to end by the due date, ``None`` without one.
    """

    p50: int
    p85: int
    on_time: float | None
    critical: tuple[str, ...]
    criticality: Mapping[str, float]


def network(reading: Reading, blocking: Iterable[Pair]) -> Network:
    """Read the blocking links, of every tracker and between them."""
    waits: defaultdict[str, set[str]] = defaultdict(set)
    unknown: defaultdict[str, set[str]] = defaultdict(set)
    cleared: defaultdict[str, set[str]] = defaultdict(set)
    life_of: dict[str, Life] = {}
    linked = False
    for blocker, blocked, name in blocking:
        linked = True
        if blocked is None or _has_ended(blocked, reading):
            continue
        key = blocked.item.key
        if blocker is None:
            unknown[key].add(name)
        elif _has_ended(blocker, reading):
            cleared[key].add(blocker.item.key)
        elif blocker is not blocked:
            waits[key].add(blocker.item.key)
            life_of[key], life_of[blocker.item.key] = blocked, blocker
    nodes = {key: tuple(sorted(waits.get(key, ()))) for key in sorted(life_of)}
    return Network(
        waits_for=nodes,
        life_of=life_of,
        unknown={key: tuple(sorted(names)) for key, names in unknown.items()},
        cycles=Graph.of(nodes).cycles(),
        cleared={key: tuple(sorted(keys)) for key, keys in cleared.items()},
        linked=linked,
    )


def linked_pairs(reading: Reading) -> frozenset[tuple[str, str]]:
    """Return the pairs of work that a link of any kind joins, by key."""
    found = set()
    for link in reading.history.links:
        ends = [reading.owner.get((link.source, end)) for end in (link.item, link.target)]
        if ends[0] is not None and ends[1] is not None:
            found.add((ends[0].item.key, ends[1].item.key))
    found.update((a.item.key, b.item.key) for a, b, _ in pages(reading) if a is not None and b is not None)
    return frozenset(found)


def dependencies(stands: Standing, net: Network, reading: Reading, related: Relations) -> Dependencies:
    """Say what one milestone waits for elsewhere, and where its work goes in circles."""
    own = {work.key for work in stands.open_work}
    return Dependencies(
        linked=net.linked,
        suppliers=tuple(_suppliers(stands, net, reading, related)),
        cycles=tuple(group for group in net.cycles if own & set(group)),
        unknown=tuple(sorted({name for key in own for name in net.unknown.get(key, ())})),
    )


def later(stands: Standing, suppliers: Sequence[Supplier], net: Network, reading: Reading) -> dict[str, Later]:
    """Find, for each piece of open work, a blocker that is expected only after it is due.

    The forecast of the blocker's milestone counts first, then what was promised: its own due date, and its milestone's.
    """
    found: dict[str, Later] = {}
    for one in suppliers:
        due = net.life_of[one.item].item.due or stands.milestone.due
        if due is not None and one.p85 is not None and one.p85 > due and one.item not in found:
            found[one.item] = Later(one.blocker, one.p85, f"the likely end of {one.milestone}")
    for work in stands.open_work:
        due = work.life.item.due or stands.milestone.due
        for blocker in net.waits_for.get(work.key, ()):
            for promised, why in _promises(net.life_of[blocker], stands, reading):
                if due is not None and promised > due and work.key not in found:
                    found[work.key] = Later(blocker, promised, why)
    return found


def _promises(blocker: Life, stands: Standing, reading: Reading) -> Iterator[tuple[date, str]]:
    """Yield the days for which a blocker was promised: by itself, and by the first of its milestones elsewhere."""
    if blocker.item.due is not None:
        yield blocker.item.due, "its own due date"
    phase = reading.now[blocker.canonical.primary.id]
    if not in_scope(phase, stands.milestone.ids):
        dues = ((one.due, f"the due date of {one.title}") for one in reading.milestones if in_scope(phase, one.ids))
        yield from sorted((due, why) for due, why in dues if due is not None)[:1]


def network_finish(
    stands: Standing, net: Network, times: CycleTimes, reading: Reading, days_to_due: int | None
) -> NetworkFinish | None:
    """Simulate the linked open work of a milestone with all it waits for; ``None`` where too little is known.

    What is behind a circle or an unknown blocker has no finish and is left out.
    """
    from pmbridge.metrics.network.criticality import draw_remaining, simulate

    keys = _upstream([work.key for work in stands.open_work], net)
    if not keys or _known_share(stands, times) < NEEDED:
        return None
    path = _path(keys, net, times, reading, days_to_due)
    usable = {key: net.waits_for[key] for key in keys if key in path.times and key not in path.unknown}
    if not usable:
        return None
    rng = Seed(0, stands.milestone.key, reading.today.toordinal()).generator()
    drawn = {}
    for key in sorted(usable):
        life = net.life_of[key]
        hours = life.item.remaining_seconds
        if hours:
            drawn[key] = rng.uniform(0.8, 1.6, _TRIALS) * (hours / 3600 / _HOURS_A_DAY) * 7 / 5
        else:
            age = _age(life, reading)
            drawn[key] = draw_remaining(times.longer_than(life.item.type, age), age, _TRIALS, rng)
    trials = simulate(usable, drawn)
    p50, p85 = (int(-(-trials.quantile(q) // 1)) for q in (0.5, 0.85))
    on_time = None if days_to_due is None else trials.probability_within(max(0, days_to_due))
    return NetworkFinish(p50, p85, on_time, path.critical, trials.criticality)


def _path(
    keys: Sequence[str], net: Network, times: CycleTimes, reading: Reading, days_to_due: int | None
) -> CriticalPath:
    """Calculate float against the due date, with the usual remaining time of each piece of work."""
    activities = [
        Activity(
            key,
            _usual_rest(net.life_of[key], times, reading),
            (*net.waits_for[key], *(f"unknown {name}" for name in net.unknown.get(key, ()))),
        )
        for key in keys
    ]
    return critical_path(activities, None if days_to_due is None else float(days_to_due))


def _usual_rest(life: Life, times: CycleTimes, reading: Reading) -> float | None:
    if life.item.remaining_seconds:
        return life.item.remaining_seconds / 3600 / _HOURS_A_DAY * 7 / 5
    age = _age(life, reading)
    longer = sorted(times.longer_than(life.item.type, age))
    return longer[len(longer) // 2] - age if longer else None


def _upstream(keys: Sequence[str], net: Network) -> tuple[str, ...]:
    """Return the linked work among ``keys`` with everything it waits for, at any distance."""
    found: set[str] = set()
    ahead = [key for key in keys if key in net.waits_for]
    while ahead:
        key = ahead.pop()
        if key not in found:
            found.add(key)
            ahead += net.waits_for[key]
    return tuple(sorted(found))


def _known_share(stands: Standing, times: CycleTimes) -> float:
    if not stands.open_work:
        return 0.0
    if times.finished:
        return 1.0
    return sum(bool(work.life.item.remaining_seconds) for work in stands.open_work) / len(stands.open_work)


def _age(life: Life, reading: Reading) -> float:
    begun = life.first_active_at
    return 0.0 if begun is None else max(0.0, (day_begins(reading.today, reading.zone) - begun) / _DAY)


def _suppliers(stands: Standing, net: Network, reading: Reading, related: Relations) -> Iterator[Supplier]:
    """Yield blockers in other open milestones, with the dates of these."""
    today = reading.today.toordinal()
    for work in stands.open_work:
        for blocker in net.waits_for.get(work.key, ()):
            phase = reading.now[net.life_of[blocker].canonical.primary.id]
            for other in reading.milestones:
                if other.key == stands.milestone.key or not in_scope(phase, other.ids):
                    continue
                if in_scope(phase, stands.milestone.ids):
                    continue
                expected = related.outlook(other.key, today).scopes
                if expected is not None:
                    p50, p85 = (
                        date.fromordinal(today + expected.quantile_days(Target.GROWING, q)) for q in (0.5, 0.85)
                    )
                    yield Supplier(work.key, blocker, other.title, p50, p85)


def _has_ended(life: Life, reading: Reading) -> bool:
    id_: ItemId = life.canonical.primary.id
    return reading.now[id_].category in _ENDED
