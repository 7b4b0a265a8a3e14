"""Making a copy of the store that may be shown to anybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

from pmbridge.config import ProductSettings, Settings
from pmbridge.config.product import BudgetSettings
from pmbridge.errors import StoreError
from pmbridge.evidence.mapping import DEFAULT_PATTERNS, patterns
from pmbridge.evidence.scenario_runs import scenario_name
from pmbridge.history.merging import normal_title
from pmbridge.jobs.outline import outline
from pmbridge.store import Store, open_store
from pmbridge.store.anonymous import account_ids, copy_anonymous
from pmbridge.store.pseudonyms import Pseudonyms
from pmbridge.store.upkeep import vacuum

#: How tests in quarantine are told in the copy.
_ASIDE = "quarantined-*"
#: Settings of acceptance that name people, builds and files, not the words of the process.
_PERSONAL = frozenset({"approvers", "accountable", "build", "waivers", "quarantine", "patterns"})


@dataclass(frozen=True, slots=True)
class Anonymous:
    """What was copied: rows by table, and the pseudonyms of what the configuration names, which stay with its owner."""

    rows: dict[str, int]
    projects: dict[str, str]
    builds: dict[str, str]
    milestones: dict[str, str]
    people: dict[str, str]
    accounts: dict[tuple[str, str], str]

    @property
    def told(self) -> dict[str, str]:
        """Every configured word with its pseudonym."""
        return self.projects | self.builds | self.milestones | self.people


def anonymize(store: Store, settings: Settings, file: Path) -> Anonymous:
    """Write a new SQLite store without names, texts and keys, of the same shape.

    Kept are the words of the process: statuses, types, priorities, and labels that the configuration maps to a
    meaning, since assessments rest on them.
    """
    if file.exists():
        raise StoreError(f"{file} exists already. Name a new file.")
    names = _pseudonyms(settings)
    try:
        with open_store(f"sqlite:///{file}") as target:
            rows = copy_anonymous(store, target, names)
            vacuum(target)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return _told(store, settings, names, rows)


def _told(store: Store, settings: Settings, names: Pseudonyms, rows: dict[str, int]) -> Anonymous:
    products = settings.products.values()
    used = {p for product in products for listed in product.projects.values() for p in listed}
    builds = {product.acceptance.build for product in products if product.acceptance.build}
    titles = {title for product in products if product.budget for title in product.budget.milestones}
    with store.read() as conn:
        ids = account_ids(conn, {word for product in products for word in _accounts(product)})
    accounts = {named: str(names.of("person", id_)) for named, id_ in sorted(ids.items())}
    people = {word: account for (_, word), account in accounts.items()}
    people |= {name: str(names.of("person", name)) for product in products for name in product.people}
    return Anonymous(
        rows,
        {project: str(names.of("project", project)) for project in sorted(used)},
        {build: str(names.of("commit", build)) for build in sorted(builds)},
        {title: str(names.of("milestone", title)) for title in sorted(titles)},
        people,
        accounts,
    )


def _accounts(product: ProductSettings) -> Iterator[str]:
    """Yield the words by which the configuration names people, or accounts of theirs."""
    for sources in product.people.values():
        for accounts in sources.values():
            yield from accounts
    for team in product.teams.values():
        yield from (*team.people, *team.absences)
    yield from product.budget.rates if product.budget else ()


def disguised(product: ProductSettings, made: Anonymous) -> ProductSettings:
    """Return a product's settings as they fit the copy; decisions are not in the store, and so not in it either."""
    own, word = product.acceptance, made.told
    gate = {"quarantine": (_ASIDE,) if own.quarantine else (), "build": word.get(own.build or ""), "waivers": None}
    teams = {
        name: team.model_copy(
            update={
                "people": tuple(word.get(one, one) for one in team.people),
                "absences": {word.get(one, one): away for one, away in team.absences.items()},
            }
        )
        for name, team in product.teams.items()
    }
    return product.model_copy(
        update={
            "projects": {source: tuple(word.get(p, p) for p in names) for source, names in product.projects.items()},
            "acceptance": own.model_copy(update=gate | {"patterns": ()}),
            "teams": teams,
            "people": {
                word.get(name, name): {
                    source: tuple(made.accounts.get((source, one), one) for one in accounts)
                    for source, accounts in sources.items()
                }
                for name, sources in product.people.items()
            },
            "budget": product.budget and _money(product.budget, word),
            "publish": (),
        }
    )


def _money(budget: BudgetSettings, word: dict[str, str]) -> BudgetSettings:
    parts = {word.get(title, title): money for title, money in budget.milestones.items()}
    rates = {word.get(who, who): rate for who, rate in budget.rates.items()}
    return budget.model_copy(update={"milestones": parts, "rates": rates})


def _pseudonyms(settings: Settings) -> Pseudonyms:
    gates = [product.acceptance for product in settings.products.values()]
    aside = [word.casefold() for gate in gates for word in gate.quarantine]
    names = Pseudonyms(
        kept=frozenset(_mapped(settings)),
        same=normal_title,
        case=scenario_name,
        spoken=partial(_spoken, {word for gate in gates for word in gate.patterns or DEFAULT_PATTERNS}),
        set_aside=lambda word: any(fnmatchcase(word.casefold(), pattern) for pattern in aside),
    )
    names.outlining = partial(
        outline, place=lambda word: str(names.url(word) if "://" in word else names.of("key", word))
    )
    return names


def _spoken(words: Iterable[str], text: str) -> Iterator[str]:
    for pattern in patterns(sorted(words)):
        yield from pattern.findall(text)


def _mapped(settings: Settings) -> Iterator[str]:
    """Yield the words of the configuration that give labels and types their meaning."""
    for product in settings.products.values():
        given = product.model_dump(mode="json", include={"types", "status", "bugs", "levels"})
        yield from _words(given)
        yield from _words(product.acceptance.model_dump(mode="json", exclude=set(_PERSONAL)))
        yield product.milestones.tracking_label


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        # A label among statuses is written with what it is before it.
        yield value.casefold().removeprefix("label:").strip()
        yield value.removeprefix("label:")
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _words(key)
            yield from _words(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _words(inner)
