"""Writing back: a pure plan, one place that carries it out, and a way to take everything away again."""
