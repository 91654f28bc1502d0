"""Escalation: who is told after whom while nobody acts, and whether a site's chain can be relied on."""
