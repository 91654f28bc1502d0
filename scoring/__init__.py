"""Scores, stages, trajectories, decline rules and endpoints for home-reported ALSFRS-R and quality of life.

Standard library only: no clock, no I/O, plain values in and frozen dataclasses out, so that a statistician
can read it, run it and cite it without the service. Start with `instruments` (what is asked and how it is
scored) and `decline` (what a clinician should look at); `slope --help` runs it on files.
"""

__all__ = ["als_staging", "decline", "endpoints", "instruments", "progression", "trajectory"]
