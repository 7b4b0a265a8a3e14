"""Planning what to write into the trackers, and writing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from pmbridge.assessment import Assessment
from pmbridge.config import ProductSettings
from pmbridge.connector import Action, Connector, Observation, Place, Step, Surface
from pmbridge.errors import ConnectorError
from pmbridge.jobs.desired import desired, is_open, place_of
from pmbridge.jobs.installation import Installation
from pmbridge.model import Ref, RefKind
from pmbridge.store import acquire
from pmbridge.store.ledger import Outcome as Settled
from pmbridge.store.ledger import Receipt, append_receipts, iter_receipts, known
from pmbridge.writeback.apply import Budget, Outcome, Row, apply
from pmbridge.writeback.plan import Plan, Policy, address, decide
from pmbridge.writeback.remove import removals

#: A text that is rewritten more often than this in a day is in a fight with somebody, and rests.
OFTEN = 6

#: Only what was sent leaves a receipt.
_SENT = frozenset({Outcome.DONE, Outcome.FAILED})


def make_plan(installation: Installation, assessments: Sequence[Assessment], *, take_over: bool = False) -> Plan:
    """Decide what a pass would write for some assessed products; reads the places, writes nothing.

    Open milestones are told always, ended ones only where a text of ours would otherwise stay behind, outdated. A
    product of which a whole tracker was never read is not told at all: half of the truth is none.
    """
    products = installation.settings.products
    remembered = {address(place) for place in _remembered(installation)}
    artifacts = [
        artifact
        for assessment in assessments
        for artifact in desired(assessment, products[assessment.product].publish, installation.mask)
        if not unread(assessment) and (is_open(assessment, artifact) or address(place_of(artifact)) in remembered)
    ]
    steps = decide(
        artifacts,
        _observe(installation.connectors, [place_of(artifact) for artifact in artifacts]),
        remembered=remembered,
        policy=_policy(
            [products[a.product] for a in assessments], take_over, _restless(installation, datetime.now(UTC))
        ),
        capabilities={name: c.capabilities for name, c in installation.connectors.items()},
    )
    return Plan(owner=installation.settings.owner, made_at=max(a.as_of for a in assessments), steps=steps)


def unread(assessment: Assessment) -> list[str]:
    """List the sources of a product that were never read."""
    return [source.name for source in assessment.sources if source.synced_at is None]


def removal_plan(
    installation: Installation,
    assessments: Sequence[Assessment],
    *,
    slot: str | None = None,
    sources: Sequence[str] = (),
    take_over: bool = False,
) -> Plan:
    """Decide what has to go so that no text of ours is left, remembered or not."""
    products = installation.settings.products
    wanted = {address(place): place for place in _remembered(installation)}
    for assessment in assessments:
        for artifact in desired(assessment, products[assessment.product].publish, installation.mask):
            wanted[address(place_of(artifact))] = place_of(artifact)
    places = [p for p in wanted.values() if slot in (None, p.slot) and (not sources or p.target.source in sources)]
    steps = tuple(removals(_observe(installation.connectors, places), take_over=take_over))
    return Plan(owner=installation.settings.owner, made_at=max(a.as_of for a in assessments), steps=steps)


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
    limits = [product.budget_writes for product in installation.settings.products.values()]
    budget = Budget(creates=sum(b.creates for b in limits), writes=sum(b.writes for b in limits))

    def receive(row: Row) -> None:
        if row.outcome in _SENT:
            with installation.store.write() as conn:
                append_receipts(conn, [_receipt(row, run_id, now())])
        progress(row)

    return apply(plan, installation.connectors, budget=budget, receive=receive, recheck=recheck)


def _policy(products: Sequence[ProductSettings], take_over: bool, restless: Set[str]) -> Policy:
    rules = [rule for product in products for rule in product.publish]
    wanted = {(rule.surface, rule.slot): rule.create_when for rule in rules if rule.create_when}
    return Policy(create_when=wanted, take_over=take_over, restless=restless)


def _restless(installation: Installation, now: datetime) -> set[str]:
    """Name the places that were rewritten more than `OFTEN` times within a day."""
    with installation.store.read() as conn:
        lately = list(iter_receipts(conn, since=now - timedelta(days=1)))
    updates = Counter(f"{r.target}|{r.surface}|{r.slot}" for r in lately if r.action == Action.UPDATE.value)
    return {place for place, count in updates.items() if count > OFTEN}


@contextmanager
def writing(installation: Installation, holder: str) -> Iterator[None]:
    """Hold the right to write from the first look to the last receipt; raises `StoreLocked` while another run does."""
    with acquire(installation.store, f"publishing as {installation.settings.owner}", holder):
        yield


def forget_lost(
    installation: Installation, plan: Plan, *, run_id: str, at: datetime, sources: Sequence[str] = ()
) -> int:
    """Forget remembered texts that are not there any more, once a removal has looked; tell how many those were."""
    looked_at = {address(step.place) for step in plan.steps}
    lost = [
        place
        for place in _remembered(installation)
        if address(place) not in looked_at and (not sources or place.target.source in sources)
    ]
    rows = [Row(Step(place=place, action=Action.DELETE, reason="was gone"), Outcome.DONE) for place in lost]
    with installation.store.write() as conn:
        append_receipts(conn, [_receipt(row, run_id, at) for row in rows])
    return len(lost)


def _observe(connectors: Mapping[str, Connector], places: Sequence[Place]) -> list[Observation]:
    """Look at all places, each source in one go, and answer in the order asked.

    The trouble of one source hides its own places only.
    """
    found: dict[str, Observation] = {}
    for name, connector in connectors.items():
        mine = [place for place in places if place.target.source == name]
        if mine:
            found |= zip(map(address, mine), _look(connector, mine), strict=True)
    return [found[address(place)] for place in places]


def _look(connector: Connector, places: Sequence[Place]) -> list[Observation]:
    try:
        return list(connector.observe(places))
    except ConnectorError as error:
        return [Observation(place=place, unseen=str(error)) for place in places]


def _remembered(installation: Installation) -> list[Place]:
    with installation.store.read() as conn:
        receipts = [receipt for name in installation.connectors for receipt in known(conn, name)]
    return [_remembered_place(receipt) for receipt in receipts]


def _remembered_place(receipt: Receipt) -> Place:
    _, kind, native = receipt.target.split(":", 2)
    target = Ref(source=receipt.source, kind=RefKind(kind), id=native, project=receipt.project, key=receipt.key)
    return Place(target=target, surface=Surface(receipt.surface), slot=receipt.slot)


def _receipt(row: Row, run_id: str, at: datetime) -> Receipt:
    place, artifact = row.step.place, row.step.artifact
    return Receipt(
        run_id=run_id,
        at=at,
        source=place.target.source,
        target=place.target.address,
        project=place.target.project,
        key=place.target.key,
        surface=place.surface.value,
        slot=place.slot,
        action=row.step.action.value,
        before_fp=row.step.before,
        after_fp=artifact.fingerprint if artifact else None,
        remote_id=row.remote_id or row.step.remote_id,
        url=row.url,
        notifies=row.step.notifies,
        outcome=Settled.DONE if row.outcome is Outcome.DONE else Settled.FAILED,
        error=row.error,
    )
