"""What the teams of a product have to do for the other products of an installation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b

from pmbridge.assess.elsewhere import NOWHERE, Elsewhere, commitments, concerned, teammates
from pmbridge.config import Settings
from pmbridge.jobs.installation import Installation
from pmbridge.model import History
from pmbridge.store.assigned import read_assigned, read_people
from pmbridge.store.revisions import revisions_of

#: By source and project, the name of the product that answers for it.
_Owners = Mapping[tuple[str, str], str]


def elsewhere(installation: Installation, name: str, at: datetime | None) -> Elsewhere:
    """Look up what the people of a product's teams held in other products at an instant.

    Nothing is asked for a product without teams, or alone. Otherwise two small questions, however many products there
    are: who is there, and what do these people hold. A project that several products share counts for the first of
    them, one that the product shares itself not at all. ``None`` as an instant is before the first sync.
    """
    settings = installation.settings
    product, owners = settings.products[name], _owners(settings, name)
    if at is None or not owners:
        return NOWHERE
    projects = _by_source(owners)
    with installation.store.read() as conn:
        people = concerned(read_people(conn, {*projects, *product.projects}), product)
        team = teammates(people, product)
        found = read_assigned(conn, team, projects, at)
    work = [
        one
        for other, part in _by_product(found, owners).items()
        for one in commitments(part, settings.products[other], at)
        if not team.isdisjoint(one.assignees)
    ]
    return Elsewhere(people, tuple(work), settled=not _later(found, at))


def horizon(installation: Installation, name: str) -> str | None:
    """Name all that `elsewhere` rests on but for the instant, for less than it costs; ``None`` if on nothing.

    As long as the name is the same, so is an answer that was settled.
    """
    settings = installation.settings
    owners = _owners(settings, name)
    if not owners:
        return None
    projects = _by_source(owners)
    others = [settings.products[other] for other in dict.fromkeys(owners.values())]
    readings = [(one.title, one.projects, one.status, one.levels, one.milestones, one.mirrors) for one in others]
    with installation.store.read() as conn:
        revisions = revisions_of(conn, projects)
    rests_on = repr((revisions, readings, sorted(owners.items())))
    return blake2b(rests_on.encode(), digest_size=16).hexdigest()


def _owners(settings: Settings, name: str) -> _Owners:
    """Say who answers for each project of others; for none where the product has nobody to ask about."""
    if not any(team.people for team in settings.products[name].teams.values()):
        return {}
    own = set(_projects(settings, name))
    found: dict[tuple[str, str], str] = {}
    for other in settings.products:
        for project in _projects(settings, other):
            if project not in own:
                found.setdefault(project, other)
    return found


def _later(found: History, at: datetime) -> bool:
    """Tell whether anything was found that happened after an instant."""
    return any(item.updated_at > at for item in found.items) or any(seen.seen_at > at for seen in found.observations)


def _by_source(owners: _Owners) -> dict[str, list[str]]:
    projects: dict[str, list[str]] = {}
    for source, project in owners:
        projects.setdefault(source, []).append(project)
    return projects


def _projects(settings: Settings, name: str) -> Iterable[tuple[str, str]]:
    return ((source, one) for source, names in settings.products[name].projects.items() for one in names)


def _by_product(found: History, owners: _Owners) -> dict[str, History]:
    """Part work by the product that answers for it; each part keeps what may belong to any."""
    parts: dict[str, list[int]] = {}
    for place, item in enumerate(found.items):
        parts.setdefault(owners[item.source, item.project], []).append(place)
    return {name: _part(found, places) for name, places in sorted(parts.items())}


def _part(found: History, places: Iterable[int]) -> History:
    items = tuple(found.items[place] for place in places)
    ids = {(item.source, item.id) for item in items}
    return replace(
        found,
        items=items,
        changes=tuple(change for change in found.changes if (change.source, change.item) in ids),
        links=tuple(link for link in found.links if {(link.source, link.item), (link.source, link.target)} <= ids),
    )
