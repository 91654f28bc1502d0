"""Alerts and the lists they stand in."""
