"""The worker: a door that nobody knocks at; the clock drives it."""
