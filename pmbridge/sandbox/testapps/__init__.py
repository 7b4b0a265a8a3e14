"""Doubles of the apps that teams manage their tests with, modelled on their public documentation."""
