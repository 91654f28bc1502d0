"""What a site sets: its policy, its texts, its own instruments."""
