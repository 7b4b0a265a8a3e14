"""Other readers of trackers, from the package index, beside which pmbridge is measured."""
