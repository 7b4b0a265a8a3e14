"""Where everything that was read and written is kept, so that any instant can be computed again."""

from pmbridge.store.database import Store, open_store
from pmbridge.store.lease import Lease, acquire
from pmbridge.store.reading import read_history

__all__ = ["Lease", "Store", "acquire", "open_store", "read_history"]
