"""Handing the store's contents to other tools."""

from pmbridge.jobs.export.run import Form, export

__all__ = ["Form", "export"]
