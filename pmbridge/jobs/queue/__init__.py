"""The queue of jobs that many machines share, kept in the store's own PostgreSQL."""
