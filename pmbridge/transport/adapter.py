"""The door every request passes: checks it, sends it, repeats it where that is safe, names what went wrong."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_result

from pmbridge import __version__
from pmbridge.errors import Ambiguous, BadAnswer, Unavailable
from pmbridge.transport.body import TooLarge, read_body, wire_bytes
from pmbridge.transport.call import Call, Failure
from pmbridge.transport.causes import Cause, cause_of
from pmbridge.transport.classify import Explain, failure_of
from pmbridge.transport.pace import Pace
from pmbridge.transport.policy import Meter, Policy
from pmbridge.transport.recording import current
from pmbridge.transport.redact import Redactor
from pmbridge.transport.waiting import next_wait

log = logging.getLogger(__name__)

#: Decides about a request by its method and path.
Decide: TypeAlias = Callable[[str, str], bool]
Timeout: TypeAlias = float | tuple[float | None, float | None] | None
_CREDENTIALS = ("Authorization", "Private-Token", "Job-Token", "Proxy-Authorization", "Cookie")
_PORTS = {"http": 80, "https": 443}


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme)


#: Where nobody listens, a person waits for the message; a tracker that restarts is back at the next run.
UNREACHED_ATTEMPTS = 2


class Adapter(HTTPAdapter):
    """A transport adapter for one tracker; it sits below the library, where headers are visible.

    It raises the `ConnectorError` family only, and returns only answers whose body is read and whole.
    """

    def __init__(
        self,
        *,
        source: str,
        base_url: str,
        policy: Policy,
        explain: Explain,
        is_read: Decide,
        idempotent: Decide,
        secrets: Sequence[str],
        ca_bundle: str | None,
        sleep: Callable[[float], None],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(max_retries=0)
        self.meter = Meter()
        self._source, self._origin, self._policy = source, origin(base_url), policy
        self._site = "{}://{}:{}".format(*self._origin)
        self._explain, self._is_read, self._idempotent = explain, is_read, idempotent
        self._secrets, self._ca_bundle, self._sleep, self._now = tuple(secrets), ca_bundle, sleep, now
        self._redact, self._pace = Redactor(secrets), Pace(policy.longest_wait)
        self._lock = threading.Lock()
        self._recorder = current()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send a request under the policy; the answer's body is in memory whether or not ``stream`` is set."""
        call = self._call(request)
        if origin(request.url or "") != self._origin:
            raise call.error(BadAnswer, f"{self._source} must be at {self._site}: another address is never asked.")
        request.headers["User-Agent"] = f"pmbridge/{__version__}"
        self._scrub(request)
        options = {
            "timeout": self._timeouts(timeout),
            "verify": self._ca_bundle or (verify if isinstance(verify, str) else True),
            "cert": cert,
            "proxies": proxies,
        }
        outcome = self._retrying()(self._attempt, call, request, options)
        if isinstance(outcome, Failure):
            raise outcome.error
        return outcome

    def _call(self, request: requests.PreparedRequest) -> Call:
        method, path = (request.method or "").upper(), urlsplit(request.url or "").path
        reads = method in ("GET", "HEAD") or self._is_read(method, path)
        shown = [_credential(request.headers[name]) for name in _CREDENTIALS if name in request.headers]
        return Call(
            source=self._source,
            site=self._site,
            method=method,
            path=path,
            reads=reads,
            idempotent=reads or self._idempotent(method, path),
            secrets=(*self._secrets, *shown),
        )

    def _scrub(self, request: requests.PreparedRequest) -> None:
        """Mask secrets in what is sent: a text that quotes a token must not publish it."""
        body = request.body
        if not isinstance(body, str | bytes) or not body:
            return
        text = body if isinstance(body, str) else body.decode("utf-8", "surrogateescape")
        masked = self._redact.known(text)
        if masked != text:
            request.body = masked.encode("utf-8", "surrogateescape")
            request.headers["Content-Length"] = str(len(request.body))

    def _timeouts(self, given: Timeout) -> tuple[float, float]:
        """Fill in what the library left open: no request may wait for ever."""
        connect, read = given if isinstance(given, tuple) else (given, given)
        return (connect or self._policy.connect_timeout, read or self._policy.read_timeout)

    def _retrying(self) -> Retrying:
        return Retrying(
            sleep=self._rest,
            wait=_wait,
            stop=self._enough,
            retry=retry_if_result(_worth_repeating),
            retry_error_callback=_last_outcome,
        )

    def _enough(self, state: RetryCallState) -> bool:
        failure = _last_outcome(state)
        limit = min(self._policy.attempts, failure.attempts or self._policy.attempts)
        waited = state.idle_for + state.upcoming_sleep
        return state.attempt_number >= limit or waited > self._policy.total_wait

    def _rest(self, seconds: float) -> None:
        log.info("%s: waiting %.1f s before the next request", self._source, seconds)
        with self._lock:
            self.meter.waited_seconds += seconds
        self._sleep(seconds)

    def _attempt(
        self, call: Call, request: requests.PreparedRequest, options: dict[str, Any]
    ) -> requests.Response | Failure:
        if pause := self._pace.pause(self._now()):
            self._rest(pause)
        with self._lock:
            self.meter.requests += 1
            self.meter.writes += not call.reads
        try:
            response = super().send(request, stream=True, **options)
        except requests.RequestException as error:
            return self._no_answer(call, cause_of(error))
        log.debug("%s: %s %s %d", call.source, call.method, call.path, response.status_code)
        if response.status_code != 429:
            self._pace.note(response.headers, self._now())
        outcome = self._read(call, response) or response
        if self._recorder is not None and isinstance(response._content, bytes):
            self._recorder.keep(call.source, response, self._redact)
        return outcome

    def _read(self, call: Call, response: requests.Response) -> Failure | None:
        try:
            read_body(response, self._policy.max_bytes)
        except TooLarge:
            limit = f"{self._policy.max_bytes / 2**20:g} MiB"
            text = f"{call.source} answers {call.request} with more than {limit}: ask for less at once."
            return Failure(call.error(BadAnswer, text, status=response.status_code))
        except requests.RequestException as error:
            return self._no_answer(call, cause_of(error), response.status_code)
        finally:
            with self._lock:
                self.meter.bytes_received += wire_bytes(response)
        return failure_of(
            response, call, explain=self._explain, now=self._now(), longest_wait=self._policy.longest_wait
        )

    def _no_answer(self, call: Call, cause: Cause, status: int | None = None) -> Failure:
        """Name a missing or half answer; what was sent and may not be repeated is ambiguous."""
        if status is None and not cause.sent:
            text = f"cannot reach {call.source} at {call.site}: {cause.text} ({cause.cure})."
            return Failure(call.error(Unavailable, text), repeat=not cause.lasting, attempts=UNREACHED_ATTEMPTS)
        if not call.idempotent:
            text = f"{call.source} at {call.site} left open whether it carried out {call.request}: {cause.text}."
            return Failure(call.error(Ambiguous, text, status=status))
        text = f"{call.source} at {call.site} did not answer {call.request}: {cause.text} ({cause.cure})."
        return Failure(call.error(Unavailable, text, status=status), repeat=not cause.lasting)


def _credential(value: str | bytes) -> str:
    """Return a header's secret part, without the name of its scheme."""
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    return text.rpartition(" ")[2]


def _worth_repeating(outcome: requests.Response | Failure) -> bool:
    return isinstance(outcome, Failure) and outcome.repeat


def _last_outcome(state: RetryCallState) -> Any:
    assert state.outcome is not None
    return state.outcome.result()


def _wait(state: RetryCallState) -> float:
    return next_wait(state.attempt_number, _last_outcome(state).asked)
