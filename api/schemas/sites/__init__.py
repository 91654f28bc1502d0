"""Shapes of what a site decides: hours, thresholds and texts, instruments of its own."""
