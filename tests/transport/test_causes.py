from __future__ import annotations

import socket
import ssl

import pytest
import requests
from urllib3 import exceptions as wire

from pmbridge.transport.causes import cause_of


def _wrapped(reason: Exception) -> requests.ConnectionError:
    return requests.ConnectionError(wire.MaxRetryError(None, "/x", reason))  # type: ignore[arg-type]


def _caused_by(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "text", "sent", "lasting"),
    [
        (_wrapped(_caused_by(wire.HTTPError("x"), socket.gaierror(-2, "no"))), "name not known", False, False),
        (_wrapped(_caused_by(wire.HTTPError("x"), ConnectionRefusedError())), "refused", False, False),
        (_wrapped(_caused_by(wire.SSLError("x"), ssl.SSLCertVerificationError())), "certificate", False, True),
        (_wrapped(wire.ProxyError("x", socket.gaierror(-2, "no"))), "proxy", False, False),
        (requests.ConnectTimeout(), "no connection in time", False, False),
        (requests.ReadTimeout(), "no answer in time", True, False),
        (requests.ConnectionError(wire.ProtocolError("x", ConnectionResetError())), "broke", True, False),
        (requests.exceptions.SSLError("eof"), "TLS", True, False),
        (requests.exceptions.ChunkedEncodingError("x"), "broke", True, False),
        (requests.exceptions.InvalidURL("x"), "address", False, True),
    ],
)
def test_a_broken_request_is_explained(error: requests.RequestException, text: str, sent: bool, lasting: bool) -> None:
    cause = cause_of(error)
    assert text in cause.text
    assert (cause.sent, cause.lasting) == (sent, lasting)
    assert cause.cure


def test_an_exception_that_holds_itself_is_explained() -> None:
    error = requests.ConnectionError()
    error.args = (error,)
    assert "broke" in cause_of(error).text
