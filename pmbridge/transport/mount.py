"""Placing of the policy below a library's session."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import requests

from pmbridge import __version__
from pmbridge.transport.adapter import Adapter, Decide
from pmbridge.transport.classify import Explain
from pmbridge.transport.explain import own_words
from pmbridge.transport.policy import Meter, Policy

_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})


def mount(
    session: requests.Session,
    *,
    source: str,
    base_url: str,
    policy: Policy | None = None,
    explain: Explain = own_words,
    is_read: Decide | None = None,
    idempotent: Decide | None = None,
    secrets: Sequence[str] = (),
    ca_bundle: str | None = None,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], datetime] | None = None,
) -> Meter:
    """Let every request of a session pass our `Adapter` and return the meter of what it costs.

    Only the scheme, host and port of ``base_url`` are asked, and no redirect is followed. ``is_read`` names the
    requests beyond GET and HEAD that change nothing, by method and path; they and ``idempotent`` ones (GET, HEAD, PUT
    and DELETE by default) are repeated when an answer is lost, other ones never. Raises nothing itself; the session
    then raises the `ConnectorError` family.
    """
    adapter = Adapter(
        source=source,
        base_url=base_url,
        policy=policy or Policy(),
        explain=explain,
        is_read=is_read or _never,
        idempotent=idempotent or _repeatable,
        secrets=secrets,
        ca_bundle=ca_bundle or _ca_bundle_of_environment(),
        sleep=sleep,
        now=now or _utc_now,
    )
    session.adapters.clear()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.max_redirects = 0
    session.headers["User-Agent"] = f"pmbridge/{__version__}"
    _trust_only_proxies(session, base_url)
    return adapter.meter


def _trust_only_proxies(session: requests.Session, base_url: str) -> None:
    """Take proxies from the environment, and nothing else: a ~/.netrc entry would replace the token."""
    session.trust_env = False
    environment = requests.utils.get_environ_proxies(base_url)
    session.proxies = {**environment, **session.proxies}


def _ca_bundle_of_environment() -> str | None:
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or None


def _never(method: str, path: str) -> bool:
    return False


def _repeatable(method: str, path: str) -> bool:
    return method in _REPEATABLE


def _utc_now() -> datetime:
    return datetime.now(UTC)
