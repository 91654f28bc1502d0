"""Sites, their policies and their own instruments."""
