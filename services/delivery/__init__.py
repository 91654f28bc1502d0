"""Telling people: whom, by which channels, and what became of it."""
