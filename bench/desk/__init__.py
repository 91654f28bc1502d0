"""What a clinician's open worklist costs."""
