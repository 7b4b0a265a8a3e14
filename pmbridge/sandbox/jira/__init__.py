"""A Jira Cloud in memory."""
