"""The folder connector: a tracker that is a folder of JSON files, for offline audits of an export."""

from __future__ import annotations

from pmbridge_folder.connector import FolderConnector

__all__ = ["FolderConnector"]
