"""How much one run may write for a product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pmbridge.connector import Action, Step
from pmbridge.errors import BudgetExceeded
from pmbridge.writeback.memory import address
from pmbridge.writeback.plan import Plan


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that one run may create and write."""

    creates: int = 25
    writes: int = 200


def whole(budgets: Mapping[str, Budget]) -> Budget:
    """Add budgets up: what belongs to no product, such as a removal, may take from all."""
    return Budget(sum(one.creates for one in budgets.values()), sum(one.writes for one in budgets.values()))


def over_budget(plan: Plan, budgets: Mapping[str, Budget]) -> dict[str, str]:
    """Return the products whose part of a plan is too large, each with the sentence that says so.

    Raises `BudgetExceeded` if nothing of the plan is left then.
    """
    parts = _by_product(plan)
    told = {name: text for name, steps in parts.items() for text in _excess(name, steps, budgets)}
    if parts and told.keys() == parts.keys():
        raise BudgetExceeded(next(iter(told.values())))
    return told


def products_of(plan: Plan) -> dict[str, str]:
    """Tell by `address` which product a place is written for; a deletion belongs to the text it stands beside."""
    return {address(step.place): step.artifact.product for step in plan.steps if step.artifact is not None}


def _by_product(plan: Plan) -> dict[str, list[Step]]:
    owners = products_of(plan)
    parts: dict[str, list[Step]] = defaultdict(list)
    for step in plan.writes:
        parts[owners.get(address(step.place), "")].append(step)
    return dict(parts)


def _excess(name: str, steps: Sequence[Step], budgets: Mapping[str, Budget]) -> Iterator[str]:
    budget = budgets.get(name) or whole(budgets)
    creates = sum(step.action is Action.CREATE for step in steps)
    for what, planned, allowed in (("creates", creates, budget.creates), ("writes", len(steps), budget.writes)):
        if planned > allowed:
            part = f" for {name}" if name else ""
            yield (
                f"The plan has {planned} {what}{part}, and the budget allows {allowed}. Nothing of it was written. "
                f"Look at the plan; if it is right, raise budget_writes.{what} in the configuration."
            )
            return
