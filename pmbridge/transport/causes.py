"""Why a request got no answer, in plain words."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import requests
from urllib3 import exceptions as wire


@dataclass(frozen=True, slots=True)
class Cause:
    """A broken connection explained.

    ``sent`` is true when the tracker may have received the request. ``lasting`` is true when another attempt would
    fail in the same way.
    """

    text: str
    cure: str
    sent: bool
    lasting: bool = False


_NETWORK = "check url in the configuration, the network, the proxy"
_CERTIFICATE = Cause(
    "its TLS certificate is not trusted",
    "if your organisation signs its own certificates, name its authority's file in ca_bundle",
    sent=False,
    lasting=True,
)
_PROXY = Cause("the proxy does not let us through", "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY", sent=False)
_NAME = Cause("name not known", _NETWORK, sent=False)
_REFUSED = Cause("connection refused", _NETWORK, sent=False)
_NO_CONNECTION = Cause("no connection in time", _NETWORK, sent=False)
_NO_ROUTE = Cause("no way there", _NETWORK, sent=False)
_HANDSHAKE = Cause("TLS could not be agreed on", _NETWORK, sent=True)
_SILENCE = Cause("no answer in time", "the tracker is slow or overloaded; try again later", sent=True)
_BROKEN = Cause("the connection broke", _NETWORK, sent=True)
_INVALID = Cause("the address cannot be used", "check url in the configuration", sent=False, lasting=True)

#: Looked for in this order, since a broken proxy also carries the error of its own name or port.
_KNOWN: tuple[tuple[tuple[type[BaseException], ...], Cause], ...] = (
    ((ssl.SSLCertVerificationError,), _CERTIFICATE),
    ((wire.ProxyError, requests.exceptions.ProxyError), _PROXY),
    ((socket.gaierror, wire.NameResolutionError), _NAME),
    ((ConnectionRefusedError,), _REFUSED),
    ((requests.ConnectTimeout,), _NO_CONNECTION),
    ((wire.NewConnectionError,), _NO_ROUTE),
    ((requests.ReadTimeout, wire.ReadTimeoutError), _SILENCE),
    ((ssl.SSLError, requests.exceptions.SSLError), _HANDSHAKE),
    ((requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader), _INVALID),
)


def cause_of(error: requests.RequestException) -> Cause:
    """Explain an exception of requests by what lies at its bottom; what is not known counts as sent."""
    chain = tuple(_chain(error))
    for types, cause in _KNOWN:
        if any(isinstance(link, types) for link in chain):
            return cause
    return _BROKEN


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Walk an exception and what it wraps; requests and urllib3 hide the cause in arguments and ``reason``."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [*link.args, getattr(link, "reason", None), link.__cause__, link.__context__]
