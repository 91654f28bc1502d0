"""Figures: how a site's alerts fare, of any period and month by month."""
