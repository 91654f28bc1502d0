"""Replays: what another policy would have raised."""
