"""One retry, pacing and redaction policy for every tracker client that is built on a requests session."""

from __future__ import annotations

from pmbridge.transport.adapter import Adapter
from pmbridge.transport.decoding import decode, decode_as
from pmbridge.transport.explain import own_words
from pmbridge.transport.mount import mount
from pmbridge.transport.policy import Meter, Policy
from pmbridge.transport.recording import recording
from pmbridge.transport.redact import Redactor

__all__ = ["Adapter", "Meter", "Policy", "Redactor", "decode", "decode_as", "mount", "own_words", "recording"]
