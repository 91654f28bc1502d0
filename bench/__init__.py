"""Measurements and trials too long for the test suite: rates, kills under load, detection."""
