"""What people write down about a risk: its probability and what it would cost."""

from __future__ import annotations

from collections.abc import Sequence
from re import IGNORECASE, compile

#: Words people use for a probability, and what they stand for.
WORDS = {"very low": 0.05, "low": 0.2, "medium": 0.5, "high": 0.8, "very high": 0.95}
_PROBABILITY = compile(r"\bprobability\b\W{0,5}(\d{1,3}(?:\.\d+)?)\s*(%?)", IGNORECASE)
_WORD = compile(r"\bprobability\b\W{0,5}(very low|very high|low|medium|high)\b", IGNORECASE)
_IMPACT = compile(r"\bimpact\b\W{0,5}(\d+(?:\.\d+)?)\s*(days?|d|weeks?|w)\b", IGNORECASE)
_COST = compile(r"\b(?:cost|impact)\b\W{0,5}(\d+(?:[.,]\d{3})*(?:\.\d+)?)\s*(?:eur|usd|gbp|chf)\b", IGNORECASE)


def probability(text: str, labels: Sequence[str] = ()) -> float | None:
    """Read a probability from ``Probability: 30 %`` in a text, else from a label such as ``probability::high``."""
    for words in (text, *labels):
        found = _PROBABILITY.search(words)
        if found:
            value = float(found[1]) / (100 if found[2] or float(found[1]) > 1 else 1)
            return value if value <= 1 else None
        if named := _WORD.search(words):
            return WORDS[named[1].lower()]
    return None


def impact_days(text: str, labels: Sequence[str] = ()) -> float | None:
    """Read an impact from ``Impact: 10 days`` or ``Impact: 2 weeks``."""
    for words in (text, *labels):
        if found := _IMPACT.search(words):
            return float(found[1]) * (7 if found[2].lower().startswith("w") else 1)
    return None


def cost(text: str) -> float | None:
    """Read a cost from ``Cost: 20,000 EUR``."""
    found = _COST.search(text)
    return float(found[1].replace(",", "")) if found else None
