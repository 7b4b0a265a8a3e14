"""What a product calls requirements and tests, and how it marks their results and their weight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pmbridge.config.acceptance import PrioritySettings, ResultSettings
from pmbridge.config.product import ProductSettings
from pmbridge.evidence.test_issues import Verdicts
from pmbridge.history.categories import normalised
from pmbridge.metrics.acceptance.requirement import Priority
from pmbridge.model import ExecutionStatus, Item

#: The characteristics of ISO 25010:2023.
CHARACTERISTICS = (
    "functional suitability", "performance efficiency", "compatibility", "interaction capability", "reliability",
    "security", "maintainability", "flexibility", "safety",
)  # fmt: skip
_ALSO = {"performance": "performance efficiency", "usability": "interaction capability", "privacy": "security"}
_SCOPES = ("quality::", "iso25010::", "characteristic::")


def words(values: Iterable[str]) -> frozenset[str]:
    """Normalise a list of words."""
    return frozenset(map(normalised, values))


def is_called(item: Item, names: frozenset[str]) -> bool:
    """Tell whether an item is of a type, or has a label, among normalised names."""
    return _is_called(item.type, item.labels, names)


@lru_cache(maxsize=65_536)
def _is_called(type_: str, labels: tuple[str, ...], names: frozenset[str]) -> bool:
    return normalised(type_) in names or any(normalised(label) in names for label in labels)


@dataclass(frozen=True, slots=True)
class GateWords:
    """Everything a product says about its acceptance, ready to be compared with."""

    requirement: frozenset[str]
    test: frozenset[str]
    bug: frozenset[str]
    links: frozenset[str]
    priorities: dict[str, Priority]
    otherwise: Priority
    verdicts: Verdicts
    workaround: str

    @classmethod
    def of(cls, settings: ProductSettings) -> GateWords:
        """Read them from the product's settings."""
        types, gate = settings.types, settings.acceptance
        return cls(
            requirement=words(types.requirement),
            test=words(types.test),
            bug=words(types.bug),
            links=words(gate.links),
            priorities=_priorities(gate.priorities),
            otherwise=Priority(gate.priorities.otherwise),
            verdicts=_verdicts(gate.results),
            workaround=normalised(gate.workaround),
        )

    def is_test(self, item: Item) -> bool:
        """Tell whether an item is a test."""
        return is_called(item, self.test)

    def is_bug(self, item: Item) -> bool:
        """Tell whether an item is a bug."""
        return is_called(item, self.bug)

    def is_requirement(self, item: Item) -> bool:
        """Tell whether an item is a requirement, and neither a test nor a bug."""
        return is_called(item, self.requirement) and not self.is_test(item) and not self.is_bug(item)

    def priority(self, item: Item) -> Priority:
        """Return how much a launch depends on an item: its labels speak before its priority, the gravest first."""
        labels = [self.priorities[w] for label in item.labels if (w := normalised(label)) in self.priorities]
        if labels:
            return min(labels, key=list(Priority).index)
        word = normalised(item.priority) if item.priority else None
        return self.priorities.get(word, self.otherwise) if word else self.otherwise

    def has_workaround(self, item: Item) -> bool:
        """Tell whether users can live with a defect for now."""
        return any(normalised(label) == self.workaround for label in item.labels)


def characteristic(item: Item) -> str | None:
    """Return the quality characteristic that a label names."""
    for label in map(normalised, item.labels):
        word = next((label.removeprefix(scope) for scope in _SCOPES if label.startswith(scope)), label)
        word = _ALSO.get(word, word).replace("-", " ")
        if word in CHARACTERISTICS:
            return word
    return None


def _priorities(settings: PrioritySettings) -> dict[str, Priority]:
    groups = ((Priority.COULD, settings.could), (Priority.SHOULD, settings.should), (Priority.MUST, settings.must))
    return {normalised(word): priority for priority, names in groups for word in names}


def _verdicts(settings: ResultSettings) -> Verdicts:
    labels = (
        (ExecutionStatus.PASS, settings.passed),
        (ExecutionStatus.FAIL, settings.failed),
        (ExecutionStatus.BLOCKED, settings.blocked),
    )
    ends = ((ExecutionStatus.PASS, settings.passed_resolutions), (ExecutionStatus.FAIL, settings.failed_resolutions))
    return Verdicts(
        {word.casefold(): status for status, names in labels for word in names},
        {word.casefold(): status for status, names in ends for word in names},
    )
