"""The worker: a process that does the steps that are due, by the clock and not by requests."""
