"""What to install where a command needs a library that does not come with pmbridge itself."""

from __future__ import annotations

#: What needs each library, and the extra that brings it.
_NEEDED = {
    "apscheduler": ("`pmbridge schedule` needs a library", "schedule"),
    "prometheus_client": ("Figures for Prometheus need a library", "schedule"),
    "procrastinate": ("Workers and their queue need libraries, and a store in PostgreSQL", "worker"),
    "psycopg_pool": ("Workers and their queue need libraries, and a store in PostgreSQL", "worker"),
    "psycopg": ("A store in PostgreSQL needs a driver", "postgresql"),
}


def what_lacks(error: ModuleNotFoundError) -> str | None:
    """Say which extra brings the library that was not found; ``None`` where no extra does."""
    library = (error.name or "").partition(".")[0]
    if library not in _NEEDED:
        return None
    needs, extra = _NEEDED[library]
    return f"{needs}: pip install 'pmbridge[{extra}]'."
