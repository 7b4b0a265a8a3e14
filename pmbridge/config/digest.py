"""A short name for everything in a product's settings that figures depend on."""

from __future__ import annotations

import hashlib
import json

from pmbridge.config.product import ProductSettings

#: What decides where results are written, and changes no figure.
_NO_FIGURE = {"publish", "budget_writes"}


def digest(product: ProductSettings) -> str:
    """Return twelve hexadecimal digits, equal for settings that mean the same; products hold no secrets."""
    data = product.model_dump(mode="json", exclude=_NO_FIGURE)
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]
