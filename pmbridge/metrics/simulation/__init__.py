"""Finish dates from the throughput of past weeks, exactly or by trial."""
