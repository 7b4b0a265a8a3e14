"""Whole passes over the corridor, called by the command line and by schedules."""
