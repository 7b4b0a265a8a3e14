"""What is wrong with a hand-off, in words for whoever has to act."""

from __future__ import annotations

from pmbridge.assessment import Handoff

#: From what decides to what adds; what stands further down and follows from what stands above is not said again.
_WORDS = {
    "deployed, not told": "repaired and with users; the customer was not told",
    "fixed, not told": "repaired; the customer was not told",
    "declined, not told": "declined; the customer was not told",
    "fixed, not deployed": "repaired and not with users yet",
    "closed for the customer, open in engineering": "closed for the customer and open in engineering",
    "done in engineering, open for the customer": "done in engineering and open for the customer",
    "ghost": "its link leads nowhere",
    "orphan": "said to be handed over, and no engineering item is linked",
    "bounced": "given back and forth",
    "deadlock": "each side waits for the other",
    "severity mismatch": "graver for one side than for the other",
    "stuck": "nothing moves",
}
_IMPLIED = {
    "done in engineering, open for the customer": {"deployed, not told", "fixed, not told", "declined, not told"},
    "stuck": {"deadlock"},
}


def wrong(one: Handoff) -> str:
    """Say what is wrong with a chain; nothing where nothing is."""
    found = set(one.findings)
    said = [words for name, words in _WORDS.items() if name in found and not found & _IMPLIED.get(name, set())]
    unknown = [name for name in one.findings if name not in _WORDS]
    return "; ".join([*said, *unknown])
