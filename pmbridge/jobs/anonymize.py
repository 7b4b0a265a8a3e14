"""Making a copy of the store that may be shown to anybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

from pmbridge.config import ProductSettings, Settings
from pmbridge.errors import StoreError
from pmbridge.evidence.decisions import written
from pmbridge.evidence.mapping import DEFAULT_PATTERNS, patterns
from pmbridge.evidence.scenario_runs import scenario_name
from pmbridge.history.merging import normal_title, slug
from pmbridge.jobs.disguise import Disguise, disguised, disguised_decisions
from pmbridge.jobs.evidence import with_evidence
from pmbridge.jobs.outline import outline
from pmbridge.model import Decisions
from pmbridge.store import Store, open_store, read_history
from pmbridge.store.anonymous import account_ids, copy_anonymous, milestone_titles
from pmbridge.store.comments import read_comments
from pmbridge.store.pseudonyms import Pseudonyms
from pmbridge.store.upkeep import vacuum

#: Settings of acceptance that name people, builds and files, not the words of the process.
_PERSONAL = frozenset({"approvers", "accountable", "build", "waivers", "quarantine", "patterns"})


@dataclass(frozen=True, slots=True)
class Anonymous:
    """What was copied: rows by table, the settings that fit the copy by the product's old name, and what it is called.

    ``told`` are the pseudonyms of what the configuration names; they stay with its owner. ``decisions`` are the files
    of decisions beside the copy.
    """

    rows: dict[str, int]
    products: dict[str, tuple[str, ProductSettings]]
    told: dict[str, str]
    decisions: tuple[Path, ...] = ()


def anonymize(store: Store, settings: Settings, file: Path) -> Anonymous:
    """Write a new SQLite store without names, texts and keys, of the same shape, with files of decisions beside it.

    Kept are the words of the process: statuses, types, priorities, and labels that the configuration maps to a
    meaning, since assessments rest on them.
    """
    if file.exists():
        raise StoreError(f"{file} exists already. Name a new file.")
    names = _pseudonyms(settings)
    under = _disguise(store, settings, names)
    try:
        with open_store(f"sqlite:///{file}") as target:
            rows = copy_anonymous(store, target, names)
            vacuum(target)
        products = {name: _product(store, settings, name, under, file) for name in settings.products}
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    files = [product.acceptance.waivers for _, product in products.values()]
    return Anonymous(rows, products, dict(under.told), tuple(path for path in files if path is not None))


def _disguise(store: Store, settings: Settings, names: Pseudonyms) -> Disguise:
    products = settings.products.values()
    with store.read() as conn:
        ids = account_ids(conn, {word for product in products for word in _accounts(product)})
        titles = milestone_titles(conn)
    accounts = {named: str(names.of("person", id_)) for named, id_ in sorted(ids.items())}
    people = {word: account for (_, word), account in accounts.items()}
    merged = [m.title for p in products if not isinstance(p.milestones.merge, str) for m in p.milestones.merge]
    names.keys.update({slug(title): slug(str(names.of("milestone", title))) for title in [*titles, *merged]})
    return Disguise(names, people, accounts, titles)


def _product(store: Store, settings: Settings, name: str, under: Disguise, file: Path) -> tuple[str, ProductSettings]:
    """Return what a product is called in the copy, and its settings there; write the file of its decisions."""
    product, called = settings.products[name], under.word("product", name)
    decisions = None
    if product.acceptance.waivers is not None or product.acceptance.comments:
        found = disguised_decisions(_decided(store, settings, product), under)
        decisions = (file.parent / f"{file.stem}.{called}.decisions.yaml").absolute()
        decisions.write_text(written(found), encoding="utf-8")
    return called, disguised(product, under, decisions)


def _decided(store: Store, settings: Settings, product: ProductSettings) -> Decisions:
    with store.read() as conn:
        history, heard = read_history(conn, product.projects), read_comments(conn, product.projects)
    return with_evidence(history, settings, product, comments=heard).decisions


def _accounts(product: ProductSettings) -> Iterator[str]:
    """Yield the words by which the configuration names people, or accounts of theirs."""
    for sources in product.people.values():
        for accounts in sources.values():
            yield from accounts
    for team in product.teams.values():
        yield from (*team.people, *team.absences)
    yield from product.budget.rates if product.budget else ()
    yield from (who for people in product.acceptance.approvers.values() for who in people)
    yield from [product.acceptance.accountable] if product.acceptance.accountable else ()


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
        given["bugs"].pop("transferred")
        given["bugs"]["handoff"].pop("support")
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
