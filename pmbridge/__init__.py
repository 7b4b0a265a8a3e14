"""A bridge between issue trackers and the person who answers for an IT product."""

__version__ = "0.1.0"
