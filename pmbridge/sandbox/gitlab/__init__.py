"""A GitLab in memory."""
