"""Planning what to write into the trackers, and writing it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from pmbridge.assessment import Assessment, Source
from pmbridge.config import ProductSettings
from pmbridge.connector import Action, Artifact
from pmbridge.jobs.assess import assess_product, remember
from pmbridge.jobs.desired import Wanted, desired, place_of
from pmbridge.jobs.installation import Installation
from pmbridge.jobs.observing import observe
from pmbridge.jobs.remembering import SENT, recall, receipt
from pmbridge.store import acquire
from pmbridge.store.ledger import append_receipts
from pmbridge.writeback.apply import Outcome, Row, apply
from pmbridge.writeback.budget import Budget
from pmbridge.writeback.memory import address
from pmbridge.writeback.plan import Plan, Policy, decide


@dataclass(frozen=True, slots=True)
class Telling:
    """What should be told of one product as of an instant; nothing where a source keeps it ``withheld``."""

    product: str
    as_of: datetime
    wanted: Sequence[Wanted] = ()
    withheld: Sequence[str] = ()


def telling(installation: Installation, assessment: Assessment) -> Telling:
    """Write down what should be told of an assessed product.

    A product of which a whole tracker was never read, or could not be read the last time, is not told at all: half of
    the truth is none, and what stands in the trackers says of when it is.
    """
    if unread := withheld(assessment):
        return Telling(assessment.product, assessment.as_of, withheld=unread)
    rules = installation.settings.products[assessment.product].publish
    return Telling(assessment.product, assessment.as_of, desired(assessment, rules, installation.mask))


def make_plan(installation: Installation, assessments: Iterable[Assessment], *, take_over: bool = False) -> Plan:
    """Decide what a pass would write for some assessed products; reads the places, writes nothing."""
    return plan_tellings(installation, [telling(installation, one) for one in assessments], take_over=take_over)


def plan_tellings(installation: Installation, tellings: Sequence[Telling], *, take_over: bool = False) -> Plan:
    """Decide what a pass would write of what should be told; reads the places, writes nothing.

    Open milestones are told always, ended ones only where a text of ours would otherwise stay behind, outdated.
    """
    products = installation.settings.products
    memory = recall(installation, datetime.now(UTC))
    told: dict[str, Artifact] = {}
    for one in tellings:
        for wanted in one.wanted:
            where = address(place_of(wanted.artifact))
            if wanted.current or where in memory.written:
                # Two products may share a milestone; the first one speaks.
                told.setdefault(where, wanted.artifact)
    artifacts = list(told.values())
    steps = decide(
        artifacts,
        observe(installation.connectors, [place_of(artifact) for artifact in artifacts]),
        memory=memory,
        policy=_policy([products[one.product] for one in tellings], take_over),
        capabilities={name: c.capabilities for name, c in installation.connectors.items()},
    )
    as_of = {one.product: one.as_of for one in tellings}
    return Plan(owner=installation.settings.owner, made_at=max(as_of.values()), steps=steps, as_of=as_of)


def withheld(assessment: Assessment) -> list[str]:
    """List the sources for whose sake a product is not told: never read, or not read at all the last time."""
    return [source.name for source in assessment.sources if source.synced_at is None or _failed(source)]


def silence(installation: Installation, tellings: Iterable[Telling]) -> Iterator[tuple[str, bool]]:
    """Say of every product that is not told why it is not, and whether something went wrong about it."""
    for one in tellings:
        product = installation.settings.products[one.product]
        if one.withheld:
            names = ", ".join(one.withheld)
            text = f"{names} could not be read, and half of the truth is none: read it with `pmbridge sync`"
            yield f"Nothing is written for {product.title}: {text}.", True
        elif not product.publish:
            yield f"Nothing is written for {product.title}: list what is to be written under its `publish`.", False


def _failed(source: Source) -> bool:
    return source.certificate is not None and source.certificate.status == "failed"


def carry_out(
    installation: Installation,
    plan: Plan,
    *,
    run_id: str,
    now: Callable[[], datetime],
    recheck: bool = False,
    progress: Callable[[Row], None] = lambda row: None,
) -> list[Row]:
    """Write a plan and keep a receipt of every step before the next one begins."""
    limits = {name: product.budget_writes for name, product in installation.settings.products.items()}

    def keep(*rows: Row) -> None:
        if rows:
            with installation.store.write() as conn:
                append_receipts(conn, [receipt(row, run_id, now(), installation.mask) for row in rows])

    def receive(row: Row) -> None:
        if row.outcome in SENT:
            keep(row)
        progress(row)

    if not recheck:
        keep(*_found_again(installation, plan, now()))
    budgets = {name: Budget(limit.creates, limit.writes) for name, limit in limits.items()}
    return apply(plan, installation.connectors, budgets=budgets, receive=receive, recheck=recheck)


def _found_again(installation: Installation, plan: Plan, now: datetime) -> list[Row]:
    """List texts that stand where the ledger knows of none: a crash, or a lost store, came between them and it."""
    known = recall(installation, now).written
    return [
        Row(step, Outcome.DONE, step.remote_id)
        for step in plan.steps
        if step.action is Action.KEEP and address(step.place) not in known
    ]


def _policy(products: Sequence[ProductSettings], take_over: bool) -> Policy:
    rules = [rule for product in products for rule in product.publish]
    wanted = {(rule.surface, rule.slot): rule.create_when for rule in rules if rule.create_when}
    return Policy(create_when=wanted, take_over=take_over)


def remember_told(installation: Installation, plan: Plan) -> None:
    """Store the assessments that a kept plan was made from as told, so that the next one can say what has changed."""
    for name in plan.as_of.keys() & installation.settings.products.keys():
        assessment = assess_product(installation, name, plan.as_of[name])
        remember(installation, assessment, published=not withheld(assessment))


@contextmanager
def writing(installation: Installation, holder: str) -> Iterator[None]:
    """Hold the right to write from the first look to the last receipt; raises `StoreLocked` while another run does."""
    with acquire(installation.store, f"publishing as {installation.settings.owner}", holder):
        yield
