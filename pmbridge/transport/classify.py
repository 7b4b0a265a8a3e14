"""What an answer means: nothing wrong, or one of the errors a caller can act on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import requests

from pmbridge.errors import Ambiguous, AuthFailed, BadAnswer, NotFound, PermissionDenied, Rejected, Unavailable
from pmbridge.transport.body import is_cut
from pmbridge.transport.call import Call, Failure
from pmbridge.transport.explain import is_web_page, own_words
from pmbridge.transport.waiting import asked_wait, quota_is_spent

Explain = Callable[[requests.Response], str]

#: Answers of an overloaded or restarting tracker; another attempt may succeed.
_PASSING = frozenset({408, 500, 502, 503, 504})


def failure_of(
    response: requests.Response, call: Call, *, explain: Explain, now: datetime, longest_wait: float
) -> Failure | None:
    """Return what is wrong with an answer, or ``None``; reads headers and body, sends nothing."""
    status = response.status_code
    if status == 429:
        return _too_many(response, call, explain, now, longest_wait)
    if status == 408 or status >= 500:
        return _server_error(response, call, explain, now, longest_wait)
    if status >= 400:
        return _refused(response, call, _said(response, explain))
    if 300 <= status < 400 and status != 304:
        return _redirected(response, call)
    return _unreadable(response, call)


def _said(response: requests.Response, explain: Explain) -> str:
    """Ask the connector for the tracker's sentence; an error it did not foresee must not hide the refusal."""
    try:
        return explain(response)
    except (ValueError, TypeError, AttributeError, LookupError):
        return own_words(response)


def _too_many(response: requests.Response, call: Call, explain: Explain, now: datetime, longest_wait: float) -> Failure:
    asked = asked_wait(response.headers, now)
    retry_at = now + timedelta(seconds=asked) if asked is not None else None
    spent = quota_is_spent(response.headers)
    limit = "its quota is used up" if spent else "it answers only so many requests"
    text = f"{call.source} asks to slow down (429): {limit}."
    error = call.rate_limited(text, retry_at=retry_at, status=429, said=_said(response, explain))
    return Failure(error, repeat=not spent and (asked or 0) <= longest_wait, asked=asked)


def _server_error(
    response: requests.Response, call: Call, explain: Explain, now: datetime, longest_wait: float
) -> Failure:
    status, said = response.status_code, _said(response, explain)
    if not call.idempotent:
        text = f"{call.source} failed while it carried out {call.request} ({status}): whether it did is unknown."
        return Failure(call.error(Ambiguous, text, status=status, said=said))
    asked = asked_wait({"Retry-After": response.headers.get("Retry-After", "")}, now)
    if asked is not None and asked > longest_wait:
        text = f"{call.source} cannot answer now ({status})."
        retry_at = now + timedelta(seconds=asked)
        return Failure(call.rate_limited(text, retry_at=retry_at, status=status, said=said))
    text = f"{call.source} failed at {call.request} ({status}): try again later."
    return Failure(call.error(Unavailable, text, status=status, said=said), status in _PASSING, asked)


def _refused(response: requests.Response, call: Call, said: str) -> Failure:
    status, source, request = response.status_code, call.source, call.request
    match status:
        case 401:
            text = f"{source} does not accept the token (401): renew it and check auth of this source."
            return Failure(call.error(AuthFailed, text, status=status, said=said))
        case 403:
            text = f"{source} does not allow {request} (403): the token lacks a right."
            return Failure(call.error(PermissionDenied, text, status=status, said=said))
        case 404:
            text = f"{source} finds nothing at {request}, or the token may not see it (404)."
            return Failure(call.error(NotFound, text, status=status, said=said))
        case 410:
            text = f"{source} no longer has what {request} asks for (410): it was deleted or its interface removed."
            return Failure(call.error(NotFound, text, status=status, said=said))
    text = f"{source} refused {request} ({status})."
    return Failure(call.error(Rejected, text, status=status, said=said))


def _redirected(response: requests.Response, call: Call) -> Failure:
    target = requests.utils.urldefragauth(response.headers.get("Location", "")).partition("?")[0]
    text = f"{call.source} redirects {call.request} to another address: set url to {target or 'its new address'}."
    return Failure(call.error(BadAnswer, text, status=response.status_code))


def _unreadable(response: requests.Response, call: Call) -> Failure | None:
    status = response.status_code
    if is_web_page(response) and not _page_wanted(response):
        text = (
            f"{call.source} answers {call.request} with a web page, not with data: is url the tracker's base address?"
        )
        return Failure(call.error(BadAnswer, text, status=status))
    if not is_cut(response):
        return None
    if not call.idempotent:
        text = f"{call.source} answered {call.request} with damaged data: whether it was carried out is unknown."
        return Failure(call.error(Ambiguous, text, status=status))
    text = f"{call.source} answers {call.request} with damaged or cut data: check the proxy between us."
    return Failure(call.error(BadAnswer, text, status=status), repeat=True, attempts=2)


def _page_wanted(response: requests.Response) -> bool:
    return str(response.request.headers.get("Accept", "")).startswith("text/html")
