"""Resources of a site: hours, thresholds and texts, instruments of its own."""
