"""What must not go unseen although no rule reads it: safety in refused forms, reports in quarantine."""
