"""Replays, and the reevaluation of a site after a change of policy."""
