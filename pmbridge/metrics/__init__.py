"""Pure functions from histories, settings and an instant to figures: no store, no clock, no network, no chance."""
