"""Bringing a tracker's state and history into the store, with proof of what is held."""

from pmbridge.sync.certificate import Certificate, CertificateStatus, Gap, GapKind
from pmbridge.sync.progress import Progress, Report
from pmbridge.sync.run import sync_source

__all__ = ["Certificate", "CertificateStatus", "Gap", "GapKind", "Progress", "Report", "sync_source"]
