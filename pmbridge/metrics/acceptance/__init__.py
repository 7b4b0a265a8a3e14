"""Whether a milestone may launch: from requirements, tests, executions and decisions to a verdict."""
