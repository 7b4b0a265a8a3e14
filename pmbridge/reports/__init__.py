"""Documents made from an assessment: what people read, whatever tracker or screen shows it."""
