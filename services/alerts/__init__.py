"""The alert desk: what opens and ends an alert, what clinicians do about it, and the worklist."""
