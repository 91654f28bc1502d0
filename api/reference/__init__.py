"""The page that explains the API to its readers."""
