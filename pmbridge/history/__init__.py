"""What was true at any past instant: states, memberships, intervals, working time."""
