"""The settings and decisions of a product under the pseudonyms of a copy that names nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pmbridge.config import ProductSettings
from pmbridge.config.milestones import MilestoneName, MilestoneSettings
from pmbridge.config.product import BudgetSettings, TeamSettings
from pmbridge.config.release import BugSettings, LaunchSettings
from pmbridge.history.merging import normal_title
from pmbridge.model import Decisions
from pmbridge.store.pseudonyms import Pseudonyms

#: How tests in quarantine are told in the copy.
ASIDE = "quarantined-*"

#: What the fields of decisions name, by kind; what is not here has no words of its own.
_NAMING = {
    "milestone": "milestone",
    "build": "commit",
    "commit": "commit",
    "follow_up": "key",
    "reason": "text",
    "risk": "text",
    "control": "text",
    "note": "text",
}
_LISTS = {"includes": "commit", "changed": "component", "scope": "key"}
_PEOPLE = ("author", "approver", "by")


@dataclass(frozen=True, slots=True)
class Disguise:
    """Gives the words of a configuration their pseudonyms, and remembers them in ``told``.

    ``people`` are the pseudonyms of those who have an account, ``accounts`` those of the accounts by source; ``titles``
    are the milestones that are stored.
    """

    names: Pseudonyms
    people: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    titles: Sequence[str] = ()
    told: dict[str, str] = field(default_factory=dict)

    def word(self, kind: str, word: str) -> str:
        """Return the pseudonym of a word."""
        return self.told.setdefault(word, str(self.names.of(kind, word)))

    def words(self, kind: str, words: Sequence[str]) -> tuple[str, ...]:
        """Return the pseudonyms of some words."""
        return tuple(self.word(kind, one) for one in words)

    def person(self, word: str) -> str:
        """Return the pseudonym of somebody; a pattern for everybody stays."""
        if word == "*":
            return word
        return self.told.setdefault(word, self.people.get(word) or str(self.names.of("person", word)))

    def keyed(self, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return a mapping whose keys are such words."""
        return {self.word(kind, word): value for word, value in values.items()}


def disguised(product: ProductSettings, under: Disguise, decisions: Path | None = None) -> ProductSettings:
    """Return a product's settings as they fit the copy; ``decisions`` is the file of its decisions, if it has one."""
    own = product.acceptance
    gate = {
        "quarantine": (ASIDE,) if own.quarantine else (),
        "build": own.build and under.word("commit", own.build),
        "waivers": decisions,
        "patterns": (),
        "approvers": {rule: tuple(map(under.person, people)) for rule, people in own.approvers.items()},
        "accountable": own.accountable and under.person(own.accountable),
    }
    return product.model_copy(
        update={
            "title": under.word("product", product.title),
            "projects": {source: under.words("project", names) for source, names in product.projects.items()},
            "milestones": _milestones(product.milestones, under),
            "acceptance": own.model_copy(update=gate),
            "launch": _launch(product.launch, under),
            "bugs": _bugs(product.bugs, under),
            "teams": {name: _team(team, under) for name, team in product.teams.items()},
            "people": {
                under.person(name): {
                    source: tuple(under.accounts.get((source, one), one) for one in accounts)
                    for source, accounts in sources.items()
                }
                for name, sources in product.people.items()
            },
            "budget": product.budget and _money(product.budget, under),
            "publish": (),
        }
    )


def disguised_decisions(found: Decisions, under: Disguise) -> Decisions:
    """Return decisions as they fit the copy: who decided what, when and about which build, and no reason."""
    parts = {"candidates", "waivers", "signoffs", "rulings"}
    body = found.model_dump(mode="json", include=parts)
    return Decisions.model_validate({part: [_decision(one, under) for one in rows] for part, rows in body.items()})


def _decision(row: dict[str, Any], under: Disguise) -> dict[str, Any]:
    new: dict[str, Any] = {name: under.names.of(kind, row[name]) for name, kind in _NAMING.items() if row.get(name)}
    new |= {name: [under.names.of(kind, one) for one in row[name]] for name, kind in _LISTS.items() if row.get(name)}
    new |= {name: under.person(row[name]) for name in _PEOPLE if row.get(name)}
    return row | new | ({"where": "decisions.yaml"} if "where" in row else {})


def _milestones(own: MilestoneSettings, under: Disguise) -> MilestoneSettings:
    """Patterns over titles become the titles that they chose."""
    chosen: dict[str, Any] = {"tracking": {}}
    if (own.include, own.exclude) != (("*",), ()):
        kept = [title for title in under.titles if _matches(title, own.include) and not _matches(title, own.exclude)]
        chosen |= {"include": under.words("milestone", kept) or ("-",), "exclude": ()}
    for title, key in own.tracking.items():
        chosen["tracking"][under.word("milestone", title)] = under.word("key", key)
    if not isinstance(own.merge, str):
        chosen["merge"] = tuple(
            one.model_copy(
                update={
                    "title": under.word("milestone", one.title),
                    "refs": tuple(_named(ref, under) for ref in one.refs),
                }
            )
            for one in own.merge
        )
    return own.model_copy(update=chosen)


def _matches(title: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(normal_title(title), normal_title(pattern)) for pattern in patterns)


def _named(ref: MilestoneName, under: Disguise) -> MilestoneName:
    return ref.model_copy(update={"title": ref.title and under.word("milestone", ref.title)})


def _launch(own: LaunchSettings, under: Disguise) -> LaunchSettings:
    return own.model_copy(
        update={
            "environments": under.words("environment", own.environments),
            "exposure": under.keyed("environment", own.exposure),
            "dates": under.keyed("milestone", own.dates),
            "steps": under.keyed("milestone", own.steps),
        }
    )


def _bugs(own: BugSettings, under: Disguise) -> BugSettings:
    support = {source: under.words("project", names) for source, names in own.handoff.support.items()}
    return own.model_copy(
        update={
            "transferred": under.keyed("milestone", own.transferred),
            "handoff": own.handoff.model_copy(update={"support": support}),
        }
    )


def _team(team: TeamSettings, under: Disguise) -> TeamSettings:
    away = {under.person(one): days for one, days in team.absences.items()}
    return team.model_copy(update={"people": tuple(map(under.person, team.people)), "absences": away})


def _money(budget: BudgetSettings, under: Disguise) -> BudgetSettings:
    rates = {under.people.get(who, who): rate for who, rate in budget.rates.items()}
    return budget.model_copy(update={"milestones": under.keyed("milestone", budget.milestones), "rates": rates})
